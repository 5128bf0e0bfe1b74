using Loom.Journal.Embedded;

namespace Loom.Journal;

/// <summary>Giving space back.</summary>
public sealed partial class SegmentedJournal
{
    private readonly CancellationTokenSource _closing = new();
    private Task _scavenge = Task.CompletedTask;

    /// <inheritdoc/>
    /// <remarks>Only segments that are complete are looked at; appends and reads go on meanwhile.</remarks>
    public Task<ScavengeReport> ScavengeAsync(ScavengeRequest request, IProgress<JournalProgress>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentOutOfRangeException.ThrowIfNegative(request.FromSegment);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_closing)
        {
            ThrowIfClosed();
            if (_options.ReadOnly && !request.DryRun)
            {
                throw new JournalException(JournalFailure.ReadOnly, $"The journal in {Directory} is open for reading only. Open it for writing, or ask for a dry run.");
            }

            if (!_scavenge.IsCompleted)
            {
                throw new JournalException(JournalFailure.Refused, $"The journal in {Directory} is being scavenged already. Wait until that ends, or stop it.");
            }

            var running = _options.ManualWriter
                ? Synchronously(request, progress, cancellationToken)
                : Task.Run(() => Scavenge(request, progress, cancellationToken), CancellationToken.None);
            _scavenge = running;
            return running;
        }
    }

    private Task<ScavengeReport> Synchronously(ScavengeRequest request, IProgress<JournalProgress>? progress, CancellationToken cancellationToken)
    {
        try
        {
            return Task.FromResult(Scavenge(request, progress, cancellationToken));
        }
        catch (JournalException e)
        {
            return Task.FromException<ScavengeReport>(e);
        }
    }

    private ScavengeReport Scavenge(ScavengeRequest request, IProgress<JournalProgress>? progress, CancellationToken cancellationToken)
    {
        try
        {
            return Scavenge(_store.Sealed(), request, progress, cancellationToken);
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            throw GroupWriter.Closed();
        }
        catch (DiskFullException e)
        {
            throw new JournalException(
                JournalFailure.DiskFull, $"The disk of {Directory} is full: while a segment is scavenged, a copy of what stays of it lies beside it. Make space for one segment; nothing was lost.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new JournalException(
                JournalFailure.Unavailable, $"Scavenging in {Directory} failed: {e.Message} Segments are the old ones or the new ones, and nothing was lost. Look at the disk, then try again.", e);
        }
    }

    private ScavengeReport Scavenge(Segment[] segments, ScavengeRequest request, IProgress<JournalProgress>? progress, CancellationToken cancellationToken)
    {
        var judge = new ScavengeJudge(_rules);
        var scavenger = new SegmentScavenger(_options, _store);
        var durable = _store.Durable;
        var total = (long)durable.Segments[segments.Length].Start;
        var report = new ScavengeReport(0, 0, 0, 0, 0);
        for (var i = request.FromSegment; i < segments.Length; i++)
        {
            if (cancellationToken.IsCancellationRequested)
            {
                return report with { WasStopped = true };
            }

            progress?.Report(new JournalProgress("scavenging", (long)segments[i].Start, total));
            judge.Forget();
            var plan = SegmentPlan.Make(segments[i], durable.LimitOf(i), judge, _closing.Token);
            if (plan.Events > 0 && !request.DryRun)
            {
                scavenger.Rewrite(segments[i], durable.LimitOf(i), plan, _closing.Token);
            }

            report = new ScavengeReport(
                report.Segments + 1,
                report.Rewritten + (plan.Events > 0 ? 1 : 0),
                report.Events + plan.Events,
                report.Bytes + plan.Bytes,
                report.BytesFreed + (plan.Events > 0 ? plan.BytesFreed : 0));
        }

        progress?.Report(new JournalProgress("scavenging", total, total));
        return report;
    }

    /// <summary>Ends a scavenge that runs, in the middle of a segment: the old file stays.</summary>
    private async Task StopScavengingAsync()
    {
        Task running;
        lock (_closing)
        {
            _isClosed = true;
            running = _scavenge;
        }

        await _closing.CancelAsync();
        await running.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }
}
