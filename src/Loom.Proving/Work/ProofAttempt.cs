using Loom.Core;
using Loom.Journal.Blobs;
using Loom.Runtime;

namespace Loom.Proving;

/// <summary>What the parts of an attempt work with.</summary>
internal sealed record ProofServices(
    ProofQueue Queue, FrameReader Frames, ModuleRegistry Modules, ImageRegistry Images, ReceiptStreams Receipts, IBlobStore Blobs, IProver Prover, IReceiptVerifier Verifier,
    ProvingOptions Options, TimeProvider Time);

/// <summary>How an attempt ended without a receipt.</summary>
/// <param name="Code">What programs look at.</param>
/// <param name="Reason">For people.</param>
/// <param name="Kind">What is to be done.</param>
internal sealed record AttemptFailure(string Code, string Reason, FailureKind Kind);

/// <summary>What is to be done about a failure.</summary>
internal enum FailureKind
{
    /// <summary>Trying again cannot help.</summary>
    Park,

    /// <summary>Try again, a limited number of times.</summary>
    TryAgain,

    /// <summary>Try again: it was not the job's fault.</summary>
    PutOff,

    /// <summary>Try again when there is a prover.</summary>
    NoProver,
}

/// <summary>
/// From a job to a receipt in the journal. Every step may be done again: whatever was reached is found again, at the prover by the job's id,
/// in the journal by the link. Nothing is journaled that was not verified here.
/// </summary>
internal sealed class ProofAttempt(ProofServices services, ProofJob job, Action<ProverProgress> report)
{
    private const int MaxReceiptBytes = 64 * 1024 * 1024;
    private readonly long _began = services.Time.GetTimestamp();

    /// <summary>The failure; null when the receipt is attached.</summary>
    /// <exception cref="Loom.Journal.JournalException">The journal cannot be read or written now.</exception>
    public async Task<AttemptFailure?> RunAsync(CancellationToken stop)
    {
        try
        {
            return await AttachedAsync(stop) ? null : await ProveAsync(stop);
        }
        catch (HistoryException e)
        {
            var passes = e.Code is "command-blob-unavailable" or "module-unavailable" or "module-timeout" or "module-out-of-memory";
            return new AttemptFailure(e.Code, e.Message, passes ? FailureKind.PutOff : FailureKind.Park);
        }
        catch (BlobException e)
        {
            var passes = e.Failure is BlobFailure.Unavailable or BlobFailure.Full or BlobFailure.Forbidden;
            return new AttemptFailure("blobs-unavailable", e.Message, passes ? FailureKind.PutOff : FailureKind.Park);
        }
        catch (ProverException e)
        {
            return new AttemptFailure(e.Code, e.Message, e.Failure switch
            {
                ProverFailure.Unavailable => FailureKind.NoProver,
                ProverFailure.Refused => FailureKind.Park,
                _ => FailureKind.TryAgain,
            });
        }
    }

    /// <summary>The id of a job at the prover: the same for the same work, whoever asks.</summary>
    internal static string IdOf(Digest link, Digest imageId, string set) => $"{link}.{set}.{imageId.ToString()[..16]}";

    // Another host, or this one before it stopped, may have come further than the queue knows.
    private async Task<bool> AttachedAsync(CancellationToken stop)
    {
        if (await services.Receipts.FindAsync(job.Stream, job.Link, stop) is not var (act, revision))
        {
            return false;
        }

        await NoteAsync(act, revision, stop);
        return true;
    }

    private async Task<AttemptFailure?> ProveAsync(CancellationToken stop)
    {
        var frames = await services.Frames.ReadAsync(job.Actor, job.Revision, stop);
        if (frames.Transition.Link.Hash != job.Link)
        {
            return new AttemptFailure("link-differs", $"The journal has the link {frames.Transition.Link.Hash} at revision {job.Revision} of {job.Stream}, the job is about {job.Link}: the journal was replaced.", FailureKind.Park);
        }

        ReadOnlyMemory<byte>? bytes = null;
        async Task<ReadOnlyMemory<byte>> Module(CancellationToken c) => bytes ??= await services.Modules.ReadAsync(frames.Module, c);
        var image = await services.Images.EnsureAsync(services.Prover, frames.Module.Hash, Module, stop);
        var expected = new ExpectedReceipt(image, frames.Module.Hash, job.Set, frames.Input, frames.Output);
        var id = IdOf(job.Link, image.Id, job.Set);
        var receipt = await ReceiptAsync(id, new ProverJob(id, await Module(stop), frames.Input, job.Set), stop);
        if (Verify(expected, receipt, out var proven) is { } wrong)
        {
            await services.Prover.CancelAsync(id, stop); // the same bytes would come again
            await services.Images.ForgetAsync(frames.Module.Hash, stop);
            return new AttemptFailure("receipt-refused", $"The prover's receipt proves something else, or nothing: {wrong}.", FailureKind.TryAgain);
        }

        var act = ActOf(expected, frames, proven!);
        await services.Blobs.PutAsync(new BlobName(BlobAreas.Frames, act.Input), frames.Input, stop);
        await services.Blobs.PutAsync(new BlobName(BlobAreas.Frames, act.Output), frames.Output, stop);
        await services.Blobs.PutAsync(new BlobName(BlobAreas.Receipts, act.Seal), proven!.Seal, stop);
        var (attached, revision) = await services.Receipts.AttachAsync(act, stop);
        await NoteAsync(attached, revision, stop);
        await ForgetAsync(id, stop);
        return null;
    }

    private async Task<ReadOnlyMemory<byte>> ReceiptAsync(string id, ProverJob work, CancellationToken stop)
    {
        await services.Prover.StartAsync(work, stop);
        while (true)
        {
            var progress = await services.Prover.ProgressAsync(id, stop);
            report(progress);
            switch (progress.State)
            {
                case ProverJobState.Done:
                    var receipt = await services.Prover.ReceiptAsync(id, stop);
                    return receipt.Length <= MaxReceiptBytes ? receipt
                        : throw new ProverException(ProverFailure.Failed, "receipt-too-large", $"The prover's receipt has {receipt.Length} bytes; at most {MaxReceiptBytes} are taken.");
                case ProverJobState.Failed:
                    await services.Prover.CancelAsync(id, stop); // the next attempt is to begin anew
                    throw progress.Failure ?? new ProverException(ProverFailure.Failed, "prover-failed", "The prover gave no reason.");
                case ProverJobState.Unknown:
                    throw new ProverException(ProverFailure.Failed, "job-lost", "The prover took the job and does not know it any more.");
            }

            if (services.Time.GetElapsedTime(_began) > services.Options.JobTimeout)
            {
                await services.Prover.CancelAsync(id, stop);
                throw new ProverException(ProverFailure.Failed, "timeout", $"The prover worked on it for longer than {services.Options.JobTimeout}; it was stopped.");
            }

            await Task.Delay(services.Options.PollInterval, services.Time, stop);
        }
    }

    // What is wrong with the receipt; null when it proves exactly what is expected.
    private string? Verify(ExpectedReceipt expected, ReadOnlyMemory<byte> receipt, out ReceiptVerdict.Proven? proven)
    {
        var began = services.Time.GetTimestamp();
        var verdict = services.Verifier.Verify(expected, receipt);
        ProvingMetrics.Verified(services.Time.GetElapsedTime(began));
        proven = verdict as ReceiptVerdict.Proven;
        return verdict switch
        {
            ReceiptVerdict.Refused refused => refused.Reason,
            ReceiptVerdict.Proven p => ExpectedStatement.Difference(p.Statement.Span, expected),
            _ => "the verifier gave no verdict",
        };
    }

    private ReceiptAct ActOf(ExpectedReceipt expected, TransitionFrames frames, ReceiptVerdict.Proven proven) => new()
    {
        Link = job.Link,
        Stream = job.Stream,
        Revision = job.Revision,
        Module = frames.Module.Hash,
        ImageId = expected.Image.Id,
        Image = Digest.Of(expected.Image.Bytes.Span),
        Set = job.Set,
        Statement = proven.Statement,
        Seal = Digest.Of(proven.Seal.Span),
        SealBytes = proven.Seal.Length,
        Input = Digest.Of(frames.Input.Span),
        Output = Digest.Of(frames.Output.Span),
        Cycles = ExpectedStatement.Cycles(proven.Statement.Span),
    };

    private async Task NoteAsync(ReceiptAct act, long revision, CancellationToken stop)
    {
        var elapsed = services.Time.GetElapsedTime(_began);
        var noted = await services.Queue.ChangeAsync(
            job.Link,
            now => now.State == ProofJobState.Attached ? null
                : new ProofEvent.Attached(job.Link, services.Queue.Now, revision, act.Seal, act.SealBytes, act.ImageId, act.Cycles, (long)elapsed.TotalMilliseconds),
            stop);
        if (noted)
        {
            ProvingMetrics.Attached(act.Cycles, act.SealBytes, elapsed);
        }
    }

    // The receipt is safe: the prover need not keep it. If it cannot be told, it throws it away by itself one day.
    private async Task ForgetAsync(string id, CancellationToken stop)
    {
        try
        {
            await services.Prover.CancelAsync(id, stop);
        }
        catch (ProverException)
        {
        }
    }
}
