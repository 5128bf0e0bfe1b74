namespace Loom.EventStoreDb.Grpc;

/// <summary>One method of a service: its path and its messages. Which side streams is decided by how it is called and mapped.</summary>
/// <param name="Service">Full name, as in <c>event_store.client.streams.Streams</c>.</param>
/// <param name="Name">The method's own name.</param>
/// <param name="Requests">Reads and writes requests.</param>
/// <param name="Responses">Reads and writes responses.</param>
internal sealed record GrpcMethod<TRequest, TResponse>(string Service, string Name, Codec<TRequest> Requests, Codec<TResponse> Responses)
    where TRequest : class
    where TResponse : class
{
    /// <summary>Largest request that a server reads.</summary>
    public int MaxRequestBytes { get; init; } = 4 << 20;

    /// <summary>How long a server waits for the next request of a stream; null for ever.</summary>
    public TimeSpan? RequestIdleLimit { get; init; }

    public string Path => $"/{Service}/{Name}";

    /// <summary>The same method, its messages read and written in another way.</summary>
    public GrpcMethod<TOtherRequest, TOtherResponse> With<TOtherRequest, TOtherResponse>(Codec<TOtherRequest> requests, Codec<TOtherResponse> responses)
        where TOtherRequest : class
        where TOtherResponse : class =>
        new(Service, Name, requests, responses) { MaxRequestBytes = MaxRequestBytes, RequestIdleLimit = RequestIdleLimit };
}
