namespace Loom.Journal;

/// <summary>How far long work has come.</summary>
/// <param name="Step">What is being done, for a person.</param>
/// <param name="Done">Bytes (or events, as the step says) so far.</param>
/// <param name="Total">Of how many; 0 when unknown.</param>
public sealed record JournalProgress(string Step, long Done, long Total);

/// <summary>Stored bytes that are not as they were written.</summary>
/// <param name="File">The file.</param>
/// <param name="Offset">Where in it.</param>
/// <param name="What">What is wrong there.</param>
public sealed record JournalDamage(string File, long Offset, string What);

/// <summary>What a full check found.</summary>
/// <param name="Segments">Segment files.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="Appends">Whole records.</param>
/// <param name="Events">Events in them.</param>
/// <param name="Streams">Streams.</param>
/// <param name="LastPosition">Position of the last event; null without events.</param>
/// <param name="TornTailBytes">Bytes of an unfinished last write (no damage: they were never acknowledged).</param>
/// <param name="Damage">What is wrong, at most <see cref="MaxDamage"/> places.</param>
public sealed record CheckReport(
    int Segments, long Bytes, long Appends, long Events, long Streams, ulong? LastPosition, long TornTailBytes, IReadOnlyList<JournalDamage> Damage)
{
    /// <summary>Most places that a report names.</summary>
    public const int MaxDamage = 1000;

    /// <summary>Blobs that the journal names and that are as named.</summary>
    public long Blobs { get; init; }

    /// <summary>Their bytes.</summary>
    public long BlobBytes { get; init; }

    /// <summary>Whether nothing is damaged.</summary>
    public bool IsSound => Damage.Count == 0;
}

/// <summary>Events of the streams whose names begin alike (up to the first hyphen).</summary>
/// <param name="Name">The part before the hyphen, or the whole name.</param>
/// <param name="Streams">Streams.</param>
/// <param name="Events">Events in them.</param>
public sealed record JournalCategory(string Name, long Streams, long Events);

/// <summary>What is in a journal.</summary>
/// <param name="Segments">Segment files.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="Appends">Appends.</param>
/// <param name="Events">Events.</param>
/// <param name="Streams">Streams.</param>
/// <param name="First">When the first event was stored.</param>
/// <param name="Last">When the last event was stored.</param>
/// <param name="LastPosition">Position of the last event.</param>
/// <param name="Categories">The categories with the most events.</param>
public sealed record JournalStats(
    int Segments, long Bytes, long Appends, long Events, long Streams, DateTimeOffset? First, DateTimeOffset? Last, ulong? LastPosition,
    IReadOnlyList<JournalCategory> Categories);

/// <summary>A file that a backup takes along.</summary>
/// <param name="Source">Where it lies.</param>
/// <param name="Name">Its name in the backup: a relative path without <c>..</c>.</param>
public sealed record BackupFile(string Source, string Name);

/// <summary>What a backup or a restore copied.</summary>
/// <param name="Files">Files.</param>
/// <param name="Bytes">Bytes.</param>
/// <param name="LastPosition">Position of the last event in it.</param>
public sealed record BackupReport(int Files, long Bytes, ulong? LastPosition)
{
    /// <summary>Blobs that the journal names and that could not be had: the backup is whole but for these.</summary>
    public IReadOnlyList<string> Missing { get; init; } = [];
}

/// <summary>What an export or an import carried.</summary>
/// <param name="Events">Events.</param>
/// <param name="Blobs">Blobs that they name.</param>
public sealed record LinesReport(long Events, long Blobs)
{
    /// <summary>Blobs that the events name and that could not be had.</summary>
    public IReadOnlyList<string> Missing { get; init; } = [];
}
