namespace Loom.Provenance;

/// <summary>Bounds on what a reader takes in; work and memory are linear in <see cref="MaxBytes"/>.</summary>
public sealed record BundleLimits
{
    /// <summary>Most receipts in a bundle; a rule of the format.</summary>
    public const int MaxReceipts = 10_000;

    /// <summary>The limits used when none are given.</summary>
    public static BundleLimits Default { get; } = new();

    /// <summary>Largest bundle, in bytes.</summary>
    public long MaxBytes { get; init; } = 512L * 1024 * 1024;

    /// <summary>Most files in the ZIP: as many as there can be with the most streams, commands, receipts and modules.</summary>
    public int MaxEntries { get; init; } = 32_000;

    /// <summary>Longest line of a stream file, in bytes (a transition holds 900,000 bytes; base64 adds a third).</summary>
    public int MaxLineBytes { get; init; } = 1_500_000;

    /// <summary>Largest envelope, in bytes.</summary>
    public int MaxEnvelopeBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>Largest checkpoint note, in bytes.</summary>
    public int MaxNoteBytes { get; init; } = 64 * 1024;
}
