using Loom.Core;
using Loom.EventStoreDb.Grpc;
using Loom.Journal;

namespace Loom.EventStoreDb.Tests.Server;

/// <summary>Rule 3 of the architecture: what only a host may append to.</summary>
public sealed class AccessTests : ServerTestBase
{
    private const string Link = "{\"loom\":{\"v\":1}}";

    [Fact]
    public async Task Nobody_reads_or_appends_without_credentials_and_wrong_ones_are_told()
    {
        using var nobody = new GrpcChannel(Served.Address, new GrpcChannelOptions());
        var denied = await FailsAsync(() => AppendAsync(nobody, Any("s"), Event()));
        Assert.Equal((StatusCode.PermissionDenied, "access-denied"), (denied.Code, denied.Trailers["exception"]));
        using var wrong = As("reader", "guess");
        var unauthenticated = await FailsAsync(() => AppendAsync(wrong, Any("s"), Event()));
        Assert.Equal((StatusCode.Unauthenticated, false), (unauthenticated.Code, unauthenticated.Trailers.ContainsKey("exception")));

        // Looking for a server needs no credentials.
        await nobody.UnaryAsync(Methods.Gossip, Wire.Empty, GrpcCallOptions.None, None);
        await nobody.UnaryAsync(Methods.SupportedMethods, Wire.Empty, GrpcCallOptions.None, None);
    }

    [Theory]
    [InlineData("loom.log")]
    [InlineData("loom.anything")]
    [InlineData("actor-1")]
    [InlineData("$$actor-1")]
    [InlineData("$$loom.log")]
    [InlineData("$all")]
    public async Task An_ordinary_user_does_not_append_to_what_belongs_to_hosts(string stream)
    {
        await AppendAsync(Any("actor-1"), Event(metadata: Link));
        using var user = As("reader", "changeit");
        var denied = await FailsAsync(() => AppendAsync(user, Any(stream), Event()));
        Assert.Equal((StatusCode.PermissionDenied, "access-denied"), (denied.Code, denied.Trailers["exception"]));
        Assert.Equal(stream == "actor-1" ? 0 : -1, await Served.Journal.LastRevisionAsync(StreamName.Parse(stream), None));
    }

    [Fact]
    public async Task An_ordinary_user_appends_to_ordinary_streams_but_no_links()
    {
        using var user = As("reader", "changeit");
        Assert.Equal(0UL, (await AppendAsync(user, Any("orders"), Event(metadata: "{\"a\":1}"))).Success.CurrentRevision);
        Assert.Equal(1UL, (await AppendAsync(user, Any("orders"), Event(metadata: "loom"))).Success.CurrentRevision);
        var denied = await FailsAsync(() => AppendAsync(user, Any("orders"), Event(), Event(metadata: Link)));
        Assert.Equal(StatusCode.PermissionDenied, denied.Code);
    }

    [Fact]
    public async Task A_stream_of_a_registered_type_is_the_hosts_before_its_first_event()
    {
        await using var served = await ServedJournal.StartAsync(options: new EventStoreDbServerOptions
        {
            Authenticate = _ => ValueTask.FromResult<EventStoreCaller?>(EventStoreCaller.User("user")),
            IsActorStream = s => s.Value.StartsWith("account-", StringComparison.Ordinal),
        });
        await using var journal = await served.ConnectAsync();
        var e = await Assert.ThrowsAsync<JournalException>(() => journal.AppendAsync(
            StreamName.Parse("account-1"), ExpectedRevision.NoStream, [new EventData(Guid.NewGuid(), "t", EventData.Json, default, default)], None));
        Assert.Equal(JournalFailure.Refused, e.Failure);
    }

    [Fact]
    public async Task Even_a_host_does_not_truncate_an_actor_stream()
    {
        await AppendAsync(Any("actor-1"), Event(metadata: Link));
        var denied = await FailsAsync(() => AppendAsync(Any("$$actor-1"), Event("$metadata", "{\"$tb\":9223372036854775807}")));
        Assert.Equal(StatusCode.PermissionDenied, denied.Code);
    }
}
