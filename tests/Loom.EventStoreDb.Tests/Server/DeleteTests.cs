using Loom.EventStoreDb.Grpc;
using Loom.EventStoreDb.Protocol.Streams;
using Options = Loom.EventStoreDb.Protocol.Streams.DeleteReq.Types.Options;
using ReadFrom = Loom.EventStoreDb.Protocol.Streams.ReadReq.Types.Options;

namespace Loom.EventStoreDb.Tests.Server;

/// <summary>Delete and Tombstone, message by message.</summary>
public sealed class DeleteTests : ServerTestBase
{
    private const string Link = "{\"loom\":{\"v\":1}}";

    private Task<DeleteResp> DeleteAsync(GrpcMethod<DeleteReq, DeleteResp> method, string stream, Action<Options>? expect = null, GrpcChannel? channel = null)
    {
        var options = new Options { StreamIdentifier = Name(stream), Any = Wire.Empty };
        expect?.Invoke(options);
        return (channel ?? Channel).UnaryAsync(method, new DeleteReq { Options = options }, GrpcCallOptions.None, None);
    }

    private static ReadFrom ReadOf(string stream) => Read(o => o.Stream = Stream(stream, s => s.Start = Wire.Empty));

    [Fact]
    public async Task A_deleted_stream_is_not_found_and_its_metadata_says_why()
    {
        await FillAsync("orders", 3);
        using var user = As("reader", "changeit");
        var deleted = await DeleteAsync(Methods.Delete, "orders", o => o.Revision = 2, user);
        Assert.Equal(deleted.Position.CommitPosition, deleted.Position.PreparePosition);
        Assert.Equal(ReadResp.ContentOneofCase.StreamNotFound, Assert.Single(await ReadAsync(ReadOf("orders"))).ContentCase);
        var metadata = Assert.Single(await ReadAsync(ReadOf("$$orders"))).Event.Event;
        Assert.Equal("{\"$tb\":9223372036854775807}", metadata.Data.ToStringUtf8());
        Assert.Equal(deleted.Position.CommitPosition, metadata.CommitPosition);
        Assert.Equal("$metadata", Value(metadata.Metadata, "type"));

        var again = await AppendAsync(new AppendReq { Options = new() { StreamIdentifier = Name("orders"), NoStream = Wire.Empty } }, Event());
        Assert.Equal(3UL, again.Success.CurrentRevision);
        Assert.Equal([3UL], Revisions(await ReadAsync(ReadOf("orders"))));
        Assert.Equal("{\"$tb\":3}", Assert.Single(await ReadAsync(ReadOf("$$orders"))).Event.Event.Data.ToStringUtf8());
    }

    [Fact]
    public async Task A_tombstone_is_told_in_every_answer()
    {
        await FillAsync("gone", 2);
        await DeleteAsync(Methods.Tombstone, "gone");
        using var user = As("reader", "changeit");
        foreach (var channel in new[] { Channel, user })
        {
            foreach (var act in new Func<Task>[]
            {
                () => ReadAsync(ReadOf("gone")),
                () => ReadAsync(ReadOf("$$gone")),
                () => ReadAsync(Read(o =>
                {
                    o.Subscription = new();
                    o.Stream = Stream("gone", s => s.End = Wire.Empty);
                })),
                () => AppendAsync(channel, Any("gone"), Event()),
                () => AppendAsync(channel, Any("$$gone"), Event()),
                () => DeleteAsync(Methods.Delete, "gone", channel: channel),
                () => DeleteAsync(Methods.Tombstone, "gone", channel: channel),
            })
            {
                var e = await FailsAsync(act);
                Assert.Equal((StatusCode.FailedPrecondition, "stream-deleted", "gone"), (e.Code, e.Trailers["exception"], e.Trailers["stream-name"]));
            }
        }
    }

    [Fact]
    public async Task A_wrong_expectation_is_an_error_with_both_revisions()
    {
        await FillAsync("s", 2);
        var e = await FailsAsync(() => DeleteAsync(Methods.Delete, "s", o => o.Revision = 7));
        Assert.Equal(StatusCode.FailedPrecondition, e.Code);
        Assert.Equal(("wrong-expected-version", "s", "7", "1"), (e.Trailers["exception"], e.Trailers["stream-name"], e.Trailers["expected-version"], e.Trailers["actual-version"]));
        e = await FailsAsync(() => DeleteAsync(Methods.Tombstone, "keine-größe", o => o.StreamExists = Wire.Empty));
        Assert.Equal(("keine-größe", "-4", "-1"), (e.Trailers["stream-name"], e.Trailers["expected-version"], e.Trailers["actual-version"]));
        e = await FailsAsync(() => DeleteAsync(Methods.Delete, "s", o => o.ClearExpectedStreamRevision()));
        Assert.Equal(StatusCode.InvalidArgument, e.Code);
    }

    [Theory]
    [InlineData("actor-1")]
    [InlineData("loom.log")]
    [InlineData("$$orders")]
    [InlineData("$settings")]
    public async Task Not_even_a_host_deletes_what_is_not_ordinary(string stream)
    {
        await AppendAsync(Any("actor-1"), Event(metadata: Link));
        await AppendAsync(Any("loom.log"), Event());
        foreach (var method in new[] { Methods.Delete, Methods.Tombstone })
        {
            var e = await FailsAsync(() => DeleteAsync(method, stream));
            Assert.Equal((StatusCode.PermissionDenied, "access-denied"), (e.Code, e.Trailers["exception"]));
        }

        using var nobody = new GrpcChannel(Served.Address, new GrpcChannelOptions());
        Assert.Equal(StatusCode.PermissionDenied, (await FailsAsync(() => DeleteAsync(Methods.Delete, "ordinary", channel: nobody))).Code);
    }

    [Fact]
    public async Task An_append_of_a_batch_to_a_tombstone_fails_alone()
    {
        await DeleteAsync(Methods.Tombstone, "gone", o => o.NoStream = Wire.Empty);
        await using var journal = await Served.ConnectAsync();
        var failed = await Assert.ThrowsAsync<Loom.Journal.JournalException>(() => journal.AppendAsync(
            Core.StreamName.Parse("gone"), Loom.Journal.ExpectedRevision.Any, [new Core.EventData(Guid.NewGuid(), "t", Core.EventData.Json, default, default)], None));
        Assert.Equal((Loom.Journal.JournalFailure.StreamDeleted, "gone"), (failed.Failure, failed.Stream?.Value));
        await journal.AppendAsync(
            Core.StreamName.Parse("other"), Loom.Journal.ExpectedRevision.Any, [new Core.EventData(Guid.NewGuid(), "t", Core.EventData.Json, default, default)], None);
    }

    [Fact]
    public async Task Delete_and_Tombstone_are_among_the_supported_methods()
    {
        var supported = await Channel.UnaryAsync(Methods.SupportedMethods, Wire.Empty, GrpcCallOptions.None, None);
        Assert.Contains(supported.Methods, m => m.MethodName == "delete");
        Assert.Contains(supported.Methods, m => m.MethodName == "tombstone");
    }
}
