using System.Diagnostics;
using Loom.Cli.Modules;
using Loom.Core;
using Loom.Provenance;
using Loom.Provenance.Receipts;

namespace Loom.Cli.Proofs;

/// <summary>What a caller brings for receipts that come alone: bytes that are not attached to them.</summary>
internal sealed record BesideReceipt(byte[]? Image, byte[]? Input, byte[]? Output);

/// <summary>Verifies receipts offline, with the verifier in C#: those in a file of their own, and those in a bundle.</summary>
internal sealed class ReceiptJudge(ReceiptTrust trust, BesideReceipt beside)
{
    private const int MostReceipt = 512 << 20;

    /// <exception cref="CliException">The file is no bundle, or too large.</exception>
    public async Task<IReadOnlyList<JudgedReceipt>> FileAsync(string file, long? revision, CancellationToken cancellationToken)
    {
        var bytes = await BoundedFile.RequireAsync(file, "a receipt or a bundle", MostReceipt, cancellationToken);
        if (!bytes.AsSpan().StartsWith("PK"u8))
        {
            return revision is null ? [Alone(file, bytes)]
                : throw new CliException(ExitCodes.Usage, $"{file} is no bundle.", "--revision picks a transition of a bundle.", "Leave --revision away.");
        }

        try
        {
            return Bundle(file, BundleReader.Read(bytes), revision);
        }
        catch (BundleMalformedException e)
        {
            throw new CliException(ExitCodes.Malformed, $"{file} is malformed.", e.Message, "Ask for the bundle again.");
        }
    }

    private List<JudgedReceipt> Bundle(string file, Bundle bundle, long? revision)
    {
        var judged = new List<JudgedReceipt>();
        foreach (var transition in BundleReceipts.Read(bundle).Where(t => revision is null || t.Link.Revision == revision))
        {
            var began = Stopwatch.GetTimestamp();
            var result = transition.Verify(trust.For(transition.Link));
            var took = Stopwatch.GetElapsedTime(began);
            var parsed = transition.Receipt is { } bytes ? ReceiptFile.Parse(bytes, out _) : null;
            judged.Add(new JudgedReceipt
            {
                File = file,
                Link = transition.Link,
                Outcome = result.Failed is null ? ReceiptOutcome.Proven : result.IsNotCovered ? ReceiptOutcome.NotCovered : ReceiptOutcome.False,
                Check = result.Failed?.ToString(),
                Reason = result.Failed is null ? null : result.Reason,
                Error = result.Seal?.Error,
                Statement = parsed?.Statement,
                Set = result.Seal?.Set,
                Account = result.Seal is not null && transition.Receipt is { } whole ? SoundnessAccount.Of(whole, out _) : null,
                Bytes = parsed?.SealBytes ?? 0,
                Took = took,
            });
        }

        return judged.Count > 0 ? judged
            : throw new CliException(ExitCodes.SaidNo, $"{file} has no transition that begins at revision {revision}.", null, "'loom verify --explain' shows what it holds.");
    }

    private JudgedReceipt Alone(string file, byte[] bytes)
    {
        if (ReceiptFile.Parse(bytes, out var malformed) is not { } receipt)
        {
            return new JudgedReceipt { File = file, Outcome = ReceiptOutcome.Malformed, Check = malformed!.Check.ToString(), Reason = malformed.ToString(), Error = malformed };
        }

        var judged = new JudgedReceipt { File = file, Outcome = ReceiptOutcome.NotCovered, Statement = receipt.Statement, Bytes = receipt.SealBytes };
        var id = receipt.Statement.ImageId;
        return trust.For(id) is not { } sets
                ? judged with { Check = nameof(LinkReceiptCheck.TrustedImage), Reason = $"you pinned no image id {id}. 'loom-prover image MODULE' says whether it is the one of the module that you mean" }
            : Given(beside.Image, receipt.Image) is not { } image
                ? judged with { Check = nameof(LinkReceiptCheck.Image), Reason = "the image is not attached; bring it with --image ('loom-prover image MODULE --output FILE' makes it)" }
            : Given(beside.Input, receipt.Input) is not { } input || Given(beside.Output, receipt.Output) is not { } output
                ? judged with { Check = nameof(LinkReceiptCheck.Frames), Reason = "the receipt comes without its input and output; bring them with --input and --output" }
            : Verify(judged, sets, image, input, output, bytes);
    }

    private static JudgedReceipt Verify(
        JudgedReceipt judged, IReadOnlyCollection<ParameterSet> sets, ReadOnlyMemory<byte> image, ReadOnlyMemory<byte> input, ReadOnlyMemory<byte> output, byte[] receipt)
    {
        var statement = judged.Statement!;
        var began = Stopwatch.GetTimestamp();
        var result = ReceiptVerifier.Verify(new ReceiptPolicy { Images = [statement.ImageId], AllowedSets = sets }, image, statement, input.Span, output.Span, receipt);
        var took = Stopwatch.GetElapsedTime(began);
        return judged with
        {
            Outcome = result.IsProven ? ReceiptOutcome.Proven : result.Error!.Check == ReceiptCheck.ParameterSetAllowed ? ReceiptOutcome.NotCovered : ReceiptOutcome.False,
            Check = result.Error?.Check.ToString(),
            Reason = result.Error?.ToString(),
            Error = result.Error,
            Set = result.Set,
            Account = SoundnessAccount.Of(receipt, out _),
            Took = took,
        };
    }

    // A bare null would become an empty memory here, by way of byte[].
    private static ReadOnlyMemory<byte>? Given(byte[]? brought, ReadOnlyMemory<byte>? attached) => brought is null ? attached : (ReadOnlyMemory<byte>)brought;
}
