using System.Diagnostics.Metrics;
using Loom.Coordination;
using Loom.Core;
using Loom.Journal;
using Microsoft.Extensions.Logging;

namespace Loom.Runtime;

/// <summary>
/// Carries out effects of durable transitions, in one host at a time (by lease), at least once: the cursor never passes an effect that
/// is not done, and doing one again changes nothing.
/// </summary>
internal sealed class EffectProcessor : IActivityObserver
{
    private const string LeaseName = "loom.effects";
    private static readonly Counter<long> EffectsTotal = LoomTelemetry.Meter.CreateCounter<long>("loom.effects", "{effect}", "Effects by kind and outcome.");

    private readonly ActorRuntime _runtime;
    private readonly ActivationServices _services;
    private readonly PendingTimers _timers;
    private readonly PendingActivities _activities;
    private readonly ActivityAttempt _attempt;
    private long _sent, _rejected, _dropped, _fired, _completed, _failed;
    private ulong? _position;
    private volatile bool _inCharge;
    private volatile string? _lastProblem;

    public EffectProcessor(ActorRuntime runtime, ActivationServices services, IStateFiles files)
    {
        GC.KeepAlive(EffectsTotal); // there from the start, not only with the first effect
        (_runtime, _services, _timers, _activities, _attempt) = (runtime, services, new PendingTimers(files), new PendingActivities(files), new ActivityAttempt(services));
    }

    public EffectStatistics Statistics => new(
        Interlocked.Read(ref _sent), Interlocked.Read(ref _rejected), Interlocked.Read(ref _dropped), Interlocked.Read(ref _fired),
        _timers.Count, _position, _inCharge, _lastProblem)
    {
        ActivitiesCompleted = Interlocked.Read(ref _completed),
        ActivitiesFailed = Interlocked.Read(ref _failed),
        ActivitiesPending = _activities.Count,
    };

    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await using var lease = await _services.Leases.TryAcquireAsync(LeaseName, stop);
                if (lease is not null)
                {
                    using var term = CancellationTokenSource.CreateLinkedTokenSource(stop, lease.Lost);
                    await new Term(this, term).RunAsync();
                }
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                if (e is not OperationCanceledException)
                {
                    _services.Log.LogWarning(e, "The effects were interrupted and go on from their cursor.");
                }
            }

            _inCharge = false;
            try
            {
                await Task.Delay(_services.Options.RetryInterval, _services.Time, stop);
            }
            catch (OperationCanceledException)
            {
            }
        }
    }

    /// <summary>One time in charge: from taking the lease to losing it, or to a failure.</summary>
    private sealed class Term(EffectProcessor owner, CancellationTokenSource end)
    {
        private readonly ActivationServices _services = owner._services;
        private readonly EffectCursor _cursor = new(owner._services.Journal);
        private readonly EffectCollector _collector = new(owner._runtime.Types);
        private readonly EffectLanes _lanes = new(owner._services.Options.EffectLanes, owner._services.Run);
        private readonly ActivityTerm _activities = new(
            owner._services, owner._attempt, owner._activities, owner, command => InsistAsync(owner, command, end.Token), end.Token);
        private readonly Lock _gate = new();

        // Effects under way, each with the position to restart after should it not get done.
        private readonly SortedDictionary<ulong, ulong?> _underWay = [];
        private ulong? _seen;
        private bool _news;
        private readonly Alarm _timersChanged = new(owner._services.Time);

        public async Task RunAsync()
        {
            await _cursor.ReadAsync(end.Token);
            owner._position = _seen = _cursor.Position;
            owner._timers.Load();
            owner._activities.Load();
            await CatchUpAsync();
            owner._inCharge = true;
            var work = Task.WhenAll(
                EndingWith(_services.Run(FollowAsync)), EndingWith(_services.Run(FireTimersAsync)), EndingWith(_services.Run(MoveCursorAsync)),
                EndingWith(_services.Run(_activities.RunAsync)));
            try
            {
                await work;
            }
            finally
            {
                await _lanes.IdleAsync();
                await _activities.IdleAsync();
            }
        }

        // Whichever part ends first, and why ever, ends the others.
        private async Task EndingWith(Task part)
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

        // The files of timers and activities were written before the cursor moved; when one is behind, it was lost.
        private async Task CatchUpAsync()
        {
            var known = owner._timers.Known is { } timers && owner._activities.Known is { } activities ? Math.Min(timers, activities) : (ulong?)null;
            if (_cursor.Position is not { } cursor || known >= cursor)
            {
                return;
            }

            var collector = new EffectCollector(owner._runtime.Types);
            await foreach (var e in _services.Journal.ReadAllAsync(Direction.Forwards, (known ?? 0) + 1, long.MaxValue, null, end.Token))
            {
                if (e.Position > cursor)
                {
                    break;
                }

                if (collector.Accept(e) is { } transition)
                {
                    owner._timers.Accept(transition);
                    owner._activities.Accept(transition);
                }
            }
        }

        private async Task FollowAsync()
        {
            await foreach (var message in _services.Journal.SubscribeToAllAsync(_cursor.Position, null, end.Token))
            {
                if (message is not SubscriptionMessage.EventArrived { Event: var e })
                {
                    if (message is SubscriptionMessage.CaughtUp)
                    {
                        _activities.CaughtUp();
                    }

                    continue;
                }

                if (_collector.Accept(e) is { } transition)
                {
                    await TakeAsync(transition);
                }

                if (_collector.BetweenTransitions)
                {
                    lock (_gate)
                    {
                        _seen = e.Position;
                    }
                }
            }
        }

        private async Task TakeAsync(EffectTransition transition)
        {
            foreach (var unreadable in owner._timers.Accept(transition))
            {
                owner.Dropped(unreadable.Event, "its body is no timer");
            }

            _timersChanged.Ring();
            if (owner._activities.Accept(transition))
            {
                _activities.Pulse();
            }

            foreach (var effect in transition.Effects)
            {
                if (effect.Kind == EffectKind.Send)
                {
                    lock (_gate)
                    {
                        _underWay[effect.Event.Position] = _seen;
                    }

                    await _lanes.AddAsync(effect.Event.Stream.Value, () => SendAsync(effect), end.Token);
                }
            }

            lock (_gate)
            {
                _news = true;
            }
        }

        private async Task SendAsync(Effect effect)
        {
            if (EffectCommands.OfSend(effect, out var problem) is not { } command)
            {
                owner.Dropped(effect.Event, problem!);
            }
            else if (await InsistAsync(owner, command, end.Token) is not { } reply)
            {
                return; // the term is over: whoever is next in charge does it again
            }
            else
            {
                owner.Sent(effect.Event, command, reply);
            }

            lock (_gate)
            {
                _underWay.Remove(effect.Event.Position);
                _news = true;
            }
        }

        // Until the target has decided; null when the term ended first.
        private static async Task<CommandReply?> InsistAsync(EffectProcessor owner, ActorCommand command, CancellationToken end)
        {
            var wait = owner._services.Options.RetryInterval;
            while (!end.IsCancellationRequested)
            {
                try
                {
                    var reply = await owner._runtime.SendFromRuntimeAsync(command, end);
                    if (reply is not CommandReply.Refused { Kind: RefusalKind.Busy or RefusalKind.Unavailable })
                    {
                        return reply;
                    }

                    await Task.Delay(wait, owner._services.Time, end);
                    wait = wait * 2 < Alarm.LongestWait ? wait * 2 : Alarm.LongestWait;
                }
                catch (OperationCanceledException)
                {
                    return null;
                }
            }

            return null;
        }

        private async Task FireTimersAsync()
        {
            while (true)
            {
                var changed = _timersChanged.Changed;
                var now = new Timestamp(_services.Time.GetUtcNow());
                if (owner._timers.TakeDue(now, out var next) is { } timer)
                {
                    await _lanes.AddAsync(timer.Actor.ToString(), () => FireAsync(timer), end.Token);
                    continue;
                }

                await _timersChanged.SleepAsync(changed, next is { } due ? due.Time - now.Time : null, end.Token);
            }
        }

        private async Task FireAsync(PendingTimer timer)
        {
            if (await InsistAsync(owner, EffectCommands.OfTimer(timer), end.Token) is not { } reply)
            {
                return;
            }

            owner.Fired(timer, reply);
            owner._timers.Done(timer.EffectId);
            lock (_gate)
            {
                _news = true;
            }
        }

        private async Task MoveCursorAsync()
        {
            while (true)
            {
                await Task.Delay(_services.Options.CursorInterval, _services.Time, end.Token);
                ulong? position;
                lock (_gate)
                {
                    // Only news of actors move the cursor: the cursor's own events are in the journal too.
                    if (!_news)
                    {
                        continue;
                    }

                    _news = false;
                    position = _underWay.Count > 0 ? _underWay.First().Value : _seen;
                }

                owner._timers.Save();
                owner._activities.Save();
                if (position is { } to && (_cursor.Position is null || to > _cursor.Position))
                {
                    if (!await _cursor.WriteAsync(to, end.Token))
                    {
                        return; // somebody else is in charge
                    }

                    owner._position = to;
                }
            }
        }
    }

    private void Sent(RecordedEvent effect, ActorCommand command, CommandReply reply)
    {
        switch (reply)
        {
            case CommandReply.Accepted:
                Interlocked.Increment(ref _sent);
                EffectsTotal.Add(1, new("kind", "send"), new("outcome", "accepted"));
                break;
            case CommandReply.Rejected no:
                Interlocked.Increment(ref _rejected);
                EffectsTotal.Add(1, new("kind", "send"), new("outcome", "rejected"));
                Problem(effect, $"{command.Actor} rejected '{command.Type}': {no.Code}");
                break;
            case CommandReply.Refused no:
                Dropped(effect, $"'{command.Type}' to {command.Actor} was refused: {no.Code}. {no.Message}");
                break;
        }
    }

    private void Fired(PendingTimer timer, CommandReply reply)
    {
        Interlocked.Increment(ref _fired);
        var outcome = reply switch { CommandReply.Accepted => "accepted", CommandReply.Rejected => "rejected", _ => "refused" };
        EffectsTotal.Add(1, new("kind", "timer"), new("outcome", outcome));
        if (reply is CommandReply.Refused no)
        {
            _lastProblem = $"The timer {timer.EffectId} of {timer.Actor} was refused: {no.Code}.";
            _services.Log.LogWarning("The timer {Effect} of {Actor} was refused: {Code}.", timer.EffectId, timer.Actor.ToString(), no.Code);
        }
    }

    void IActivityObserver.Finished(PendingActivity activity, ActorCommand outcome, CommandReply reply)
    {
        // A second outcome has the id of the first: it is refused, and the first one stands.
        var completed = outcome.Type == ActivityOutcomes.Completed;
        var what = reply switch
        {
            CommandReply.Accepted { Repeated: true } or CommandReply.Refused { Code: "command-id-reused" } => "repeated",
            CommandReply.Accepted => completed ? "completed" : "failed",
            CommandReply.Rejected => "rejected",
            _ => "refused",
        };
        Interlocked.Add(ref completed ? ref _completed : ref _failed, what is "completed" or "failed" ? 1 : 0);
        EffectsTotal.Add(1, new("kind", "activity"), new("outcome", what));
        var problem = (reply, what) switch
        {
            (CommandReply.Rejected no, _) => $"rejected '{outcome.Type}': {no.Code}",
            (CommandReply.Refused no, "refused") => $"was not told '{outcome.Type}': {no.Code}. {no.Message}",
            (_, "failed") => "was told that an activity was given up",
            _ => null,
        };
        if (problem is not null)
        {
            Problem(activity, $"{activity.Actor} {problem}");
        }
    }

    void IActivityObserver.NotTried(PendingActivity activity, string why) => Problem(activity, why);

    private void Problem(PendingActivity activity, string why)
    {
        _lastProblem = $"{activity.Actor} at revision {activity.Revision}: {why}";
        _services.Log.LogWarning("The activity {Effect} of {Actor}: {Why}", activity.EffectId, activity.Actor.ToString(), why);
    }

    private void Dropped(RecordedEvent effect, string why)
    {
        Interlocked.Increment(ref _dropped);
        EffectsTotal.Add(1, new("kind", "send"), new("outcome", "dropped"));
        Problem(effect, why);
    }

    private void Problem(RecordedEvent effect, string why)
    {
        _lastProblem = $"{effect.Stream} at revision {effect.Revision}: {why}";
        _services.Log.LogWarning("The effect {Stream} at revision {Revision}: {Why}", effect.Stream.Value, effect.Revision, why);
    }
}
