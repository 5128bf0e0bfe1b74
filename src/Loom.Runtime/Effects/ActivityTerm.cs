using Loom.Core;
using Loom.Journal.Blobs;
using Microsoft.Extensions.Logging;

namespace Loom.Runtime;

/// <summary>What becomes of activities; counted and reported by the processor.</summary>
internal interface IActivityObserver
{
    void Finished(PendingActivity activity, ActorCommand outcome, CommandReply reply);

    void NotTried(PendingActivity activity, string why);
}

/// <summary>
/// Carries activities out while this host is in charge: side by side up to a bound, each again after a while until it has an outcome. Begins when
/// everything durable has been read, so that nothing whose outcome is journaled runs again.
/// </summary>
internal sealed class ActivityTerm(
    ActivationServices services, ActivityAttempt attempt, PendingActivities pending, IActivityObserver observer, Func<ActorCommand, Task<CommandReply?>> insist, CancellationToken end)
{
    private readonly long _started = services.Time.GetTimestamp();
    private readonly Lock _gate = new();
    private readonly Alarm _changed = new(services.Time);
    private bool _caughtUp;
    private int _running;

    /// <summary>Everything durable at this moment has been taken in.</summary>
    public void CaughtUp()
    {
        if (!_caughtUp)
        {
            _caughtUp = true;
            Pulse();
        }
    }

    /// <summary>There is something new to do.</summary>
    public void Pulse() => _changed.Ring();

    public async Task RunAsync()
    {
        while (true)
        {
            Task changed;
            TimeSpan? next = null;
            PendingActivity? due = null;
            lock (_gate)
            {
                changed = _changed.Changed;
                if (_caughtUp && _running < services.Options.ActivityLanes)
                {
                    due = pending.TakeDue(Now, out next);
                    _running += due is null ? 0 : 1;
                }
            }

            if (due is not null)
            {
                _ = services.Run(() => AttemptAsync(due));
                continue;
            }

            await _changed.SleepAsync(changed, next - Now, end);
        }
    }

    /// <summary>Waits until no attempt is under way; they end with the term.</summary>
    public async Task IdleAsync()
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (_running == 0)
                {
                    return;
                }

                changed = _changed.Changed;
            }

            await changed;
            await Task.Yield();
        }
    }

    // Not the wall clock, which may jump: waits are measured from the beginning of the term.
    private TimeSpan Now => services.Time.GetElapsedTime(_started);

    private async Task AttemptAsync(PendingActivity activity)
    {
        try
        {
            switch (await attempt.RunAsync(activity, end))
            {
                case AttemptOutcome.Outcome outcome:
                    await TellAsync(activity, outcome);
                    break;
                case AttemptOutcome.Again again:
                    pending.Wait(activity, Now + again.After, counts: true);
                    break;
                case AttemptOutcome.NotTried none:
                    observer.NotTried(activity, none.Why);
                    pending.Wait(activity, Now + Alarm.LongestWait, counts: false);
                    break;
            }
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // Whoever is next in charge does it again.
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            observer.NotTried(activity, e.Message);
            services.Log.LogWarning(e, "The activity {Effect} of {Actor} could not be tried.", activity.EffectId, activity.Actor.ToString());
            pending.Wait(activity, Now + services.Options.RetryInterval, counts: false);
        }
        finally
        {
            lock (_gate)
            {
                _running--;
            }

            Pulse();
        }
    }

    private async Task TellAsync(PendingActivity activity, AttemptOutcome.Outcome outcome)
    {
        var command = outcome.Command;
        if (!await KeepEvidenceAsync(outcome.Evidence))
        {
            command = ActivityAttempt.Failed(activity, await attempt.RequestAsync(activity, end), "evidence-too-large", "The evidence that the activity gave is larger than a blob may be.").Command;
        }

        var reply = await insist(command);
        if (reply is CommandReply.Refused { Kind: RefusalKind.Invalid or RefusalKind.TooLarge } no && command.Type == ActivityOutcomes.Completed)
        {
            // What the activity gave cannot be taken, and trying again would give no better: the actor is told that instead.
            command = ActivityAttempt.Failed(activity, await attempt.RequestAsync(activity, end), no.Code, no.Message).Command;
            reply = await insist(command);
        }

        if (reply is null)
        {
            return; // the term is over: whoever is next in charge does it again
        }

        observer.Finished(activity, command, reply);
        pending.Done(activity.EffectId);
    }

    // Durable before the outcome that names it. The store is insisted on: the activity is done and need not be done again for this.
    private async Task<bool> KeepEvidenceAsync(ReadOnlyMemory<byte>? evidence)
    {
        while (evidence is { } bytes && services.Options.Blobs is { } blobs)
        {
            try
            {
                await blobs.PutAsync(BlobName.Of(BlobAreas.Activities, bytes.Span), bytes, end);
                break;
            }
            catch (BlobException e) when (e.Failure == BlobFailure.TooLarge)
            {
                return false;
            }
            catch (BlobException e)
            {
                services.Log.LogWarning(e, "The evidence of an activity could not be stored; it is tried again.");
                await Task.Delay(services.Options.RetryInterval, services.Time, end);
            }
        }

        return true;
    }
}
