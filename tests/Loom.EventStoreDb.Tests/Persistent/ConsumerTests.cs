using Loom.EventStoreDb.Grpc;
using Loom.EventStoreDb.Protocol.Persistent;
using Loom.EventStoreDb.Server.Persistent;
using Loom.EventStoreDb.Tests.Server;
using Loom.Journal;
using Action = Loom.EventStoreDb.Protocol.Persistent.ReadReq.Types.Nack.Types.Action;

namespace Loom.EventStoreDb.Tests.Persistent;

/// <summary>Consuming: what comes, how often, and what answers do.</summary>
public sealed class ConsumerTests : PersistentTestBase
{
    [Fact(Timeout = 600_000)]
    public async Task Events_come_in_order_as_far_as_the_buffer_allows()
    {
        await AppendAsync(30);
        await CreateAsync(from: s => s.Revision = 5);
        await using var consumer = await ConsumeAsync(buffer: 3);
        var first = await consumer.NextAsync(3);
        Assert.Equal([5UL, 6UL, 7UL], first.Select(e => e.Event.StreamRevision));
        Assert.All(first, e => Assert.Equal((0, ReadResp.Types.ReadEvent.CountOneofCase.RetryCount), (e.RetryCount, e.CountCase)));
        Assert.All(first, e => Assert.Equal(e.CommitPosition, e.Event.CommitPosition));
        var info = await InfoAsync();
        Assert.Equal((3, 0), (info.TotalInFlightMessages, info.Connections[0].AvailableSlots));
        await consumer.AckAsync(first[1]);
        Assert.Equal(8UL, (await consumer.NextAsync()).Event.StreamRevision);
        await consumer.AckAsync([.. first]);
        Assert.Equal([9UL, 10UL], await consumer.RevisionsAsync(2));
    }

    [Fact(Timeout = 600_000)]
    public async Task From_the_end_counts_when_the_group_is_made()
    {
        await AppendAsync(3);
        await CreateAsync(from: s => s.End = Wire.Empty);
        await AppendAsync(2);
        await using var consumer = await ConsumeAsync();
        Assert.Equal([3UL, 4UL], await consumer.RevisionsAsync(2));
    }

    [Fact(Timeout = 600_000)]
    public async Task What_is_retried_comes_again_and_in_the_end_is_parked()
    {
        await AppendAsync(2);
        await CreateAsync(set: s => s.MaxRetryCount = 2);
        await using var consumer = await ConsumeAsync(buffer: 1);
        for (var i = 0; i <= 2; i++)
        {
            var e = await consumer.NextAsync();
            Assert.Equal((0UL, i), (e.Event.StreamRevision, e.RetryCount));
            await consumer.NackAsync(i == 1 ? Action.Unknown : Action.Retry, e);
        }

        Assert.Equal(1UL, (await consumer.NextAsync()).Event.StreamRevision);
        await WhenParkedAsync(1);
    }

    [Fact(Timeout = 600_000)]
    public async Task What_is_skipped_is_done()
    {
        await AppendAsync(3);
        await CreateAsync();
        await using (var consumer = await ConsumeAsync(buffer: 1))
        {
            await consumer.NackAsync(Action.Skip, await consumer.NextAsync());
            await consumer.NackAsync(Action.Skip, await consumer.NextAsync());
            Assert.Equal(2UL, (await consumer.NextAsync()).Event.StreamRevision);
        }

        await WhenCheckpointedAsync("1");
        Assert.Equal(0, (await InfoAsync()).ParkedMessageCount);
    }

    [Fact(Timeout = 600_000)]
    public async Task What_is_stopped_stays_until_its_time_is_up()
    {
        await AppendAsync(1);
        await CreateAsync();
        await using var consumer = await ConsumeAsync();
        await consumer.NackAsync(Action.Stop, await consumer.NextAsync());
        Assert.Equal(1, (await InfoAsync()).TotalInFlightMessages);
        Time.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(1, (await consumer.NextAsync()).RetryCount);
    }

    [Fact(Timeout = 600_000)]
    public async Task What_is_not_answered_in_time_comes_again()
    {
        await AppendAsync(2);
        await CreateAsync(set: s => s.MessageTimeoutMs = 1_000);
        await using var consumer = await ConsumeAsync();
        var events = await consumer.NextAsync(2);
        Time.Advance(TimeSpan.FromMilliseconds(999));
        await consumer.AckAsync(events[0]);
        while ((await InfoAsync()).TotalInFlightMessages > 1)
        {
        }

        Time.Advance(TimeSpan.FromMilliseconds(2));
        var again = await consumer.NextAsync();
        Assert.Equal((1UL, 1), (again.Event.StreamRevision, again.RetryCount));
    }

    [Fact(Timeout = 600_000)]
    public async Task A_late_answer_counts_when_the_event_is_with_the_same_consumer_again()
    {
        await AppendAsync(1);
        await CreateAsync(set: s => s.MessageTimeoutMs = 1_000);
        await using var consumer = await ConsumeAsync(buffer: 1);
        var first = await consumer.NextAsync();

        // It comes again at once, to the same consumer: then the answer counts.
        Time.Advance(TimeSpan.FromMilliseconds(1_500));
        Assert.Equal(1, (await consumer.NextAsync()).RetryCount);
        await consumer.AckAsync(first);
        await AppendAsync(1);
        Assert.Equal(1UL, (await consumer.NextAsync()).Event.StreamRevision);
    }

    [Fact(Timeout = 600_000)]
    public async Task What_a_consumer_had_goes_to_another_when_it_leaves()
    {
        await AppendAsync(4);
        await CreateAsync();
        var first = await ConsumeAsync();
        await first.NextAsync(4);
        await using var second = await ConsumeAsync();
        await first.DisposeAsync();
        var again = await second.NextAsync(4);
        Assert.Equal([0UL, 1UL, 2UL, 3UL], again.Select(e => e.Event.StreamRevision));
        Assert.All(again, e => Assert.Equal(1, e.RetryCount));
    }

    [Fact(Timeout = 600_000)]
    public async Task Parked_events_are_replayed_up_to_where_is_asked()
    {
        await AppendAsync(4);
        await CreateAsync();
        await using var consumer = await ConsumeAsync();
        await consumer.NackAsync(Action.Park, [.. await consumer.NextAsync(4)]);
        await WhenParkedAsync(4);
        await ReplayAsync(stopAt: 1);
        var first = await consumer.NextAsync();
        Assert.Equal((0UL, 0), (first.Event.StreamRevision, first.RetryCount));
        await consumer.AckAsync(first);
        await WhenParkedAsync(3);
        await ReplayAsync();
        var rest = await consumer.NextAsync(3);
        Assert.Equal([1UL, 2UL, 3UL], rest.Select(e => e.Event.StreamRevision));
        await consumer.AckAsync(rest[0], rest[2]);
        await consumer.NackAsync(Action.Park, rest[1]);
        await WhenParkedAsync(1);
        await ReplayAsync();
        Assert.Equal(2UL, (await consumer.NextAsync()).Event.StreamRevision);
    }

    [Fact(Timeout = 600_000)]
    public async Task Truncated_parked_events_are_not_replayed()
    {
        await AppendAsync(3);
        await CreateAsync();
        await using var consumer = await ConsumeAsync();
        await consumer.NackAsync(Action.Park, [.. await consumer.NextAsync(3)]);
        await WhenParkedAsync(3);
        await CallAsync(Methods.TruncateParked, Parked(2));
        Assert.Equal(1, (await InfoAsync()).ParkedMessageCount);
        await ReplayAsync();
        Assert.Equal(2UL, (await consumer.NextAsync()).Event.StreamRevision);
        Assert.Equal(StatusCode.InvalidArgument, (await FailsAsync(() => ReplayAsync(stopAt: -1))).Code);
        Assert.Equal(StatusCode.InvalidArgument, (await FailsAsync(() => CallAsync(
            Methods.ReplayParked, new ParkedReq { Options = new() { GroupName = "g", StreamIdentifier = ServerTestBase.Name(Source) } }))).Code);
    }

    [Fact(Timeout = 600_000)]
    public async Task A_restart_loses_nothing_and_repeats_nothing_that_the_last_consumer_had_acknowledged()
    {
        await AppendAsync(10);
        await CreateAsync();
        await using (var consumer = await ConsumeAsync(buffer: 5))
        {
            var events = await consumer.NextAsync(5);
            await consumer.AckAsync(events[0], events[1], events[3]);
            await consumer.NackAsync(Action.Park, events[4]);
            Assert.Equal([5UL, 6UL, 7UL, 8UL], await consumer.RevisionsAsync(4));
            await WhenParkedAsync(1);
        }

        await RestartAsync();
        await using var after = await ConsumeAsync(buffer: 20);

        // Behind the checkpoint everything comes again but what is parked.
        Assert.Equal([2UL, 3UL, 5UL, 6UL, 7UL, 8UL, 9UL], await after.RevisionsAsync(7, ack: true));
        await ReplayAsync();
        Assert.Equal(4UL, (await after.NextAsync()).Event.StreamRevision);
    }

    [Fact(Timeout = 600_000)]
    public async Task A_restart_in_the_middle_of_a_replay_goes_on_with_it()
    {
        await AppendAsync(3);
        await CreateAsync();
        await using (var consumer = await ConsumeAsync())
        {
            await consumer.NackAsync(Action.Park, [.. await consumer.NextAsync(3)]);
            await WhenParkedAsync(3);
            await ReplayAsync();
            await consumer.AckAsync((await consumer.NextAsync(3))[0]);
            await WhenInFlightAsync(2);
        }

        await RestartAsync();
        await using var after = await ConsumeAsync();
        Assert.Equal([1UL, 2UL], await after.RevisionsAsync(2, ack: true));
        await WhenParkedAsync(0);
    }

    [Fact(Timeout = 600_000)]
    public async Task Checkpoints_wait_for_enough_events_and_time()
    {
        await AppendAsync(20);
        await CreateAsync(set: s => (s.MinCheckpointCount, s.MaxCheckpointCount) = (3, 8));
        await using var consumer = await ConsumeAsync(buffer: 20);
        var events = await consumer.NextAsync(20);
        await consumer.AckAsync(events[0], events[1]);
        await WhenInFlightAsync(18);
        Time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal("", (await InfoAsync()).LastCheckpointedEventPosition);
        await consumer.AckAsync(events[2]);
        await WhenCheckpointedAsync("2");
        await consumer.AckAsync([.. events[4..12]]);
        await WhenInFlightAsync(9);
        Assert.Equal("2", (await InfoAsync()).LastCheckpointedEventPosition);
        await consumer.AckAsync(events[3]);
        await WhenCheckpointedAsync("11");
    }

    [Fact(Timeout = 600_000)]
    public async Task As_many_consumers_as_there_may_be()
    {
        await CreateAsync(set: s => s.MaxSubscriberCount = 2);
        await using var one = await ConsumeAsync();
        var two = await ConsumeAsync();
        var e = await FailsAsync(() => ConsumeAsync());
        Assert.Equal(
            (StatusCode.FailedPrecondition, "maximum-subscribers-reached", Source, "g"),
            (e.Code, e.Trailers["exception"], e.Trailers["stream-name"], e.Trailers["group-name"]));
        await two.DisposeAsync();
        while ((await InfoAsync()).Connections.Count > 1)
        {
        }

        await using var three = await ConsumeAsync();
    }

    [Theory(Timeout = 600_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Whoever_consumes_is_told_when_the_group_is_changed_or_deleted(bool deleted)
    {
        await AppendAsync(2);
        await CreateAsync();
        await using var consumer = await ConsumeAsync();
        var events = await consumer.NextAsync(2);
        await consumer.AckAsync(events[0]);
        await WhenInFlightAsync(1);
        await (deleted ? DeleteAsync() : CallAsync(Methods.UpdateGroup, GroupOf(Source, "g", Usual(s => s.MaxRetryCount = 77))));
        var e = await FailsAsync(() => consumer.ReadAsync());
        Assert.Equal((StatusCode.Cancelled, "persistent-subscription-dropped", "g"), (e.Code, e.Trailers["exception"], e.Trailers["group-name"]));
        if (deleted)
        {
            // Another group of the same name begins anew.
            await CreateAsync();
            await using var anew = await ConsumeAsync();
            Assert.Equal([0UL, 1UL], await anew.RevisionsAsync(2));
            return;
        }

        Assert.Equal(77, (await InfoAsync()).MaxRetryCount);
        await using var again = await ConsumeAsync();
        Assert.Equal(1UL, (await again.NextAsync()).Event.StreamRevision);
    }

    [Fact(Timeout = 600_000)]
    public async Task A_restart_of_the_subsystem_ends_all_calls_and_loses_nothing()
    {
        await AppendAsync(3);
        await CreateAsync();
        await using var consumer = await ConsumeAsync();
        await consumer.NextAsync(3);
        await CallAsync(Methods.RestartGroups, Wire.Empty);
        Assert.Equal(StatusCode.Cancelled, (await FailsAsync(() => consumer.ReadAsync())).Code);
        await using var again = await ConsumeAsync();
        Assert.Equal([0UL, 1UL, 2UL], await again.RevisionsAsync(3));
    }

    [Fact(Timeout = 600_000)]
    public async Task Who_sends_no_more_is_let_go()
    {
        await CreateAsync();
        await using var consumer = await ConsumeAsync();
        await consumer.CompleteAsync();
        Assert.Null(await consumer.ReadToEndAsync());
        while ((await InfoAsync()).Connections.Count > 0)
        {
        }
    }

    [Fact(Timeout = 600_000)]
    public async Task Of_two_servers_the_later_one_has_the_group_and_what_was_done_stays_done()
    {
        await AppendAsync(10);
        await CreateAsync(set: s => (s.MinCheckpointCount, s.MaxCheckpointCount) = (1, 1));
        await using var second = await ServeAsync();
        using var there = new GrpcChannel(second.Address, new GrpcChannelOptions { Headers = new Dictionary<string, string> { ["authorization"] = "Basic YWRtaW46YQ==" } });
        await using var here = await ConsumeAsync(buffer: 4);
        var mine = await here.NextAsync(4);
        await here.AckAsync(mine[0], mine[1]);
        await WhenCheckpointedAsync("1");
        await using var other = await ConsumeAsync(buffer: 20, channel: there);
        var theirs = await other.NextAsync(8);
        Assert.Equal(Enumerable.Range(2, 8).Select(i => (ulong)i), theirs.Select(e => e.Event.StreamRevision));
        await here.AckAsync(mine[2]); // too late: somebody else has it, and the first server learns that
        Assert.Equal("persistent-subscription-dropped", (await FailsAsync(async () =>
        {
            while (true)
            {
                await here.ReadAsync();
            }
        })).Trailers["exception"]);
        await other.AckAsync([.. theirs]);
        var cursor = await CursorAsync(c => c?.Checkpoint == 9);
        Assert.Equal(9UL, cursor!.Checkpoint);
        await using var back = await ConsumeAsync();
        await AppendAsync(1);
        Assert.Equal(10UL, (await back.NextAsync()).Event.StreamRevision);
    }

    [Fact(Timeout = 600_000)]
    public async Task Everything_with_a_filter()
    {
        await CreateAllAsync("g", o => o.Filter = new() { StreamIdentifier = new() { Prefix = { "a", "b" } }, Count = Wire.Empty });
        await AppendAsync(2, "alpha");
        await AppendAsync(2, "other");
        await AppendAsync(2, "beta");
        await using var consumer = await ConsumeAsync(stream: "$all");
        var events = await consumer.NextAsync(4);
        Assert.Equal(["alpha", "alpha", "beta", "beta"], events.Select(e => e.Event.StreamIdentifier.StreamName.ToStringUtf8()));
        await consumer.NackAsync(Action.Park, events[2]);
        await consumer.AckAsync(events[0], events[1], events[3]);
        await consumer.CompleteAsync();
        Assert.Null(await consumer.ReadToEndAsync());
        var info = (await CallAsync(Methods.GroupInfo, new GetInfoReq { Options = new() { GroupName = "g", All = Wire.Empty } })).SubscriptionInfo;
        Assert.Equal(($"C:{events[3].CommitPosition}/P:{events[3].CommitPosition}", 1L, "C:0/P:0"), (info.LastCheckpointedEventPosition, info.ParkedMessageCount, info.StartFrom));
    }

    [Fact(Timeout = 600_000)]
    public async Task A_group_of_everything_does_not_feed_on_itself()
    {
        await CreateAllAsync("g", settings: s => (s.MinCheckpointCount, s.MaxCheckpointCount) = (1, 1));
        await AppendAsync(3);
        await using var consumer = await ConsumeAsync(stream: "$all");
        foreach (var e in await consumer.NextAsync(4))
        {
            Assert.Contains(e.Event.StreamIdentifier.StreamName.ToStringUtf8(), new[] { "loom.subscriptions", Source });
            await consumer.NackAsync(Action.Park, e);
        }

        await AppendAsync(1);
        Assert.Equal(3UL, (await consumer.NextAsync()).Event.StreamRevision);
    }

    [Fact(Timeout = 600_000)]
    public async Task Pinned_streams_stay_with_their_consumer_and_singles_go_to_the_first()
    {
        await CreateAllAsync("pinned", o => o.Filter = new() { StreamIdentifier = new() { Prefix = { "p-" } }, Count = Wire.Empty }, s => s.ConsumerStrategy = GroupSettings.Pinned);
        for (var i = 0; i < 60; i++)
        {
            await AppendAsync(1, $"p-{i % 20}");
        }

        await using var one = await ConsumeAsync("pinned", buffer: 1_000, stream: "$all");
        await one.NextAsync(60);
        await CreateAsync("single", s => s.NamedConsumerStrategy = ConsumerStrategy.DispatchToSingle);
        await using var first = await ConsumeAsync("single", buffer: 3);
        await using var other = await ConsumeAsync("single", buffer: 3);
        await AppendAsync(5);
        Assert.Equal([0UL, 1UL, 2UL], await first.RevisionsAsync(3));
        Assert.Equal([3UL, 4UL], await other.RevisionsAsync(2));
    }

    [Fact(Timeout = 600_000)]
    public async Task A_stream_with_a_tombstone_ends_its_consumers()
    {
        await AppendAsync(2);
        await CreateAsync();
        await using var consumer = await ConsumeAsync();
        await consumer.NextAsync(2);
        await Journal.TombstoneAsync(Core.StreamName.Parse(Source), ExpectedRevision.Any, None);
        var e = await FailsAsync(() => consumer.ReadAsync());
        Assert.Equal((StatusCode.FailedPrecondition, "stream-deleted"), (e.Code, e.Trailers["exception"]));
        await DeleteAsync();
    }

    internal async Task<CursorBody?> CursorAsync(Func<CursorBody?, bool> until)
    {
        while (true)
        {
            await foreach (var e in Journal.ReadAllAsync(Direction.Backwards, ulong.MaxValue, long.MaxValue, new EventFilter(["loom.cursors-subscription-"]), None))
            {
                var body = System.Text.Json.JsonSerializer.Deserialize(e.Data.Span, PersistentJson.Default.CursorBody);
                if (until(body))
                {
                    return body;
                }

                break;
            }
        }
    }

    private async Task WhenParkedAsync(long count)
    {
        while ((await InfoAsync()).ParkedMessageCount != count)
        {
        }
    }

    private async Task WhenCheckpointedAsync(string at)
    {
        while ((await InfoAsync()).LastCheckpointedEventPosition != at)
        {
        }
    }

    private async Task WhenInFlightAsync(int count)
    {
        while ((await InfoAsync()).TotalInFlightMessages != count)
        {
        }
    }
}
