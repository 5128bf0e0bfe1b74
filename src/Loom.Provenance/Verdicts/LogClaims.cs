using Loom.Core;

namespace Loom.Provenance;

/// <summary>The claims that rest on the log's key.</summary>
internal static class LogClaims
{
    /// <summary>Every link is included under a checkpoint signed by a trusted key that is valid for its size.</summary>
    public static ClaimVerdict Signed(Checkpointed log, TrustRoot trust, FirstFinding included)
    {
        var known = trust.LogKeys.Where(log.NamesKey).ToArray();
        var good = known.FirstOrDefault(k => k.RefusesSize(log.Size) is null && log.IsSignedBy(k));
        var title = Title("signed by", good ?? known.FirstOrDefault());
        var who = $"The holder of the log's key: that no other history of size {log.Size} was signed for somebody else (a witness, or an earlier checkpoint of yours, shows that).";
        if (included.Value is { } finding)
        {
            return ChainClaims.False(Claim.Signed, title, finding, who, included.Count);
        }

        if (good is not null)
        {
            return new ClaimVerdict(Claim.Signed, title, Verdict.Holds, $"every link is in the log '{log.Origin}' under its signed checkpoint of size {log.Size}", who);
        }

        if (known.Length == 0)
        {
            return new ClaimVerdict(Claim.Signed, title, Verdict.NotCovered, $"the trust file has no key that signed the checkpoint of '{log.Origin}'", who);
        }

        var reason = known.Select(k => log.IsSignedBy(k) ? k.RefusesSize(log.Size) : null).FirstOrDefault(r => r is not null);
        return new ClaimVerdict(
            Claim.Signed, title, Verdict.False,
            reason is null ? "the checkpoint's signature by a trusted key does not verify" : $"{reason}, and the checkpoint has size {log.Size}",
            who, Place: BundleFiles.Checkpoint);
    }

    /// <summary>The statement, signed by a trusted key, names the heads that the bundle reaches.</summary>
    public static ClaimVerdict Complete(Bundle bundle, TrustRoot trust, FirstFinding heads)
    {
        var statement = bundle.Statement;
        var key = trust.LogKeys.FirstOrDefault(k => k.KeyId == bundle.Envelope.KeyId && k.Name == statement.Origin);
        var title = $"{Title("complete as stated by", key)} at size {statement.TreeSize}";
        const string who = "The holder of the log's key, entirely: that these were the newest links is its word, not a proof.";
        if (key is not null && !EcdsaP256.Verify(key.PublicKey, DsseEnvelope.PreAuthentication(bundle.Envelope.Payload), bundle.Envelope.Signature))
        {
            return new ClaimVerdict(Claim.Complete, title, Verdict.False, "the statement's signature by a trusted key does not verify", who, Place: BundleFiles.Envelope);
        }

        if (heads.Value is { } finding)
        {
            return ChainClaims.False(Claim.Complete, title, finding, who, heads.Count);
        }

        if (key is null)
        {
            return new ClaimVerdict(
                Claim.Complete, title, Verdict.NotCovered, $"the statement is signed by the key {bundle.Envelope.KeyId}, which the trust file does not have for '{statement.Origin}'", who);
        }

        return key.RefusesSize(statement.TreeSize) is { } reason
            ? new ClaimVerdict(Claim.Complete, title, Verdict.False, $"{reason}, and the statement is for size {statement.TreeSize}", who, Place: BundleFiles.Envelope)
            : new ClaimVerdict(Claim.Complete, title, Verdict.Holds, $"the bundle reaches every head that the statement names for tree size {statement.TreeSize}", who);
    }

    private static string Title(string start, TrustedLogKey? key) =>
        key is null ? $"{start} a key not in the trust file" : $"{start} {key.Name} ({NoteKeys.Text(NoteKeys.Ecdsa(key.PublicKey))})";
}
