using Loom.Core;
using Loom.EventStoreDb.Grpc;
using Loom.EventStoreDb.Protocol.Operations;
using Loom.EventStoreDb.Tests.Grpc;
using Loom.Journal;
using Result = Loom.EventStoreDb.Protocol.Operations.ScavengeResp.Types.ScavengeResult;

namespace Loom.EventStoreDb.Tests.Server;

/// <summary>StartScavenge and StopScavenge: for operators, one at a time, in the background.</summary>
public sealed class ScavengeTests : IAsyncLifetime
{
    private readonly SlowScavenging _journal = new();
    private TestServer _server = null!;

    private static CancellationToken None => CancellationToken.None;

    public async Task InitializeAsync() => _server = await TestServer.StartAsync(
        endpoints => endpoints.MapEventStoreDb(_journal, new EventStoreDbServerOptions { Authenticate = ServedJournal.AuthenticateAsync, ReadOnly = () => _journal.ReadOnly }));

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        await _journal.DisposeAsync();
    }

    [Fact]
    public async Task One_runs_at_a_time_and_is_stopped_by_its_id()
    {
        using var channel = As("operator", "0perate");
        var started = await StartAsync(channel, from: 3);
        Assert.Equal((Result.Started, 3), (started.ScavengeResult, _journal.Requests.Single().FromSegment));
        var second = await StartAsync(channel);
        Assert.Equal((Result.InProgress, started.ScavengeId), (second.ScavengeResult, second.ScavengeId));
        Assert.Single(_journal.Requests);

        var wrong = await Assert.ThrowsAsync<GrpcException>(() => StopAsync(channel, "another"));
        Assert.Equal((StatusCode.NotFound, "scavenge-not-found", "another"), (wrong.Code, wrong.Trailers["exception"], wrong.Trailers["scavenge-id"]));
        Assert.Equal(Result.Stopped, (await StopAsync(channel, started.ScavengeId)).ScavengeResult);
        await _journal.Ended;

        // Its end is told a moment after the journal's own.
        ScavengeResp next;
        while ((next = await StartAsync(channel)).ScavengeResult == Result.InProgress)
        {
            Assert.Equal(started.ScavengeId, next.ScavengeId);
        }

        Assert.NotEqual(started.ScavengeId, next.ScavengeId);
    }

    [Theory]
    [InlineData("reader", "changeit", 7)]
    [InlineData("host", "pass:wörd", 7)]
    [InlineData("reader", "wrong", 16)]
    [InlineData(null, "", 7)]
    public async Task Nobody_else_may(string? user, string password, int code)
    {
        using var channel = As(user, password);
        foreach (var act in new Func<Task>[] { () => StartAsync(channel), () => StopAsync(channel, "x") })
        {
            var e = await Assert.ThrowsAsync<GrpcException>(act);
            Assert.Equal(code, (int)e.Code);
            Assert.Equal(code == 7 ? "access-denied" : null, e.Trailers.GetValueOrDefault("exception"));
        }

        Assert.Empty(_journal.Requests);
    }

    [Fact]
    public async Task What_makes_no_sense_or_cannot_be_now_is_refused()
    {
        using var channel = As("operator", "0perate");
        Assert.Equal(StatusCode.InvalidArgument, (await Assert.ThrowsAsync<GrpcException>(() => StartAsync(channel, from: -1))).Code);
        Assert.Equal(Result.Started, (await channel.UnaryAsync(Methods.StartScavenge, new StartScavengeReq(), GrpcCallOptions.None, None)).ScavengeResult);
        Assert.Equal(StatusCode.NotFound, (await Assert.ThrowsAsync<GrpcException>(() => channel.UnaryAsync(Methods.StopScavenge, new StopScavengeReq(), GrpcCallOptions.None, None))).Code);
        _journal.ReadOnly = "a checkpoint is missing";
        Assert.Equal(StatusCode.FailedPrecondition, (await Assert.ThrowsAsync<GrpcException>(() => StartAsync(channel))).Code);
    }

    [Fact]
    public async Task Our_client_starts_and_stops_it()
    {
        var settings = EventStoreDbSettings.Parse($"esdb://operator:0perate@127.0.0.1:{_server.Address.Port}?tls=false{ServedJournal.Patient}");
        await using var client = await EventStoreDbJournal.ConnectAsync(new EventStoreDbJournalOptions { Settings = settings }, None);
        var id = await client.StartScavengeAsync(1, 0, None);
        Assert.Equal(id, await client.StartScavengeAsync(2, 0, None));
        Assert.False(await client.StopScavengeAsync("another", None));
        Assert.True(await client.StopScavengeAsync(id, None));
        await _journal.Ended;
    }

    private static async Task<ScavengeResp> StartAsync(GrpcChannel channel, int from = 0) => await channel.UnaryAsync(
        Methods.StartScavenge, new StartScavengeReq { Options = new() { ThreadCount = 1, StartFromChunk = from } }, GrpcCallOptions.None, None);

    private static Task<ScavengeResp> StopAsync(GrpcChannel channel, string id) =>
        channel.UnaryAsync(Methods.StopScavenge, new StopScavengeReq { Options = new() { ScavengeId = id } }, GrpcCallOptions.None, None);

    private GrpcChannel As(string? user, string password) => new(_server.Address, new GrpcChannelOptions
    {
        Headers = user is null ? new Dictionary<string, string>()
            : new Dictionary<string, string> { ["authorization"] = "Basic " + Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"{user}:{password}")) },
    });

    /// <summary>A journal whose scavenge lasts until it is stopped.</summary>
    private sealed class SlowScavenging : IJournal, IScavenging
    {
        private readonly InMemoryJournal _inner = new(TimeProvider.System);
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public List<ScavengeRequest> Requests { get; } = [];

        public string? ReadOnly { get; set; }

        public Task Ended => _ended.Task;

        public async Task<ScavengeReport> ScavengeAsync(ScavengeRequest request, IProgress<JournalProgress>? progress, CancellationToken cancellationToken)
        {
            Requests.Add(request);
            var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await using var registration = cancellationToken.Register(stopped.SetResult);
            await stopped.Task;
            _ended.TrySetResult();
            return new ScavengeReport(1, 0, 0, 0, 0) { WasStopped = true };
        }

        public Task<AppendResult> AppendAsync(StreamName stream, ExpectedRevision expected, IReadOnlyList<EventData> events, CancellationToken cancellationToken) =>
            _inner.AppendAsync(stream, expected, events, cancellationToken);

        public IAsyncEnumerable<RecordedEvent> ReadStreamAsync(StreamName stream, Direction direction, long from, long maxCount, CancellationToken cancellationToken) =>
            _inner.ReadStreamAsync(stream, direction, from, maxCount, cancellationToken);

        public IAsyncEnumerable<RecordedEvent> ReadAllAsync(Direction direction, ulong from, long maxCount, EventFilter? filter, CancellationToken cancellationToken) =>
            _inner.ReadAllAsync(direction, from, maxCount, filter, cancellationToken);

        public IAsyncEnumerable<SubscriptionMessage> SubscribeToStreamAsync(StreamName stream, long after, CancellationToken cancellationToken) =>
            _inner.SubscribeToStreamAsync(stream, after, cancellationToken);

        public IAsyncEnumerable<SubscriptionMessage> SubscribeToAllAsync(ulong? after, EventFilter? filter, CancellationToken cancellationToken) =>
            _inner.SubscribeToAllAsync(after, filter, cancellationToken);

        public Task<long> LastRevisionAsync(StreamName stream, CancellationToken cancellationToken) => _inner.LastRevisionAsync(stream, cancellationToken);

        public Task<ulong?> LastPositionAsync(CancellationToken cancellationToken) => _inner.LastPositionAsync(cancellationToken);

        public ValueTask DisposeAsync() => _inner.DisposeAsync();
    }
}
