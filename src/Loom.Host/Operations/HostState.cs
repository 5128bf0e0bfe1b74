namespace Loom.Hosting.Operations;

/// <summary>What the host is doing as a whole. Thread-safe.</summary>
internal sealed class HostState(TimeProvider time)
{
    private volatile string? _readOnly;
    private volatile bool _draining;

    public DateTimeOffset Started { get; } = time.GetUtcNow();

    /// <summary>Why nothing is written now, with the remedy; null when it is.</summary>
    public string? ReadOnly
    {
        get => _readOnly;
        set => _readOnly = value;
    }

    /// <summary>Whether the host is stopping.</summary>
    public bool Draining
    {
        get => _draining;
        set => _draining = value;
    }
}
