namespace Loom.Web.Data;

/// <summary>How the host is doing, from its real counters.</summary>
public interface IOverview
{
    /// <summary>What does not change while the host runs, for banner and footer.</summary>
    HostFacts Facts { get; }

    /// <summary>The numbers of this moment. Cheap enough to be asked every second by every open page.</summary>
    Task<OverviewSnapshot> SnapshotAsync(CancellationToken cancellationToken);
}

/// <summary>What the host is.</summary>
/// <param name="Production">Whether this is production; decides the banner.</param>
/// <param name="Environment">Its name for people, for example <c>demo</c> or <c>production</c>.</param>
/// <param name="Version">Loom's version.</param>
/// <param name="Journal">Where the journal is, for example <c>embedded, .loom</c>.</param>
/// <param name="Started">When this process started.</param>
public sealed record HostFacts(bool Production, string Environment, string Version, string Journal, DateTimeOffset Started);

/// <summary>The numbers of a moment.</summary>
/// <param name="Actors">Actors in the directory.</param>
/// <param name="Active">Activations in memory.</param>
/// <param name="Events">Events in the journal, or the best count the host has.</param>
/// <param name="Accepted">Commands accepted since the process started.</param>
/// <param name="Refused">Commands refused since then.</param>
/// <param name="PerSecond">Accepted commands of each of the last 60 whole seconds, oldest first.</param>
/// <param name="LatencyP50">Median milliseconds from command to durable answer over the last minute; null without commands.</param>
/// <param name="LatencyP99">The 99th percentile likewise.</param>
/// <param name="MemoryBytes">Working set of the process.</param>
/// <param name="Health">Every check.</param>
public sealed record OverviewSnapshot(
    long Actors,
    long Active,
    long Events,
    long Accepted,
    long Refused,
    IReadOnlyList<double> PerSecond,
    double? LatencyP50,
    double? LatencyP99,
    long MemoryBytes,
    IReadOnlyList<HealthFinding> Health);

/// <summary>The outcome of one health check.</summary>
/// <param name="Name">What was checked.</param>
/// <param name="Level">How bad.</param>
/// <param name="Message">What it found, with the remedy when it is bad.</param>
public sealed record HealthFinding(string Name, HealthLevel Level, string Message);

/// <summary>How bad a finding is.</summary>
public enum HealthLevel
{
    /// <summary>All is well.</summary>
    Good,

    /// <summary>Works, but somebody should look.</summary>
    Warning,

    /// <summary>Broken.</summary>
    Bad,
}
