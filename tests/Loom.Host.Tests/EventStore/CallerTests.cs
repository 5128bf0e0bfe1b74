using System.Text;
using Loom.EventStoreDb;
using Loom.Hosting.Access;
using Loom.Hosting.Access.Tokens;
using Loom.Hosting.Configuration;
using Loom.Hosting.EventStore;
using Loom.Journal;
using Microsoft.AspNetCore.Http;

namespace Loom.Host.Tests.EventStore;

/// <summary>Who may do what at the port: the host's tokens and roles, as bearer or as basic credentials.</summary>
public sealed class CallerTests
{
    // Role; may append to actor streams; may append to other streams; may read.
    public static TheoryData<string, bool, bool, bool> May => new()
    {
        { "host", true, true, true },
        { "operator", false, true, true },
        { "service", false, true, true },
        { "developer", false, true, true },
        { "auditor", false, false, true },
        { "prover", false, false, false },
    };

    [Theory]
    [MemberData(nameof(May))]
    public async Task A_role_may_do_at_the_port_what_it_may_do_at_the_host(string role, bool actors, bool others, bool read)
    {
        await using var host = await RunningHost.StartAsync(["--auth.mode", "token", .. Connecting.Served]);
        var token = (await host.CreateTokenAsync(host.FirstToken(), $"{role}-1", [role])).Token;
        await using var journal = await Connecting.ConnectAsync(host.Streams, $"anybody:{token}", isHost: true);
        foreach (var (stream, allowed) in new[] { ("account-1", actors), ("loom.notes", actors), ("orders-1", others) })
        {
            if (allowed)
            {
                Assert.IsType<AppendResult.Appended>(await journal.AppendAsync(stream));
            }
            else
            {
                Assert.Equal(JournalFailure.Refused, await Connecting.FailureAsync(() => journal.AppendAsync(stream)));
            }
        }

        if (read)
        {
            Assert.Equal(actors ? 1 : 0, (await journal.ReadAsync("account-1")).Count);
        }
        else
        {
            Assert.Equal(JournalFailure.Refused, await Connecting.FailureAsync(() => journal.ReadAsync("loom.keys")));
        }
    }

    [Fact]
    public async Task Without_a_token_or_with_a_wrong_one_nothing_is_read_or_appended()
    {
        await using var host = await RunningHost.StartAsync(["--auth.mode", "token", .. Connecting.Served]);
        var good = host.FirstToken();
        foreach (var credentials in new[] { null, $"anybody:{good[..^1]}{(good[^1] == 'A' ? 'B' : 'A')}", $"{good}:", "admin:changeit" })
        {
            await using var journal = await Connecting.ConnectAsync(host.Streams, credentials, isHost: true);
            Assert.Equal(JournalFailure.Refused, await Connecting.FailureAsync(() => journal.ReadAsync("loom.keys")));
            Assert.Equal(JournalFailure.Refused, await Connecting.FailureAsync(() => journal.AppendAsync("orders-1")));
        }
    }

    [Fact]
    public async Task On_loopback_without_login_only_who_says_it_is_a_host_appends_to_actor_streams()
    {
        await using var host = await RunningHost.StartAsync(Connecting.Served);
        await using var tool = await Connecting.ConnectAsync(host.Streams);
        Assert.IsType<AppendResult.Appended>(await tool.AppendAsync("orders-1"));
        Assert.Single(await tool.ReadAsync("loom.keys"));
        Assert.Equal(JournalFailure.Refused, await Connecting.FailureAsync(() => tool.AppendAsync("account-1")));
        await using var other = await Connecting.ConnectAsync(host.Streams, isHost: true);
        Assert.IsType<AppendResult.Appended>(await other.AppendAsync("loom.notes"));

        // Credentials that are given have to be right, as everywhere at the host.
        await using var wrong = await Connecting.ConnectAsync(host.Streams, "admin:changeit", isHost: true);
        Assert.Equal(JournalFailure.Refused, await Connecting.FailureAsync(() => wrong.ReadAsync("loom.keys")));
    }

    [Fact]
    public async Task A_subscription_ends_when_its_token_is_revoked()
    {
        await using var host = await RunningHost.StartAsync(["--auth.mode", "token", .. Connecting.Served]);
        var made = await host.CreateTokenAsync(host.FirstToken(), "follower", ["auditor"]);
        await using var journal = await Connecting.ConnectAsync(host.Streams, $"anybody:{made.Token}");
        var caughtUp = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var following = Task.Run(async () =>
        {
            await foreach (var message in journal.SubscribeToAllAsync(null, null, CancellationToken.None))
            {
                if (message is SubscriptionMessage.CaughtUp)
                {
                    caughtUp.TrySetResult();
                }
            }
        });
        await await Task.WhenAny(caughtUp.Task, following);
        using (var http = host.Client(host.FirstToken()))
        {
            Assert.True((await http.DeleteAsync($"/api/tokens/{made.Item.Id}")).IsSuccessStatusCode);
        }

        Assert.Equal(JournalFailure.Refused, await Connecting.FailureAsync(() => following));
    }

    [Theory]
    [InlineData("Bearer {0}", true)]
    [InlineData("bearer   {0} ", true)]
    [InlineData("Basic {1}", true)]
    [InlineData("Bearer {1}", false)]
    [InlineData("Basic {0}", false)]
    [InlineData("Basic", false)]
    [InlineData("Digest {0}", false)]
    [InlineData("", false)]
    public async Task The_token_comes_as_bearer_or_as_any_users_password(string header, bool known)
    {
        await using var host = await RunningHost.StartAsync("--auth.mode", "token");
        var token = host.FirstToken();
        var callers = new StreamCallers(host.Service<LiveSettings>(), host.Service<TokenStore>(), host.Service<LongConnections>());
        var context = new DefaultHttpContext();
        context.Request.Headers.Authorization = string.Format(
            System.Globalization.CultureInfo.InvariantCulture, header, token, Convert.ToBase64String(Encoding.UTF8.GetBytes($"who:{token}")));
        EventStoreCaller? found = null;
        await callers.GateAsync(context, async c => found = await StreamCallers.OfAsync(c));
        Assert.Equal(known ? "operator" : null, found?.Name);
    }
}
