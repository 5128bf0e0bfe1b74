using Loom.Hosting.Health;

namespace Loom.Hosting.EventStore;

/// <summary>Where EventStoreDB's protocol is served; set once the host listens. Thread-safe.</summary>
internal sealed class ServedStreams : IHealthCheck
{
    private volatile StreamEndpoint? _endpoint;

    public string Name => "eventStoreDb";

    public IReadOnlyList<string> Addresses => [.. (_endpoint?.Addresses ?? []).Select(a => a.GetLeftPart(UriPartial.Authority))];

    public void Begin(StreamEndpoint endpoint) => _endpoint = endpoint;

    public ValueTask<Finding> CheckAsync(CancellationToken cancellationToken) => new(
        _endpoint?.Missing is { } missing ? new Finding(HealthStatus.Good, missing)
        : Addresses.Count > 0 ? new Finding(HealthStatus.Good, $"Served at {string.Join(", ", Addresses)}.")
        : new Finding(HealthStatus.Good, "Not served."));
}
