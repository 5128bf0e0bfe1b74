using Loom.Core;
using Loom.Journal;
using Loom.Runtime;

namespace Loom.Proving;

/// <summary>
/// Asks the policy about every transition of the types whose policy decides, in the journal's order, and journals the answers. A decision
/// says itself up to where it goes, so that stopping anywhere leaves none out and makes none twice.
/// </summary>
internal sealed class ProofDecider(IJournal journal, ProofQueue queue, ProofPolicies policies, CommandBodies bodies, ProvingOptions options, TimeProvider time)
{
    private const int MaxBatch = 128;
    private readonly ProofCursor _cursor = new(journal);
    private readonly TransitionCollector _collector = new();
    private readonly List<(ProofEvent.Decided Decision, ulong Position)> _pending = [];
    private ulong? _upTo;
    private ProofEvent.Decided? _known;
    private long _cursorWritten = time.GetTimestamp();

    /// <summary>Runs until it is cancelled, or cannot go on.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        var types = policies.Deciding;
        if (types.Count == 0)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, time, stop);
        }

        await queue.CatchUpAsync(stop);
        _known = queue.Read(s => s.LastDecided);
        _upTo = await _cursor.ReadAsync(_known, stop);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop);
        await using var messages = journal.SubscribeToAllAsync(_upTo, new EventFilter([.. types.Select(t => t + "-")]), end.Token).GetAsyncEnumerator(end.Token);
        while (true)
        {
            var next = messages.MoveNextAsync().AsTask();
            try
            {
                if (!next.IsCompleted)
                {
                    await FlushAsync(stop);
                }
            }
            catch
            {
                end.Cancel();
                await next.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Current);
                throw;
            }

            if (!await next)
            {
                return;
            }

            await TakeAsync(messages.Current, stop);
        }
    }

    private async Task TakeAsync(SubscriptionMessage message, CancellationToken stop)
    {
        if (message is SubscriptionMessage.EventArrived { Event: var e })
        {
            if (_collector.Accept(e) is { } transition)
            {
                _pending.Add((await DecideAsync(transition, e.Position, stop), e.Position));
            }

            if (_pending.Count >= MaxBatch)
            {
                await FlushAsync(stop);
            }
        }
        else if (message is SubscriptionMessage.Checkpoint { Position: var position } && _collector.BetweenTransitions && time.GetElapsedTime(_cursorWritten) >= options.CursorInterval)
        {
            await FlushAsync(stop);
            _cursorWritten = time.GetTimestamp();
            if (!await _cursor.WriteAsync(position, stop))
            {
                throw new JournalException(JournalFailure.Unavailable, "Another host writes the cursor of the proofs; it is in charge.");
            }
        }
    }

    private async Task<ProofEvent.Decided> DecideAsync(Transition transition, ulong position, CancellationToken stop)
    {
        var link = transition.Link;
        var policy = policies.Of(ActorId.Parse(link.Stream.Value).Type);
        var body = policy.Mode == ProofMode.When ? (await bodies.ReadAsync(transition, stop)).Bytes : null;
        var decision = policy.Decide(new ProofSubject(transition, body));
        return new ProofEvent.Decided(
            link.Hash, queue.Now, link.Stream, link.Revision, link.LastRevision, position, link.ActorType, link.Machine, decision.Prove, decision.Reason, policy.ToString(), policy.Set.Name);
    }

    private async Task FlushAsync(CancellationToken stop)
    {
        if (_pending.Count == 0)
        {
            return;
        }

        // Another host may decide too: what is at or before the last decision, whoever made it, is done.
        var written = await queue.AppendAsync(state => [.. _pending.Where(p => UpTo(state) is not { } upTo || p.Position > upTo).Select(p => p.Decision)], stop);
        _pending.Clear();
        foreach (var decision in written.Cast<ProofEvent.Decided>())
        {
            ProvingMetrics.Decided(decision);
        }
    }

    // Of a decision from before this term the position may be that of another copy of the journal; where it stands here is known.
    private ulong? UpTo(QueueState state) => ReferenceEquals(state.LastDecided, _known) ? _upTo : state.LastDecided!.Position;
}
