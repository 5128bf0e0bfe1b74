namespace Loom.EventStoreDb.Grpc;

/// <summary>A call that did not end with OK: thrown by a handler to say how its call ends, and by the client for how it ended.</summary>
internal sealed class GrpcException(StatusCode code, string detail, IReadOnlyDictionary<string, string>? trailers = null, Exception? inner = null)
    : Exception($"{code}: {detail}", inner)
{
    private static readonly Dictionary<string, string> None = [];

    public StatusCode Code { get; } = code;

    /// <summary>
    /// Whether the other side said so. Else the connection failed, or what came cannot be read: whether the call did something is unknown then,
    /// whatever the code.
    /// </summary>
    public bool IsAnswer { get; init; }

    /// <summary>The text that goes over the wire.</summary>
    public string Detail { get; } = detail;

    /// <summary>Trailing metadata beside status and message; keys in lower case, values ASCII.</summary>
    public IReadOnlyDictionary<string, string> Trailers { get; } = trailers ?? None;
}
