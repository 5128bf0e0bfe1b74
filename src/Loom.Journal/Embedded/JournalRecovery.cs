namespace Loom.Journal;

/// <summary>What opening a journal cut off: the rest of a write that a crash interrupted and that was never acknowledged.</summary>
/// <param name="File">The segment file.</param>
/// <param name="Offset">Where the cut is.</param>
/// <param name="Bytes">How much was cut.</param>
public sealed record JournalRecovery(string File, long Offset, long Bytes);
