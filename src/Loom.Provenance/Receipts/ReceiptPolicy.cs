using Loom.Core;

namespace Loom.Provenance.Receipts;

/// <summary>What the caller accepts. The image ids come from the caller's trust, never from a receipt (section 1.3).</summary>
public sealed record ReceiptPolicy
{
    /// <summary>Image ids that were recomputed from their modules by somebody whom the caller trusts.</summary>
    public required IReadOnlyCollection<Digest> Images { get; init; }

    /// <summary>Parameter sets; by default only the one whose every security term is a theorem.</summary>
    public IReadOnlyCollection<ParameterSet> AllowedSets { get; init; } = [ParameterSet.Proven];

    /// <summary>Largest receipt, in bytes.</summary>
    public int MaxReceiptBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>Most segments, and never more than one: this version has no receipts of several, and judges none before a prover makes them.</summary>
    public int MaxSegments { get; init; } = LargestSegmentCount;

    internal const int LargestSegmentCount = 1;
}
