using System.Globalization;
using Loom.Core;

namespace Loom.Provenance;

/// <summary>Whether witnesses of the trust file cosigned the checkpoint.</summary>
internal static class WitnessClaims
{
    public static IEnumerable<ClaimVerdict> Of(Checkpointed log, TrustRoot trust)
    {
        if (trust.WitnessKeys.Count == 0)
        {
            yield return new ClaimVerdict(
                Claim.Witnessed, "witnessed", Verdict.NotCovered, "the trust file names no witness", "Nobody yet: there is no evidence to believe.");
        }

        foreach (var key in trust.WitnessKeys)
        {
            yield return One(log, key);
        }
    }

    private static ClaimVerdict One(Checkpointed log, TrustedKey key)
    {
        var title = $"witnessed by {key.Name}";
        var who = $"{key.Name}: that it cosigns one history of this log only.";
        var id = NoteKeys.Cosignature(key.Name, key.PublicKey);
        if (new Witness(key.Name, key.PublicKey).CosignedAt(log.Note) is { } at)
        {
            var text = at.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
            return new ClaimVerdict(Claim.Witnessed, title, Verdict.Holds, $"it cosigned the checkpoint of size {log.Size} at {text}", who);
        }

        return log.Note.Signatures.Any(s => s.KeyId == id && s.Name == key.Name)
            ? new ClaimVerdict(Claim.Witnessed, title, Verdict.False, "its cosignature does not verify", who, Place: BundleFiles.Checkpoint)
            : new ClaimVerdict(Claim.Witnessed, title, Verdict.NotCovered, "it did not cosign this checkpoint", who);
    }
}
