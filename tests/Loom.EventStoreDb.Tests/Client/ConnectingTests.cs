using Loom.Core;
using Loom.EventStoreDb.Grpc;
using Loom.EventStoreDb.Protocol.Features;
using Loom.EventStoreDb.Protocol.Gossip;
using Loom.EventStoreDb.Server;
using Loom.EventStoreDb.Tests.Grpc;
using Loom.Journal;
using State = Loom.EventStoreDb.Protocol.Gossip.MemberInfo.Types.VNodeState;

namespace Loom.EventStoreDb.Tests.Client;

public sealed class ConnectingTests
{
    private static CancellationToken None => CancellationToken.None;

    private static EventData Event => new(Guid.NewGuid(), "happened", EventData.Json, default, default);

    [Fact(Timeout = 600_000)]
    public async Task A_cluster_is_found_through_any_member_that_answers()
    {
        await using var served = await ServedJournal.StartAsync();
        var port = served.Address.Port;
        await using var journal = await ConnectAsync($"esdb+discover://host:pass%3Aw%C3%B6rd@localhost:1,localhost:{port}?tls=false");
        Assert.Equal(0, (await AppendAsync(journal)).LastRevision);
        Assert.Equal(0, await served.Journal.LastRevisionAsync(StreamName.Parse("s"), None));
    }

    [Fact(Timeout = 600_000)]
    public async Task A_server_that_is_not_the_leader_sends_us_there()
    {
        await using var leader = await ServedJournal.StartAsync();
        var notLeader = new GrpcException(StatusCode.NotFound, "Leader info available", new Dictionary<string, string>
        {
            ["exception"] = "not-leader",
            ["leader-endpoint-host"] = "localhost",
            ["leader-endpoint-port"] = $"{leader.Address.Port}",
        });
        await using var follower = await TestServer.StartAsync(s =>
        {
            s.Unary(Methods.SupportedMethods, (_, _) => Task.FromResult(new SupportedMethods()));
            s.ClientStreaming<Protocol.Streams.AppendReq, Protocol.Streams.AppendResp>(Methods.Append, (_, _) => throw notLeader);
        });
        await using var journal = await ConnectAsync($"esdb://host:pass%3Aw%C3%B6rd@localhost:{follower.Address.Port}?tls=false");
        Assert.Equal(0, (await AppendAsync(journal)).LastRevision);
        Assert.Equal(0, await leader.Journal.LastRevisionAsync(StreamName.Parse("s"), None));
    }

    [Fact(Timeout = 600_000)]
    public async Task A_server_without_features_and_batches_is_appended_to_one_by_one()
    {
        await using var store = new InMemoryJournal(TimeProvider.System);
        var options = new EventStoreDbServerOptions { Authenticate = _ => ValueTask.FromResult<EventStoreCaller?>(EventStoreCaller.Host("any")) };
        await using var server = await TestServer.StartAsync(s => s.ClientStreaming(Methods.Append, new AppendService(store, new StreamAccess(store, options)).AppendAsync));
        await using var journal = await ConnectAsync($"esdb://localhost:{server.Address.Port}?tls=false");
        Assert.Equal(0, (await AppendAsync(journal)).LastRevision);
        Assert.Equal(new AppendResult.Conflict(0), await journal.AppendAsync(StreamName.Parse("s"), ExpectedRevision.NoStream, [Event], None));
        Assert.Equal(new AppendResult.Conflict(-1), await journal.AppendAsync(StreamName.Parse("t"), ExpectedRevision.StreamExists, [Event], None));
        Assert.Equal(1, Assert.IsType<AppendResult.Appended>(await journal.AppendAsync(StreamName.Parse("s"), ExpectedRevision.At(0), [Event], None)).LastRevision);
    }

    [Fact(Timeout = 600_000)]
    public async Task A_subscription_that_fails_after_every_confirmation_is_not_asked_for_for_ever()
    {
        await using var server = await TestServer.StartAsync(s =>
        {
            s.Unary(Methods.SupportedMethods, (_, _) => Task.FromResult(new SupportedMethods()));
            s.ServerStreaming<Protocol.Streams.ReadReq, Protocol.Streams.ReadResp>(Methods.Read, (_, _) => ConfirmAndFail());
        });
        await using var journal = await EventStoreDbJournal.ConnectAsync(
            new EventStoreDbJournalOptions
            {
                Settings = EventStoreDbSettings.Parse($"esdb://localhost:{server.Address.Port}?tls=false"),
                RetryDuring = TimeSpan.FromMilliseconds(100),
            },
            None);
        var e = await Assert.ThrowsAsync<JournalException>(async () => await journal.SubscribeToAllAsync(null, null, None).GetAsyncEnumerator().MoveNextAsync());
        Assert.Equal(JournalFailure.Unavailable, e.Failure);

        static async IAsyncEnumerable<Protocol.Streams.ReadResp> ConfirmAndFail()
        {
            await Task.Yield();
            yield return new() { Confirmation = new() { SubscriptionId = "1" } };
            throw new GrpcException(StatusCode.Unavailable, "not now");
        }
    }

    [Fact(Timeout = 600_000)]
    public async Task A_secure_connection_trusts_the_root_that_it_is_told_to()
    {
        using var certificate = TestServer.SelfSigned();
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, certificate.ExportCertificatePem());
        await using var served = await ServedJournal.StartAsync(certificate);
        await using (var trusting = await served.ConnectAsync(more: "&tlsCAFile=" + Uri.EscapeDataString(file)))
        {
            Assert.Equal(0, (await AppendAsync(trusting)).LastRevision);
        }

        await using (var careless = await served.ConnectAsync(more: "&tlsVerifyCert=false"))
        {
            Assert.Equal(0, await careless.LastRevisionAsync(StreamName.Parse("s"), None));
        }

        File.Delete(file);
        var e = await Assert.ThrowsAsync<JournalException>(() => served.ConnectAsync(more: "&maxDiscoverAttempts=1"));
        Assert.Equal(JournalFailure.Unavailable, e.Failure);
    }

    [Theory(Timeout = 600_000)]
    [InlineData("reader:wrong", "UNAUTHENTICATED")]
    [InlineData("", "denied")]
    public async Task Wrong_credentials_are_refused_and_the_password_is_not_told(string user, string says)
    {
        await using var served = await ServedJournal.StartAsync();
        await using var journal = await served.ConnectAsync(user);
        var e = await Assert.ThrowsAsync<JournalException>(() => AppendAsync(journal));
        Assert.Equal(JournalFailure.Refused, e.Failure);
        Assert.Contains(says, e.Message, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("wrong", e.Message, StringComparison.Ordinal);
        Assert.Equal(JournalFailure.Refused, (await Assert.ThrowsAsync<JournalException>(() => journal.LastPositionAsync(None))).Failure);
    }

    [Fact]
    public async Task What_the_protocol_would_lose_is_refused()
    {
        await using var served = await ServedJournal.StartAsync();
        await using var journal = await served.ConnectAsync();
        var e = await Assert.ThrowsAsync<JournalException>(() => journal.AppendAsync(StreamName.Parse("s"), ExpectedRevision.Any, [Event with { ContentType = "text/plain" }], None));
        Assert.Equal(JournalFailure.Refused, e.Failure);
        e = await Assert.ThrowsAsync<JournalException>(() => journal.AppendAsync(StreamName.Parse("s"), ExpectedRevision.Any, [Event with { Type = "half \uD83E" }], None));
        Assert.Equal(JournalFailure.Refused, e.Failure);
        Assert.Equal(-1, await served.Journal.LastRevisionAsync(StreamName.Parse("s"), None));
    }

    [Fact]
    public void The_preferred_member_is_chosen_and_else_one_that_can_be_read()
    {
        MemberInfo Member(string host, State state, bool alive = true) =>
            new() { State = state, IsAlive = alive, HttpEndPoint = new EndPoint { Address = host, Port = 2113 } };
        var cluster = new ClusterInfo
        {
            Members = { Member("a", State.Follower), Member("b", State.Leader), Member("c", State.ReadOnlyReplica), Member("d", State.Manager), Member("e", State.Leader, alive: false) },
        };
        string? Choice(NodePreference preference) => EventStoreDb.Client.Members.Choose(cluster, preference, new Random(1))?.Host;
        Assert.Equal(("b", "a", "c"), (Choice(NodePreference.Leader), Choice(NodePreference.Follower), Choice(NodePreference.ReadOnlyReplica)));
        cluster.Members.RemoveAt(1);
        Assert.NotNull(Choice(NodePreference.Leader));
        cluster.Members.Clear();
        cluster.Members.Add(Member("d", State.Manager));
        Assert.Null(Choice(NodePreference.Random));
    }

    private static Task<EventStoreDbJournal> ConnectAsync(string text) =>
        EventStoreDbJournal.ConnectAsync(new EventStoreDbJournalOptions { Settings = EventStoreDbSettings.Parse(text + ServedJournal.Patient), RetryDuring = TimeSpan.FromMinutes(5) }, None);

    private static async Task<AppendResult.Appended> AppendAsync(EventStoreDbJournal journal) =>
        Assert.IsType<AppendResult.Appended>(await journal.AppendAsync(StreamName.Parse("s"), ExpectedRevision.NoStream, [Event], None));
}
