using Google.Protobuf;
using Loom.EventStoreDb.Grpc;
using Loom.EventStoreDb.Protocol;
using Loom.EventStoreDb.Protocol.Streams;
using Options = Loom.EventStoreDb.Protocol.Streams.ReadReq.Types.Options;

namespace Loom.EventStoreDb.Tests.Server;

/// <summary>Tests that speak the protocol themselves, message by message.</summary>
public abstract class ServerTestBase : IAsyncLifetime
{
    internal ServedJournal Served { get; private set; } = null!;

    internal GrpcChannel Channel { get; private set; } = null!;

    protected static CancellationToken None => CancellationToken.None;

    public virtual async Task InitializeAsync()
    {
        Served = await ServedJournal.StartAsync();
        Channel = As("host", "pass:wörd");
    }

    public virtual async Task DisposeAsync()
    {
        Channel.Dispose();
        await Served.DisposeAsync();
    }

    internal GrpcChannel As(string user, string password) => new(
        Served.Address,
        new GrpcChannelOptions
        {
            Headers = new Dictionary<string, string> { ["authorization"] = "Basic " + Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"{user}:{password}")) },
        });

    internal static StreamIdentifier Name(string stream) => new() { StreamName = ByteString.CopyFromUtf8(stream) };

    internal static AppendReq Event(string type = "happened", string data = "{}", Guid? id = null, string? contentType = "application/json", string metadata = "") => new()
    {
        ProposedMessage = Proposed(type, data, id, contentType, metadata),
    };

    internal static AppendReq.Types.ProposedMessage Proposed(
        string type = "happened", string data = "{}", Guid? id = null, string? contentType = "application/json", string metadata = "")
    {
        var message = new AppendReq.Types.ProposedMessage
        {
            Id = Wire.Text(id ?? Guid.NewGuid()),
            Data = ByteString.CopyFromUtf8(data),
            CustomMetadata = ByteString.CopyFromUtf8(metadata),
        };
        message.Metadata.Add(Property("type", ByteString.CopyFromUtf8(type)));
        if (contentType is not null)
        {
            message.Metadata.Add(Property("content-type", ByteString.CopyFromUtf8(contentType)));
        }

        return message;
    }

    internal static Property Property(string key, ByteString value) => new() { Key = ByteString.CopyFromUtf8(key), Value = value };

    internal static string Value(IEnumerable<Property> properties, string key) => properties.Single(p => p.Key.ToStringUtf8() == key).Value.ToStringUtf8();

    internal static AppendReq Any(string stream) => new() { Options = new() { StreamIdentifier = Name(stream), Any = Wire.Empty } };

    internal Task<AppendResp> AppendAsync(params AppendReq[] requests) => AppendAsync(Channel, requests);

    internal static Task<AppendResp> AppendAsync(GrpcChannel channel, params AppendReq[] requests) =>
        channel.ClientStreamingAsync(Methods.Append, requests, GrpcCallOptions.None, None);

    internal async Task FillAsync(string stream, int events)
    {
        for (var i = 0; i < events; i++)
        {
            await AppendAsync(Any(stream), Event("n", $"{i}"));
        }
    }

    internal static Options Read(Action<Options> set)
    {
        var options = new Options { Count = long.MaxValue, NoFilter = Wire.Empty, UuidOption = new() { Structured = Wire.Empty } };
        set(options);
        return options;
    }

    internal static Options.Types.StreamOptions Stream(string name, Action<Options.Types.StreamOptions> from)
    {
        var options = new Options.Types.StreamOptions { StreamIdentifier = Name(name) };
        from(options);
        return options;
    }

    internal async Task<List<ReadResp>> ReadAsync(Options options)
    {
        var responses = new List<ReadResp>();
        await foreach (var response in Channel.ServerStreamingAsync(Methods.Read, new ReadReq { Options = options }, GrpcCallOptions.None, None))
        {
            responses.Add(response);
        }

        return responses;
    }

    internal static IEnumerable<ulong> Revisions(IEnumerable<ReadResp> responses) =>
        responses.Where(r => r.ContentCase == ReadResp.ContentOneofCase.Event).Select(r => r.Event.Event.StreamRevision);

    internal static async Task<GrpcException> FailsAsync(Func<Task> act) => await Assert.ThrowsAsync<GrpcException>(act);
}
