using Loom.Coordination;
using Loom.Core;
using Loom.Journal;
using Microsoft.Extensions.Logging;

namespace Loom.Runtime;

/// <summary>
/// One actor in memory: a mailbox, and a pump that takes one command at a time through decide, append, acknowledge
/// (<see cref="Decider"/>). Getting the lease, the state and the fence is <see cref="Activator"/>'s part.
/// </summary>
internal sealed class Activation
{
    private readonly ActivationServices _services;
    private readonly Action<Activation> _onEnded;
    private readonly Lock _gate = new();
    private readonly Queue<Envelope> _mailbox = new();

    // Plain, and whoever waits yields: RunContinuationsAsynchronously would take WaitAsync and WhenAll to the thread pool.
    private readonly TaskCompletionSource _ended = new();

    private bool _pumping;
    private bool _leaving;
    private Decider? _decider;
    private Lease? _lease;

    public Activation(ActorId actor, Machine machine, ActivationServices services, Action<Activation> onEnded)
    {
        (Actor, Machine, Stream, _services, _onEnded) = (actor, machine, actor.Stream, services, onEnded);
        LastUsed = services.Time.GetTimestamp();
    }

    public ActorId Actor { get; }

    public Machine Machine { get; }

    public StreamName Stream { get; }

    public ActivationStage Stage { get; private set; }

    /// <summary>Timestamp of the last post, for passivation.</summary>
    public long LastUsed { get; private set; }

    /// <summary>Completes when everything is given back and a fresh activation may start.</summary>
    public Task Ended => _ended.Task;

    /// <summary>The stream's command ids, once loaded: the dedupe behaviour looks in.</summary>
    public CommandIndex? Commands => _decider?.Commands;

    public Offer Post(Envelope envelope)
    {
        lock (_gate)
        {
            if (Stage >= ActivationStage.Ending)
            {
                return Offer.Ended;
            }

            if (_mailbox.Count >= _services.Options.MailboxCapacity)
            {
                return Offer.Full;
            }

            _mailbox.Enqueue(envelope);
            LastUsed = _services.Time.GetTimestamp();
            if (_pumping)
            {
                _services.Metrics.Queued(1);
                return Offer.Posted;
            }

            _pumping = true;
        }

        _services.Metrics.Queued(1);
        _ = _services.Run(PumpAsync);
        return Offer.Posted;
    }

    /// <summary>Ends the activation if nothing waits. False when it is busy.</summary>
    public bool TryPassivate()
    {
        lock (_gate)
        {
            if (_pumping || _mailbox.Count > 0 || Stage >= ActivationStage.Ending)
            {
                return false;
            }

            (_pumping, Stage) = (true, ActivationStage.Ending);
        }

        _ = _services.Run(() => EndAsync(null, passivated: true));
        return true;
    }

    /// <summary>Ends the activation as soon as nothing waits.</summary>
    public void Leave()
    {
        lock (_gate)
        {
            _leaving = true;
        }

        TryPassivate();
    }

    private async Task PumpAsync()
    {
        while (true)
        {
            Envelope? envelope;
            lock (_gate)
            {
                if (!_mailbox.TryDequeue(out envelope))
                {
                    if (!_leaving)
                    {
                        _pumping = false;
                        return;
                    }

                    Stage = ActivationStage.Ending;
                }
            }

            if (envelope is null)
            {
                await EndAsync(null, passivated: true);
                return;
            }

            _services.Metrics.Queued(-1);
            if (envelope.Cancellation.IsCancellationRequested)
            {
                envelope.TrySetCanceled(envelope.Cancellation);
                continue;
            }

            var (reply, end) = await HandleAsync(envelope);
            if (!end)
            {
                envelope.TrySetResult(reply);
                _decider!.SnapshotIfDue();
                continue;
            }

            // First give everything back, then answer: the sender may try again at once.
            await EndAsync(reply as CommandReply.Refused, passivated: false);
            envelope.TrySetResult(reply);
            return;
        }
    }

    private async Task<(CommandReply? Reply, bool End)> HandleAsync(Envelope envelope)
    {
        try
        {
            if (_lease is { Lost.IsCancellationRequested: true })
            {
                return (null, true); // somebody else may own the actor now: let a fresh activation find out
            }

            if (_decider is null && await ActivateAsync() is { } refused)
            {
                return (refused, true);
            }

            return await _decider!.HandleAsync(envelope);
        }
        catch (HistoryException e)
        {
            return (Report(e), true);
        }
        catch (JournalException e)
        {
            return (Unavailable(e), true);
        }
        catch (Exception e)
        {
            _services.Log.LogError(e, "The activation of {Actor} failed.", Actor.ToString());
            return (new CommandReply.Refused(RefusalKind.Unavailable, "activation-failed", $"{Actor} failed in the platform ({e.GetType().Name}); send again with the same id.", _services.Options.RetryAfter), true);
        }
    }

    private async Task<CommandReply.Refused?> ActivateAsync()
    {
        Stage = ActivationStage.Loading;
        _lease = await _services.Leases.TryAcquireAsync($"actor:{Stream.Value}", CancellationToken.None);
        if (_lease is null)
        {
            return new CommandReply.Refused(
                RefusalKind.Busy, "active-elsewhere", $"{Actor} is active in another host; send again in a moment.", _services.Options.RetryInterval);
        }

        _decider = await Activator.ActivateAsync(this, _lease, _services);
        _services.Metrics.Repaired(Stream);
        lock (_gate)
        {
            Stage = ActivationStage.Ready;
        }

        return null;
    }

    private CommandReply.Refused Report(HistoryException e)
    {
        _services.Metrics.Found(new HealthFinding(e.Stream, e.Revision, e.Code, e.Message, _services.Time.GetUtcNow()));
        _services.Log.LogError(e, "The history of {Stream} does not load: {Code}.", e.Stream.Value, e.Code);
        return new CommandReply.Refused(RefusalKind.Fault, e.Code, e.Message);
    }

    private CommandReply.Refused Unavailable(JournalException e)
    {
        _services.Log.LogWarning(e, "The journal failed {Actor}.", Actor.ToString());
        return new CommandReply.Refused(RefusalKind.Unavailable, "journal-unavailable", e.Message, _services.Options.RetryAfter);
    }

    private async Task EndAsync(CommandReply.Refused? reason, bool passivated)
    {
        List<Envelope> left;
        lock (_gate)
        {
            Stage = ActivationStage.Ending;
            left = [.. _mailbox];
            _mailbox.Clear();
        }

        _services.Metrics.Queued(-left.Count);
        try
        {
            if (passivated)
            {
                _decider?.SnapshotOnLeaving();
            }

            if (_lease is not null)
            {
                await _lease.DisposeAsync();
            }
        }
        catch (Exception e)
        {
            _services.Log.LogWarning(e, "The lease of {Actor} could not be given back; it runs out by itself.", Actor.ToString());
        }

        Stage = ActivationStage.Ended;
        _services.Metrics.Deactivated(passivated);
        _onEnded(this);
        _ended.SetResult();
        foreach (var envelope in left)
        {
            // Who waited behind a load that failed would only make it fail again; everybody else tries a fresh activation.
            envelope.TrySetResult(_decider is null ? reason : null);
        }
    }
}
