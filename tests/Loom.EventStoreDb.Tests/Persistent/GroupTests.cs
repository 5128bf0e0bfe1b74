using Loom.EventStoreDb.Grpc;
using Loom.EventStoreDb.Protocol.Persistent;
using Loom.EventStoreDb.Server.Persistent;
using Loom.EventStoreDb.Tests.Server;

namespace Loom.EventStoreDb.Tests.Persistent;

/// <summary>Making, changing, listing and deleting groups.</summary>
public sealed class GroupTests : PersistentTestBase
{
    [Fact(Timeout = 600_000)]
    public async Task A_group_is_made_once()
    {
        await CreateAsync();
        var e = await FailsAsync(() => CreateAsync());
        Assert.Equal(
            (StatusCode.AlreadyExists, "persistent-subscription-exists", Source, "g"),
            (e.Code, e.Trailers["exception"], e.Trailers["stream-name"], e.Trailers["group-name"]));
        await CreateAsync("other");
        await CreateAsync(stream: "elsewhere");
        await CreateAllAsync("g");
    }

    [Fact(Timeout = 600_000)]
    public async Task What_is_not_there_is_not_found()
    {
        foreach (var act in new Func<Task>[]
        {
            () => DeleteAsync(),
            () => InfoAsync(),
            () => ReplayAsync(),
            () => CallAsync(Methods.TruncateParked, Parked(null)),
            () => CallAsync(Methods.UpdateGroup, GroupOf(Source, "g", Usual())),
            () => ConsumeAsync(),
        })
        {
            var e = await FailsAsync(act);
            Assert.Equal(
                (StatusCode.NotFound, "persistent-subscription-does-not-exist", Source, "g"),
                (e.Code, e.Trailers["exception"], e.Trailers["stream-name"], e.Trailers["group-name"]));
        }

        var none = await FailsAsync(() => CallAsync(Methods.ListGroups, new ListReq { Options = new() { ListAllSubscriptions = Wire.Empty } }));
        Assert.Equal((StatusCode.NotFound, "persistent-subscription-does-not-exist", ""), (none.Code, none.Trailers["exception"], none.Trailers["group-name"]));
    }

    private static readonly Dictionary<string, Action<Settings>> Mistakes = new()
    {
        { "an unknown strategy", s => s.ConsumerStrategy = "Random" },
        { "an unknown number of a strategy", s => s.NamedConsumerStrategy = (ConsumerStrategy)77 },
        { "a batch as large as the buffer", s => s.ReadBatchSize = s.HistoryBufferSize },
        { "no batch", s => s.ReadBatchSize = 0 },
        { "a giant buffer", s => s.HistoryBufferSize = int.MaxValue },
        { "a giant live buffer", s => s.LiveBufferSize = int.MaxValue },
        { "a negative timeout", s => s.MessageTimeoutMs = -1 },
        { "a negative timeout in ticks", s => s.MessageTimeoutTicks = long.MinValue },
        { "negative retries", s => s.MaxRetryCount = int.MinValue },
        { "a negative checkpoint time", s => s.CheckpointAfterMs = -5 },
        { "more at least than at most", s => s.MinCheckpointCount = s.MaxCheckpointCount + 1 },
        { "negative consumers", s => s.MaxSubscriberCount = -1 },
    };

    public static TheoryData<string> Mistaken => [.. Mistakes.Keys];

    [Theory(Timeout = 600_000)]
    [MemberData(nameof(Mistaken))]
    public async Task Settings_that_cannot_be_are_refused_with_the_reason(string what)
    {
        var e = await FailsAsync(() => CreateAsync(set: Mistakes[what]));
        Assert.Equal((StatusCode.Internal, "persistent-subscription-failed", Source), (e.Code, e.Trailers["exception"], e.Trailers["stream-name"]));
        Assert.NotEmpty(e.Trailers["reason"]);
        Assert.Equal(StatusCode.NotFound, (await FailsAsync(() => InfoAsync())).Code);
    }

    [Fact(Timeout = 600_000)]
    public async Task Giant_times_and_counts_are_taken()
    {
        await CreateAsync(set: s =>
        {
            (s.MessageTimeoutTicks, s.CheckpointAfterTicks) = (long.MaxValue, long.MaxValue);
            (s.MaxRetryCount, s.MaxCheckpointCount, s.MaxSubscriberCount) = (int.MaxValue, int.MaxValue, int.MaxValue);
        });
        await AppendAsync(1);
        await using var consumer = await ConsumeAsync();
        await consumer.AckAsync(await consumer.NextAsync());
        Assert.Equal(int.MaxValue, (await InfoAsync()).MessageTimeoutMilliseconds);
    }

    [Fact(Timeout = 600_000)]
    public async Task A_name_or_place_that_cannot_be_is_refused()
    {
        await AppendAsync(1);
        Assert.Equal(StatusCode.InvalidArgument, (await FailsAsync(() => CreateAsync(group: ""))).Code);
        Assert.Equal(StatusCode.InvalidArgument, (await FailsAsync(() => CreateAsync(group: new string('g', GroupRequests.MaxName + 1)))).Code);
        Assert.Equal("persistent-subscription-failed", (await FailsAsync(() => CreateAsync(stream: ""))).Trailers["exception"]);
        Assert.Equal("persistent-subscription-failed", (await FailsAsync(() => CreateAsync(stream: "$all"))).Trailers["exception"]);
        Assert.Equal("persistent-subscription-failed", (await FailsAsync(() => CreateAsync(from: s => s.Revision = ulong.MaxValue - 1))).Trailers["exception"]);
        Assert.Equal("persistent-subscription-failed", (await FailsAsync(() => CreateAsync(from: s => s.ClearRevisionOption()))).Trailers["exception"]);
        var beyond = await FailsAsync(() => CreateAllAsync("g", o => o.Position = new() { CommitPosition = 1UL << 60, PreparePosition = 0 }));
        Assert.Equal("persistent-subscription-failed", beyond.Trailers["exception"]);
        var pattern = await FailsAsync(() => CreateAllAsync("g", o => o.Filter = new() { EventType = new() { Regex = "(" } }));
        Assert.Equal("persistent-subscription-failed", pattern.Trailers["exception"]);
        Assert.Equal(StatusCode.InvalidArgument, (await FailsAsync(() => CallAsync(Methods.CreateGroup, new GroupReq()))).Code);
    }

    [Fact(Timeout = 600_000)]
    public async Task The_older_form_of_a_request_names_the_stream_elsewhere()
    {
        await AppendAsync(3);
        foreach (var (group, revision, first) in new[] { ("one", 1UL, 1UL), ("end", ulong.MaxValue, 3UL) })
        {
            await CallAsync(
                Methods.CreateGroup,
                new GroupReq { Options = new() { StreamIdentifier = ServerTestBase.Name(Source), GroupName = group, Settings = Usual(s => s.Revision = revision) } });
            await using var consumer = await ConsumeAsync(group);
            if (group == "end")
            {
                await AppendAsync(1);
            }

            Assert.Equal(first, (await consumer.NextAsync()).Event.StreamRevision);
        }

        Assert.Equal("-1", (await InfoAsync("end")).StartFrom);
    }

    [Fact(Timeout = 600_000)]
    public async Task Info_tells_settings_consumers_and_places()
    {
        await AppendAsync(5);
        await CreateAsync(set: s => s.MaxSubscriberCount = 3);
        var idle = await InfoAsync();
        Assert.Equal(("orders", "g", "0", "", "4", "Behind"), (idle.EventSource, idle.GroupName, idle.StartFrom, idle.LastCheckpointedEventPosition, idle.LastKnownEventPosition, idle.Status));
        await using var consumer = await ConsumeAsync(buffer: 2);
        var events = await consumer.NextAsync(2);
        var info = await InfoAsync();
        Assert.Equal((2, 30_000, 10, 500, 20, 3, "RoundRobin"), (info.TotalInFlightMessages, info.MessageTimeoutMilliseconds, info.MaxRetryCount, info.BufferSize, info.ReadBatchSize, info.MaxSubscriberCount, info.NamedConsumerStrategy));
        var connection = Assert.Single(info.Connections);
        Assert.Equal(("admin", 0, 2, "<unknown>"), (connection.Username, connection.AvailableSlots, connection.InFlightMessages, connection.ConnectionName));
        await consumer.NackAsync(ReadReq.Types.Nack.Types.Action.Park, [.. events]);
        await consumer.NextAsync(2);
        while ((await InfoAsync()).ParkedMessageCount < 2)
        {
        }
    }

    [Fact(Timeout = 600_000)]
    public async Task Lists_are_of_everything_or_of_a_stream()
    {
        await CreateAsync("a");
        await CreateAsync("b");
        await CreateAsync("c", stream: "elsewhere");
        await CreateAllAsync("d");
        async Task<string> ListAsync(ListReq.Types.Options options) =>
            string.Join(' ', (await CallAsync(Methods.ListGroups, new ListReq { Options = options })).Subscriptions.Select(s => $"{s.EventSource}::{s.GroupName}"));
        Assert.Equal("orders::a orders::b elsewhere::c $all::d", await ListAsync(new() { ListAllSubscriptions = Wire.Empty }));
        Assert.Equal("orders::a orders::b", await ListAsync(new() { ListForStream = new() { Stream = ServerTestBase.Name(Source) } }));
        Assert.Equal("$all::d", await ListAsync(new() { ListForStream = new() { All = Wire.Empty } }));
        var e = await FailsAsync(() => ListAsync(new() { ListForStream = new() { Stream = ServerTestBase.Name("nothing") } }));
        Assert.Equal((StatusCode.NotFound, ""), (e.Code, e.Trailers["group-name"]));
        Assert.Equal(StatusCode.InvalidArgument, (await FailsAsync(() => ListAsync(new()))).Code);
    }

    [Fact(Timeout = 600_000)]
    public async Task Whoever_only_reads_consumes_and_asks_but_does_not_administer()
    {
        await CreateAsync();
        await AppendAsync(1);
        using var auditor = As("auditor", "a");
        await using (var consumer = await ConsumeAsync(channel: auditor))
        {
            await consumer.AckAsync(await consumer.NextAsync());
        }

        await CallAsync(Methods.GroupInfo, new GetInfoReq { Options = new() { GroupName = "g", StreamIdentifier = ServerTestBase.Name(Source) } }, auditor);
        using var nobody = new GrpcChannel(Address, new GrpcChannelOptions());
        foreach (var channel in new[] { auditor, nobody })
        {
            foreach (var act in new Func<Task>[]
            {
                () => CallAsync(Methods.CreateGroup, GroupOf(Source, "h", Usual()), channel),
                () => CallAsync(Methods.UpdateGroup, GroupOf(Source, "g", Usual()), channel),
                () => CallAsync(Methods.DeleteGroup, new DeleteReq { Options = new() { GroupName = "g", StreamIdentifier = ServerTestBase.Name(Source) } }, channel),
                () => CallAsync(Methods.ReplayParked, Parked(null), channel),
                () => CallAsync(Methods.TruncateParked, Parked(null), channel),
                () => CallAsync(Methods.RestartGroups, Wire.Empty, channel),
            })
            {
                var e = await FailsAsync(act);
                Assert.Equal((StatusCode.PermissionDenied, "access-denied"), (e.Code, e.Trailers["exception"]));
            }
        }

        Assert.Equal(StatusCode.PermissionDenied, (await FailsAsync(() => ConsumeAsync(channel: nobody))).Code);
        Assert.Equal(StatusCode.PermissionDenied, (await FailsAsync(() => CallAsync(Methods.ListGroups, new ListReq(), nobody))).Code);
    }

    [Fact(Timeout = 600_000)]
    public async Task Every_method_is_among_the_supported_ones()
    {
        var supported = await CallAsync(Methods.SupportedMethods, Wire.Empty);
        var ours = supported.Methods.Where(m => m.ServiceName == "event_store.client.persistent_subscriptions.persistentsubscriptions").ToList();
        Assert.Equal(
            ["create", "delete", "getinfo", "list", "read", "replayparked", "restartsubsystem", "truncateparked", "update"],
            ours.Select(m => m.MethodName).Order());
        Assert.All(ours, m => Assert.Equal(["stream", "all"], m.Features));
    }
}
