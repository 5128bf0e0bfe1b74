using Google.Protobuf;

namespace Loom.EventStoreDb.Grpc;

/// <summary>One method of a service: its path and its messages. Which side streams is decided by how it is called and mapped.</summary>
/// <param name="Service">Full name, as in <c>event_store.client.streams.Streams</c>.</param>
/// <param name="Name">The method's own name.</param>
/// <param name="Requests">Reads requests.</param>
/// <param name="Responses">Reads responses.</param>
internal sealed record GrpcMethod<TRequest, TResponse>(string Service, string Name, MessageParser<TRequest> Requests, MessageParser<TResponse> Responses)
    where TRequest : class, IMessage<TRequest>
    where TResponse : class, IMessage<TResponse>
{
    /// <summary>Largest request that a server reads.</summary>
    public int MaxRequestBytes { get; init; } = 4 << 20;

    /// <summary>How long a server waits for the next request of a stream; null for ever.</summary>
    public TimeSpan? RequestIdleLimit { get; init; }

    public string Path => $"/{Service}/{Name}";
}
