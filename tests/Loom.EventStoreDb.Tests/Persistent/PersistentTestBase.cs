using Loom.EventStoreDb.Grpc;
using Loom.EventStoreDb.Protocol.Persistent;
using Loom.EventStoreDb.Protocol.Streams;
using Loom.EventStoreDb.Server;
using Loom.EventStoreDb.Tests.Server;
using Loom.Testing;
using ReadReq = Loom.EventStoreDb.Protocol.Persistent.ReadReq;
using ReadResp = Loom.EventStoreDb.Protocol.Persistent.ReadResp;

namespace Loom.EventStoreDb.Tests.Persistent;

/// <summary>Groups and consumers, message by message. Time passes only when a test says so.</summary>
public abstract class PersistentTestBase : IAsyncLifetime
{
    internal const string Source = "orders";

    private readonly string _folder = Directory.CreateTempSubdirectory("loom-groups-").FullName;
    private Tests.Grpc.TestServer _server = null!;

    protected static CancellationToken None => CancellationToken.None;

    internal ManualTime Time { get; } = new();

    internal Loom.Journal.SegmentedJournal Journal { get; private set; } = null!;

    internal GrpcChannel Channel { get; private set; } = null!;

    internal Uri Address => _server.Address;

    public virtual async Task InitializeAsync() => await StartAsync();

    public virtual async Task DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Ends server and journal and starts them again, on another port.</summary>
    internal async Task RestartAsync()
    {
        await StopAsync();
        await StartAsync();
    }

    internal async Task<Tests.Grpc.TestServer> ServeAsync(int port = 0) => await Tests.Grpc.TestServer.StartAsync(
        app => app.MapEventStoreDb(Journal, new EventStoreDbServerOptions { Authenticate = AuthenticateAsync, Time = Time }),
        port: port,
        limits: kestrel => kestrel.UseEventStoreDbLimits());

    internal async Task AppendAsync(int events, string stream = Source)
    {
        for (var i = 0; i < events; i++)
        {
            await Journal.AppendAsync(
                Core.StreamName.Parse(stream),
                Loom.Journal.ExpectedRevision.Any,
                [new Core.EventData(Guid.NewGuid(), "happened", Core.EventData.Json, "{}"u8.ToArray(), default)],
                None);
        }
    }

    internal static Settings Usual(Action<Settings>? set = null)
    {
        var settings = new Settings
        {
            MessageTimeoutMs = 30_000,
            MaxRetryCount = 10,
            CheckpointAfterMs = 2_000,
            MinCheckpointCount = 10,
            MaxCheckpointCount = 1_000,
            LiveBufferSize = 500,
            HistoryBufferSize = 500,
            ReadBatchSize = 20,
            NamedConsumerStrategy = ConsumerStrategy.RoundRobin,
        };
        set?.Invoke(settings);
        return settings;
    }

    internal static GroupReq GroupOf(string stream, string group, Settings settings, Action<StreamOptions>? from = null)
    {
        var options = new StreamOptions { StreamIdentifier = ServerTestBase.Name(stream), Start = Wire.Empty };
        from?.Invoke(options);
        return new GroupReq { Options = new() { GroupName = group, Settings = settings, Stream = options } };
    }

    internal Task CreateAsync(string group = "g", Action<Settings>? set = null, Action<StreamOptions>? from = null, string stream = Source) =>
        CallAsync(Methods.CreateGroup, GroupOf(stream, group, Usual(set), from));

    internal Task CreateAllAsync(string group, Action<AllOptions>? set = null, Action<Settings>? settings = null)
    {
        var options = new AllOptions { Start = Wire.Empty, NoFilter = Wire.Empty };
        set?.Invoke(options);
        return CallAsync(Methods.CreateGroup, new GroupReq { Options = new() { GroupName = group, Settings = Usual(settings), All = options } });
    }

    internal Task<TResponse> CallAsync<TRequest, TResponse>(GrpcMethod<TRequest, TResponse> method, TRequest request, GrpcChannel? channel = null)
        where TRequest : class
        where TResponse : class =>
        (channel ?? Channel).UnaryAsync(method, request, GrpcCallOptions.None, None);

    internal Task DeleteAsync(string group = "g", string stream = Source) =>
        CallAsync(Methods.DeleteGroup, new Protocol.Persistent.DeleteReq { Options = new() { GroupName = group, StreamIdentifier = ServerTestBase.Name(stream) } });

    internal async Task<SubscriptionInfo> InfoAsync(string group = "g", string stream = Source) =>
        (await CallAsync(Methods.GroupInfo, new GetInfoReq { Options = new() { GroupName = group, StreamIdentifier = ServerTestBase.Name(stream) } })).SubscriptionInfo;

    internal Task ReplayAsync(long? stopAt = null, string group = "g") => CallAsync(Methods.ReplayParked, Parked(stopAt, group));

    internal static ParkedReq Parked(long? stopAt, string group = "g")
    {
        var options = new ParkedReq.Types.Options { GroupName = group, StreamIdentifier = ServerTestBase.Name(Source) };
        if (stopAt is { } at)
        {
            options.StopAt = at;
        }
        else
        {
            options.NoLimit = Wire.Empty;
        }

        return new ParkedReq { Options = options };
    }

    internal async Task<TestConsumer> ConsumeAsync(string group = "g", int buffer = 10, string stream = Source, GrpcChannel? channel = null)
    {
        var options = new ReadReq.Types.Options { GroupName = group, BufferSize = buffer, UuidOption = new() { Structured = Wire.Empty } };
        if (stream == "$all")
        {
            options.All = Wire.Empty;
        }
        else
        {
            options.StreamIdentifier = ServerTestBase.Name(stream);
        }

        return await TestConsumer.OpenAsync(channel ?? Channel, options);
    }

    internal static async Task<GrpcException> FailsAsync(Func<Task> act) => await Assert.ThrowsAsync<GrpcException>(act);

    internal GrpcChannel As(string user, string password) => new(
        Address,
        new GrpcChannelOptions
        {
            Headers = new Dictionary<string, string> { ["authorization"] = "Basic " + Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"{user}:{password}")) },
        });

    private static ValueTask<EventStoreCaller?> AuthenticateAsync(Microsoft.AspNetCore.Http.HttpContext http) => ValueTask.FromResult(
        BasicCredentials.From(http.Request) switch
        {
            null => EventStoreCaller.Anonymous,
            { User: "admin" } => EventStoreCaller.User("admin"),
            { User: "auditor" } => EventStoreCaller.User("auditor") with { CanAppend = false, CanAdminister = false },
            _ => (EventStoreCaller?)null,
        });

    private async Task StartAsync()
    {
        Journal = await Loom.Journal.SegmentedJournal.OpenAsync(new Loom.Journal.SegmentedJournalOptions { Directory = _folder }, None);
        _server = await ServeAsync();
        Channel = As("admin", "a");
    }

    private async Task StopAsync()
    {
        Channel.Dispose();
        await _server.DisposeAsync();
        await Journal.DisposeAsync();
    }
}

/// <summary>A consumer that speaks the protocol itself.</summary>
internal sealed class TestConsumer : IAsyncDisposable
{
    private readonly DuplexCall<ReadReq, ReadResp> _call;

    private TestConsumer(DuplexCall<ReadReq, ReadResp> call) => _call = call;

    public static async Task<TestConsumer> OpenAsync(GrpcChannel channel, ReadReq.Types.Options options)
    {
        var consumer = new TestConsumer(channel.Duplex(Methods.Consume, GrpcCallOptions.None, CancellationToken.None));
        try
        {
            try
            {
                await consumer.SendAsync(new ReadReq { Options = options });
            }
            catch (GrpcException)
            {
                // Refused before it was sent; reading says why.
            }

            Assert.Equal($"{(options.All is null ? options.StreamIdentifier.StreamName.ToStringUtf8() : "$all")}::{options.GroupName}", (await consumer.ReadAsync()).SubscriptionConfirmation.SubscriptionId);
            return consumer;
        }
        catch
        {
            await consumer.DisposeAsync();
            throw;
        }
    }

    public async Task<ReadResp> ReadAsync() => await _call.ReadAsync() ?? throw new InvalidOperationException("The call ended.");

    /// <summary>The next event: its revision, and how often it had come before.</summary>
    public async Task<ReadResp.Types.ReadEvent> NextAsync() => (await ReadAsync()).Event;

    public async Task<List<ReadResp.Types.ReadEvent>> NextAsync(int count)
    {
        var events = new List<ReadResp.Types.ReadEvent>();
        while (events.Count < count)
        {
            events.Add(await NextAsync());
        }

        return events;
    }

    public async Task<List<ulong>> RevisionsAsync(int count, bool ack = false)
    {
        var revisions = new List<ulong>();
        while (revisions.Count < count)
        {
            var e = await NextAsync();
            revisions.Add(e.Event.StreamRevision);
            if (ack)
            {
                await AckAsync(e);
            }
        }

        return revisions;
    }

    public Task AckAsync(params ReadResp.Types.ReadEvent[] events) => SendAsync(new ReadReq { Ack = new() { Ids = { events.Select(e => e.Event.Id) } } });

    public Task NackAsync(ReadReq.Types.Nack.Types.Action action, params ReadResp.Types.ReadEvent[] events) =>
        SendAsync(new ReadReq { Nack = new() { Ids = { events.Select(e => e.Event.Id) }, Action = action, Reason = "because" } });

    public Task SendAsync(ReadReq request) => _call.WriteAsync(request, CancellationToken.None);

    public Task CompleteAsync() => _call.CompleteAsync(CancellationToken.None);

    /// <summary>Null once the server ended the call in good order.</summary>
    public ValueTask<ReadResp?> ReadToEndAsync() => _call.ReadAsync();

    public ValueTask DisposeAsync() => _call.DisposeAsync();
}
