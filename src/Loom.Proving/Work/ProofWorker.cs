using System.Collections.Concurrent;
using Loom.Core;
using Loom.Journal;
using Loom.Runtime;
using Microsoft.Extensions.Logging;

namespace Loom.Proving;

/// <summary>
/// Takes jobs from the queue, oldest first, and sees each through to its receipt, to a later time, or to where it is parked. Jobs that were
/// running when the last worker stopped are found again at the prover. Without a prover nothing is taken, and nothing else is delayed.
/// </summary>
internal sealed partial class ProofWorker(ProofServices services, ILogger log)
{
    private readonly ConcurrentDictionary<Digest, Hand> _inHand = new();
    private readonly ProvingOptions _options = services.Options;
    private int _failures;
    private volatile NoProver? _noProver;

    /// <summary>Why there is no prover, and since when; null when there is one, or nobody has looked.</summary>
    public NoProver? WithoutProver => _noProver;

    /// <summary>How far a job is that a prover works on now.</summary>
    public ProverProgress? ProgressOf(Digest link) => _inHand.GetValueOrDefault(link)?.Progress;

    /// <summary>Works until it is cancelled, or the journal fails.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop);
        await services.Queue.CatchUpAsync(stop);
        var parts = Enumerable.Range(0, Math.Max(1, _options.Lanes)).Select(_ => EndingWith(LaneAsync(end.Token), end)).Append(EndingWith(WatchAsync(end.Token), end));
        await Task.WhenAll(parts);
    }

    // Whichever part ends first, and why ever, ends the others.
    private static async Task EndingWith(Task part, CancellationTokenSource end)
    {
        try
        {
            await part;
        }
        finally
        {
            end.Cancel();
        }
    }

    // A job in hand that somebody calls off is stopped at once.
    private async Task WatchAsync(CancellationToken stop)
    {
        while (true)
        {
            var changed = services.Queue.Changed;
            foreach (var (link, hand) in _inHand)
            {
                if (services.Queue.Find(link) is { State: ProofJobState.Cancelled })
                {
                    hand.Stop();
                }
            }

            await changed.WaitAsync(stop);
        }
    }

    private async Task LaneAsync(CancellationToken stop)
    {
        while (true)
        {
            var changed = services.Queue.Changed;
            var (job, due) = Next();
            if (job is null)
            {
                await SleepAsync(changed, due, stop);
                continue;
            }

            using var hand = new Hand(stop);
            if (!_inHand.TryAdd(job.Link, hand))
            {
                continue; // another lane was faster
            }

            try
            {
                await WorkAsync(job, hand, stop);
            }
            finally
            {
                _inHand.TryRemove(job.Link, out _);
            }
        }
    }

    /// <summary>The next job to take, or when the next one is due.</summary>
    private (ProofJob? Job, Timestamp? Due) Next() => services.Queue.Read(state =>
    {
        var now = services.Queue.Now;
        var free = (ProofJob j) => !_inHand.ContainsKey(j.Link);
        var waiting = state.In(ProofJobState.Waiting).Where(free).MinBy(j => (j.Until!.Value, j.Number));
        var job = state.In(ProofJobState.Running).FirstOrDefault(free)
            ?? (waiting is not null && waiting.Until <= now ? waiting : null)
            ?? state.In(ProofJobState.Queued).FirstOrDefault(free);
        return (job, waiting?.Until);
    });

    private async Task WorkAsync(ProofJob job, Hand hand, CancellationToken stop)
    {
        if (!await ThereIsAProverAsync(stop))
        {
            return;
        }

        try
        {
            if (job.State != ProofJobState.Running
                && !await services.Queue.ChangeAsync(
                    job.Link,
                    now => now.State is ProofJobState.Queued or ProofJobState.Waiting ? new ProofEvent.Started(job.Link, services.Queue.Now, now.Attempts + 1) : null,
                    hand.Token))
            {
                return; // it was called off, or another host took it
            }

            var failure = await new ProofAttempt(services, job, hand.Report).RunAsync(hand.Token);
            if (failure is not null)
            {
                await FailedAsync(job, failure, hand.Token);
            }
        }
        catch (OperationCanceledException) when (hand.Stopped && !stop.IsCancellationRequested)
        {
            await StopAtProverAsync(job, stop);
        }
    }

    private async Task FailedAsync(ProofJob job, AttemptFailure failure, CancellationToken stop)
    {
        var (now, reason) = (services.Queue.Now, failure.Reason.Length > 2000 ? failure.Reason[..2000] + "…" : failure.Reason);
        var outcome = "waiting";
        await services.Queue.ChangeAsync(
            job.Link,
            current =>
            {
                if (current.State != ProofJobState.Running)
                {
                    return null;
                }

                var spent = failure.Kind == FailureKind.TryAgain && current.Attempts >= _options.MaxAttempts;
                if (failure.Kind == FailureKind.Park || spent)
                {
                    outcome = "parked";
                    return new ProofEvent.Parked(job.Link, now, failure.Code, spent ? $"{reason} It was tried {current.Attempts} times." : reason);
                }

                return new ProofEvent.Waiting(
                    job.Link, now, new Timestamp(now.Time + _options.DelayAfter(current.Delays)), failure.Code, reason, failure.Kind == FailureKind.TryAgain);
            },
            stop);
        ProvingMetrics.Ended(outcome, failure.Code);
        Failed(log, job.Stream.Value, job.Revision, outcome, failure.Code, reason);
        if (failure.Kind == FailureKind.NoProver)
        {
            Lost(reason);
        }
    }

    // One look a pause, however many jobs there are: an outage writes nothing to the journal but for the jobs that it interrupted.
    private async Task<bool> ThereIsAProverAsync(CancellationToken stop)
    {
        try
        {
            if (_noProver is { } lost && lost.LookAgain > services.Queue.Now)
            {
                await Task.Delay(Clamp(lost.LookAgain.Time - services.Queue.Now.Time), services.Time, stop);
            }

            await services.Prover.CheckAsync(stop);
            (_noProver, _failures) = (null, 0);
            return true;
        }
        catch (ProverException e)
        {
            Lost(e.Message);
            return false;
        }
    }

    private void Lost(string reason)
    {
        var now = services.Queue.Now;
        var since = _noProver?.Since ?? now;
        if (_noProver is null)
        {
            ProverLost(log, reason);
        }

        _noProver = new NoProver(since, new Timestamp(now.Time + _options.DelayAfter(_failures++)), reason);
    }

    private async Task StopAtProverAsync(ProofJob job, CancellationToken stop)
    {
        foreach (var image in services.Images.All.Where(i => MachineId.Wasm(i.Module) == job.Machine))
        {
            try
            {
                await services.Prover.CancelAsync(ProofAttempt.IdOf(job.Link, image.ImageId, job.Set), stop);
            }
            catch (ProverException e)
            {
                NotStopped(log, job.Stream.Value, job.Revision, e.Message);
            }
        }
    }

    private async Task SleepAsync(Task changed, Timestamp? due, CancellationToken stop)
    {
        try
        {
            await changed.WaitAsync(due is { } at ? Clamp(at.Time - services.Queue.Now.Time) : Clamp(TimeSpan.MaxValue), services.Time, stop);
        }
        catch (TimeoutException)
        {
        }
    }

    // Whole milliseconds, since timers drop the rest; never long, since the wall clock may jump.
    private static TimeSpan Clamp(TimeSpan wait) => TimeSpan.FromMilliseconds(Math.Clamp(Math.Ceiling(wait.TotalMilliseconds), 1, 30_000));

    [LoggerMessage(1, LogLevel.Warning, "The proof of {Stream} at revision {Revision} is {Outcome} ({Code}): {Reason}")]
    private static partial void Failed(ILogger log, string stream, long revision, string outcome, string code, string reason);

    [LoggerMessage(2, LogLevel.Warning, "No prover: {Reason} Proofs wait; nothing else does.")]
    private static partial void ProverLost(ILogger log, string reason);

    [LoggerMessage(3, LogLevel.Warning, "The proof of {Stream} at revision {Revision} was called off, and the prover could not be told: {Reason}")]
    private static partial void NotStopped(ILogger log, string stream, long revision, string reason);

    /// <summary>A job that a lane works on.</summary>
    private sealed class Hand(CancellationToken stop) : IDisposable
    {
        private readonly CancellationTokenSource _end = CancellationTokenSource.CreateLinkedTokenSource(stop);
        private readonly Lock _gate = new();
        private bool _disposed;

        public CancellationToken Token => _end.Token;

        public bool Stopped { get; private set; }

        public ProverProgress? Progress { get; private set; }

        public void Report(ProverProgress progress) => Progress = progress;

        public void Stop()
        {
            lock (_gate)
            {
                Stopped = true;
                if (!_disposed)
                {
                    _end.Cancel();
                }
            }
        }

        public void Dispose()
        {
            lock (_gate)
            {
                _disposed = true;
                _end.Dispose();
            }
        }
    }
}

/// <summary>There is no prover.</summary>
/// <param name="Since">Since when.</param>
/// <param name="LookAgain">When it is looked for again.</param>
/// <param name="Reason">Why.</param>
public sealed record NoProver(Timestamp Since, Timestamp LookAgain, string Reason);
