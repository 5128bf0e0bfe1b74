namespace Loom.Provenance;

/// <summary>Claims whose evidence format v1 has room for, but no bundle of this version carries.</summary>
internal static class EvidenceClaims
{
    public static IEnumerable<ClaimVerdict> Of(IReadOnlyList<StreamSummary> streams)
    {
        yield return new ClaimVerdict(Claim.Origin, "origin attested", Verdict.NotCovered, "the bundle has no attestation of where the initial state came from", "Nobody yet: there is no evidence to believe.");
        yield return new ClaimVerdict(Claim.Proven, "proven", Verdict.NotCovered, "the bundle has no receipts", "Nobody yet: there is no evidence to believe.");
        var one = streams.Count == 1 ? "the stream's machine" : "a stream's machine";
        yield return new ClaimVerdict(Claim.Replayed, "replayed", Verdict.NotCovered, $"{one} cannot be run here: the bundle has no module", "The machine's authors: that it decides as they say.");
    }
}
