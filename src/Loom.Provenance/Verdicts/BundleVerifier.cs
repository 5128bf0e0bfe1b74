using Loom.Core;

namespace Loom.Provenance;

/// <summary>
/// Verifies bundles offline: bundle, trust root and options in, one verdict per claim out. Reads nothing else, keeps nothing, and holds
/// one transition at a time beside the bundle's own bytes.
/// </summary>
public static class BundleVerifier
{
    /// <summary>Reads and verifies; bytes that are no bundle give a report with <see cref="VerificationReport.Malformed"/>.</summary>
    public static VerificationReport Verify(Stream input, TrustRoot trust, VerifyOptions options, CancellationToken cancellationToken = default)
    {
        try
        {
            return Verify(BundleReader.Read(input, options.Limits), trust, options, cancellationToken);
        }
        catch (BundleMalformedException e)
        {
            return Malformed(e, trust, options);
        }
    }

    /// <summary>Reads and verifies; bytes that are no bundle give a report with <see cref="VerificationReport.Malformed"/>.</summary>
    public static VerificationReport Verify(ReadOnlyMemory<byte> bytes, TrustRoot trust, VerifyOptions options, CancellationToken cancellationToken = default)
    {
        try
        {
            return Verify(BundleReader.Read(bytes, options.Limits), trust, options, cancellationToken);
        }
        catch (BundleMalformedException e)
        {
            return Malformed(e, trust, options);
        }
    }

    /// <summary>Verifies a bundle that was read.</summary>
    public static VerificationReport Verify(Bundle bundle, TrustRoot trust, VerifyOptions options, CancellationToken cancellationToken = default)
    {
        try
        {
            return Judge(bundle, trust, options, cancellationToken);
        }
        catch (BundleMalformedException e)
        {
            return Malformed(e, trust, options);
        }
    }

    private static VerificationReport Judge(Bundle bundle, TrustRoot trust, VerifyOptions options, CancellationToken cancellationToken)
    {
        var log = Checkpointed.Parse(bundle.CheckpointNote);
        var findings = new Findings();
        CheckFiles(bundle, log, findings.Intact);

        var streams = new List<StreamSummary>();
        var commands = new CommandBlobs(bundle);
        using var replay = new Replay(bundle, options.Replay, cancellationToken);
        var receipts = new Proofs(bundle, trust);
        using var proofs = Lines.Of(BundleFiles.Inclusion, bundle.File(BundleFiles.Inclusion)!.Value, bundle.Limits.MaxLineBytes).GetEnumerator();
        for (var i = 0; i < bundle.Statement.Streams.Count; i++)
        {
            streams.Add(new StreamCheck(bundle, i, findings, proofs, log, new Timestamp(options.At), commands, replay, receipts).Run(cancellationToken));
        }

        commands.CheckUnnamed(findings.Intact);
        replay.Modules.CheckFiles(findings.Intact);
        receipts.CheckFiles(findings.Intact);
        if (proofs.MoveNext())
        {
            findings.Included.Add(new Finding("there are more inclusion proofs than links", Place: Lines.Place(BundleFiles.Inclusion, proofs.Current.Number)));
        }

        var signer = trust.LogKeys.FirstOrDefault(k => k.KeyId == bundle.Envelope.KeyId);
        List<ClaimVerdict> claims =
        [
            ChainClaims.Intact(findings),
            ChainClaims.Ordered(findings, streams),
            LogClaims.Signed(log, trust, findings.Included),
            LogClaims.Complete(bundle, trust, findings.Complete),
            SeenClaim.Consistent(bundle, log, trust, options),
            .. WitnessClaims.Of(log, trust),
            .. EvidenceClaims.Of(streams, replay, receipts),
            ChainClaims.Disclosed(findings),
        ];
        return new VerificationReport
        {
            Claims = claims,
            Required = RequiredOf(trust, options),
            Malformed = null,
            At = options.At,
            Bundle = new BundleSummary
            {
                Streams = streams,
                Origin = log.Origin,
                Epoch = log.Epoch,
                TreeSize = log.Size,
                Root = log.Root,
                SignerKey = bundle.Envelope.KeyId,
                SignerName = signer?.Name,
                Bytes = bundle.Bytes,
            },
            Notes = Notes(findings, log),
        };
    }

    // An auditor who brings a checkpoint asks a question; silence must not pass for yes.
    private static List<Claim> RequiredOf(TrustRoot trust, VerifyOptions options) =>
        options.Seen is null || trust.Required.Contains(Claim.Consistent) ? [.. trust.Required] : [.. trust.Required, Claim.Consistent];

    private static void CheckFiles(Bundle bundle, Checkpointed log, FirstFinding intact)
    {
        foreach (var stated in bundle.Statement.Files)
        {
            var content = bundle.File(stated.Name)!.Value;
            if (content.Length != stated.Size || Digest.Of(content.Span) != stated.Sha256)
            {
                intact.Add(new Finding("the file's SHA-256 or size is not what the signed statement lists", Place: stated.Name));
            }
        }

        if (bundle.Statement.Origin != log.Origin || bundle.Statement.TreeSize != log.Size || bundle.Statement.Root != log.Root || bundle.Statement.Epoch != log.Epoch)
        {
            intact.Add(new Finding("the signed statement and the checkpoint name different logs, sizes, roots or epochs", Place: BundleFiles.Checkpoint));
        }
    }

    private static List<string> Notes(Findings findings, Checkpointed log)
    {
        var notes = new List<string>();
        if (findings.AfterEvaluation > 0)
        {
            notes.Add($"{findings.AfterEvaluation} transitions are dated after the declared time of evaluation.");
        }

        if (log.Epoch > 1)
        {
            notes.Add($"The log is in epoch {log.Epoch}: its operator accepted a rollback, and history from before may have been given up.");
        }

        return notes;
    }

    private static VerificationReport Malformed(BundleMalformedException e, TrustRoot trust, VerifyOptions options) =>
        new() { Claims = [], Required = RequiredOf(trust, options), Bundle = null, Malformed = e, At = options.At };
}
