using Loom.EventStoreDb.Grpc;
using Loom.EventStoreDb.Protocol.Streams;
using Options = Loom.EventStoreDb.Protocol.Streams.ReadReq.Types.Options;
using Content = Loom.EventStoreDb.Protocol.Streams.ReadResp.ContentOneofCase;

namespace Loom.EventStoreDb.Tests.Server;

public sealed class SubscriptionTests : ServerTestBase
{
    [Fact(Timeout = 600_000)]
    public async Task Confirmation_history_caught_up_and_then_what_arrives()
    {
        await FillAsync("s", 3);
        await using var subscription = Subscribe(o => o.Stream = Stream("s", s => s.Start = Wire.Empty));
        Assert.True(Guid.TryParse((await subscription.NextAsync()).Confirmation.SubscriptionId, out _));
        for (ulong i = 0; i < 3; i++)
        {
            Assert.Equal(i, (await subscription.NextAsync()).Event.Event.StreamRevision);
        }

        var caughtUp = (await subscription.NextAsync()).CaughtUp;
        Assert.Equal(2, caughtUp.StreamRevision);
        Assert.NotNull(caughtUp.Timestamp);
        await FillAsync("s", 1);
        Assert.Equal(3UL, (await subscription.NextAsync()).Event.Event.StreamRevision);
    }

    [Fact(Timeout = 600_000)]
    public async Task A_revision_is_exclusive_and_the_end_means_only_what_comes()
    {
        await FillAsync("s", 3);
        await using var after = Subscribe(o => o.Stream = Stream("s", s => s.Revision = 1));
        await after.SkipAsync(Content.Confirmation);
        Assert.Equal(2UL, (await after.NextAsync()).Event.Event.StreamRevision);
        await using var fromEnd = Subscribe(o => o.Stream = Stream("s", s => s.End = Wire.Empty));
        await fromEnd.SkipAsync(Content.Confirmation, Content.CaughtUp);
        await FillAsync("s", 1);
        Assert.Equal(3UL, (await fromEnd.NextAsync()).Event.Event.StreamRevision);
    }

    [Fact(Timeout = 600_000)]
    public async Task A_stream_that_is_not_there_yet_is_confirmed_and_waited_for()
    {
        await using var subscription = Subscribe(o => o.Stream = Stream("later", s => s.Start = Wire.Empty));
        await subscription.SkipAsync(Content.Confirmation);
        var caughtUp = (await subscription.NextAsync()).CaughtUp;
        Assert.False(caughtUp.HasStreamRevision);
        await FillAsync("later", 1);
        Assert.Equal(0UL, (await subscription.NextAsync()).Event.Event.StreamRevision);
    }

    [Fact(Timeout = 600_000)]
    public async Task The_whole_journal_without_a_filter_has_no_checkpoints()
    {
        await FillAsync("a", 40);
        await using var subscription = Subscribe(o => o.All = new() { Start = Wire.Empty });
        await subscription.SkipAsync(Content.Confirmation);
        ulong last = 0;
        for (var i = 0; i < 40; i++)
        {
            last = (await subscription.NextAsync()).Event.CommitPosition;
        }

        Assert.Equal(last, (await subscription.NextAsync()).CaughtUp.Position.CommitPosition);
        await using var after = Subscribe(o => o.All = new() { Position = new() { CommitPosition = last, PreparePosition = last } });
        await after.SkipAsync(Content.Confirmation, Content.CaughtUp);
        await FillAsync("b", 1);
        Assert.Equal("b", (await after.NextAsync()).Event.Event.StreamIdentifier.StreamName.ToStringUtf8());
    }

    [Fact(Timeout = 600_000)]
    public async Task A_filtered_one_says_where_it_is_after_its_interval_and_when_caught_up()
    {
        await FillAsync("noise", 25);
        await AppendAsync(Any("wanted"), Event());
        await FillAsync("noise", 5);
        await using var subscription = Subscribe(o => (o.All, o.Filter) = (new() { Start = Wire.Empty }, new Options.Types.FilterOptions
        {
            StreamIdentifier = new() { Prefix = { "wanted" } },
            Max = 5,
            CheckpointIntervalMultiplier = 2,
        }));
        var all = await ReadAsync(Read(o => o.All = new() { Start = Wire.Empty }));
        ulong At(int index) => all[index].Event.CommitPosition;
        await subscription.SkipAsync(Content.Confirmation);
        Assert.Equal(At(9), (await subscription.NextAsync()).Checkpoint.CommitPosition);
        Assert.Equal(At(19), (await subscription.NextAsync()).Checkpoint.CommitPosition);
        Assert.Equal(At(25), (await subscription.NextAsync()).Event.CommitPosition);
        Assert.Equal(At(29), (await subscription.NextAsync()).Checkpoint.CommitPosition);
        Assert.Equal(At(30), (await subscription.NextAsync()).Checkpoint.CommitPosition);
        await subscription.SkipAsync(Content.CaughtUp);

        // Live: counted whether they match or not.
        await FillAsync("noise", 10);
        Assert.Equal(Content.Checkpoint, (await subscription.NextAsync()).ContentCase);
    }

    private Subscription Subscribe(Action<Options> set) => new(Channel, Read(o =>
    {
        o.Subscription = new();
        set(o);
    }));

    private sealed class Subscription(GrpcChannel channel, Options options) : IAsyncDisposable
    {
        private readonly IAsyncEnumerator<ReadResp> _responses =
            channel.ServerStreamingAsync(Methods.Read, new ReadReq { Options = options }, GrpcCallOptions.None, None).GetAsyncEnumerator();

        public async Task<ReadResp> NextAsync()
        {
            Assert.True(await _responses.MoveNextAsync());
            return _responses.Current;
        }

        public async Task SkipAsync(params Content[] contents)
        {
            foreach (var content in contents)
            {
                Assert.Equal(content, (await NextAsync()).ContentCase);
            }
        }

        public ValueTask DisposeAsync() => _responses.DisposeAsync();
    }
}
