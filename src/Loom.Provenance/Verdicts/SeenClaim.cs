using Loom.Core;

namespace Loom.Provenance;

/// <summary>Whether the log still contains what the auditor saw earlier.</summary>
internal static class SeenClaim
{
    private const string Who = "Nobody, beyond that the checkpoint you brought is the one you saw then.";

    /// <exception cref="BundleMalformedException">The bundle's consistency proofs have not the form of the format.</exception>
    public static ClaimVerdict Consistent(Bundle bundle, Checkpointed log, TrustRoot trust, VerifyOptions options)
    {
        var proofs = Proofs(bundle);
        if (options.Seen is not { } note)
        {
            return NotCovered("consistent with an earlier checkpoint", "no earlier checkpoint was brought (--seen FILE)");
        }

        var name = options.SeenName ?? "the checkpoint you brought";
        if (!Checkpoint.TryParse(note.Text, out var checkpoint))
        {
            return NotCovered($"consistent with {name}", "it is no checkpoint");
        }

        var seen = new Checkpointed(note, checkpoint);
        var title = $"consistent with {name} (size {seen.Size})";
        if (seen.Origin != log.Origin)
        {
            return NotCovered(title, $"it is of another log, '{seen.Origin}'; this bundle is of '{log.Origin}'");
        }

        if (!trust.LogKeys.Any(k => k.RefusesSize(seen.Size) is null && seen.IsSignedBy(k)))
        {
            return NotCovered(title, "no key of the trust file that is valid for its size signed it");
        }

        if (seen.Size > log.Size)
        {
            return NotCovered(title, $"it is newer than the bundle (size {log.Size}); ask for an export at size {seen.Size} or later");
        }

        if (seen.Size == log.Size || seen.Size == 0)
        {
            return seen.Size == 0 || seen.Root == log.Root
                ? Holds(title, seen.Size, log.Size)
                : False(title, $"both are of size {log.Size}, with different roots: the log was forked");
        }

        if (!proofs.TryGetValue(seen.Size, out var proof))
        {
            return NotCovered(title, $"the bundle has no consistency proof from size {seen.Size}; ask for an export that has one");
        }

        return Merkle.VerifyConsistency(seen.Size, log.Size, seen.Root, log.Root, proof)
            ? Holds(title, seen.Size, log.Size)
            : False(title, $"the log of size {log.Size} does not contain the log of size {seen.Size} that you saw: history was rewritten or forked");
    }

    private static Dictionary<long, Digest[]> Proofs(Bundle bundle)
    {
        var proofs = new Dictionary<long, Digest[]>();
        long last = 0;
        foreach (var (number, line) in Lines.Of(BundleFiles.Consistency, bundle.File(BundleFiles.Consistency) ?? default, bundle.Limits.MaxLineBytes))
        {
            var place = Lines.Place(BundleFiles.Consistency, number);
            var (size, proof) = ProofLine.Parse(place, "from", line);
            if (size <= last)
            {
                throw new BundleMalformedException(place, "the proofs are not sorted by size, or a size is there twice");
            }

            last = size;
            proofs.Add(size, proof);
        }

        return proofs;
    }

    private static ClaimVerdict Holds(string title, long seen, long size) =>
        new(Claim.Consistent, title, Verdict.Holds, $"the log of size {size} contains the log of size {seen} unchanged", Who);

    private static ClaimVerdict False(string title, string reason) => new(Claim.Consistent, title, Verdict.False, reason, Who, Place: BundleFiles.Consistency);

    private static ClaimVerdict NotCovered(string title, string reason) => new(Claim.Consistent, title, Verdict.NotCovered, reason, Who);
}
