using Loom.Core;
using Loom.Journal;

namespace Loom.Proving;

/// <summary>
/// The queue of proof jobs: a projection of <c>loom.proofs</c>, and the only writer to it. Every change is decided on the whole stream and
/// appended at the expected revision, so that hosts which overlap cannot disagree. Thread-safe.
/// </summary>
public sealed class ProofQueue(IJournal journal, TimeProvider time) : IDisposable
{
    private const int MaxPage = 500;
    private readonly SemaphoreSlim _reading = new(1, 1);
    private readonly Lock _gate = new();
    private readonly QueueState _state = new();
    private TaskCompletionSource _changed = NewSignal();

    /// <summary>Where it is journaled.</summary>
    public static StreamName Stream { get; } = StreamName.Parse("loom.proofs");

    /// <summary>Numbers, now.</summary>
    public ProofQueueFigures Figures
    {
        get
        {
            lock (_gate)
            {
                var open = new[] { ProofJobState.Queued, ProofJobState.Running, ProofJobState.Waiting }.Select(s => _state.In(s).FirstOrDefault()?.QueuedAt).Where(at => at is not null);
                return new ProofQueueFigures(
                    Enum.GetValues<ProofJobState>().ToDictionary(s => s, _state.Count), open.Min(), _state.Decisions.Yes, _state.Decisions.No);
            }
        }
    }

    /// <summary>The last decisions of policies, newest first; at most 200.</summary>
    public IReadOnlyList<ProofDecisionItem> RecentDecisions
    {
        get
        {
            lock (_gate)
            {
                return [.. _state.Recent];
            }
        }
    }

    /// <summary>Ends with the next change. Take it before looking at what may have changed.</summary>
    internal Task Changed
    {
        get
        {
            lock (_gate)
            {
                return _changed.Task;
            }
        }
    }

    /// <summary>The job of a link; null when there is none.</summary>
    public ProofJob? Find(Digest link)
    {
        lock (_gate)
        {
            return _state.Find(link);
        }
    }

    /// <summary>Jobs, newest first.</summary>
    /// <param name="state">Only those; null for all.</param>
    /// <param name="before">What the page before said; null for the first.</param>
    /// <param name="limit">Most jobs on the page, 1 to 500.</param>
    public ProofJobPage List(ProofJobState? state, long? before, int limit) => List(state is { } one ? [one] : [], null, before, limit);

    /// <summary>Jobs in any of some states, newest first.</summary>
    /// <param name="states">Only those; none for all.</param>
    /// <param name="text">Part of the stream's name, case ignored; null for any.</param>
    /// <param name="before">What the page before said; null for the first.</param>
    /// <param name="limit">Most jobs on the page, 1 to 500.</param>
    public ProofJobPage List(IReadOnlyCollection<ProofJobState> states, string? text, long? before, int limit)
    {
        ArgumentNullException.ThrowIfNull(states);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        limit = Math.Min(limit, MaxPage);
        lock (_gate)
        {
            var jobs = states.Count == 0 ? _state.Jobs : states.Distinct().SelectMany(_state.In);
            var page = jobs.Where(j => (before is null || j.Number < before) && (text is null || j.Stream.Value.Contains(text, StringComparison.OrdinalIgnoreCase)))
                .OrderByDescending(j => j.Number).Take(limit + 1).ToList();
            return page.Count > limit ? new ProofJobPage(page[..limit], page[limit - 1].Number) : new ProofJobPage(page, null);
        }
    }

    /// <summary>Reads what <c>loom.proofs</c> has beyond what is known.</summary>
    /// <exception cref="JournalException">The journal cannot be read, or the stream is damaged.</exception>
    public async Task CatchUpAsync(CancellationToken cancellationToken)
    {
        await _reading.WaitAsync(cancellationToken);
        try
        {
            var any = false;
            await foreach (var e in journal.ReadStreamAsync(Stream, Direction.Forwards, _state.Revision + 1, long.MaxValue, cancellationToken))
            {
                lock (_gate)
                {
                    _state.Apply(e);
                }

                any = true;
            }

            if (any)
            {
                Ring();
            }
        }
        catch (FormatException e)
        {
            throw new JournalException(JournalFailure.Corrupt, $"The queue of proofs cannot be read. {e.Message}", e);
        }
        finally
        {
            _reading.Release();
        }
    }

    /// <summary>Follows the stream, for who only looks; ends by cancellation or with an exception.</summary>
    public async Task FollowAsync(CancellationToken cancellationToken)
    {
        await CatchUpAsync(cancellationToken);
        await foreach (var message in journal.SubscribeToStreamAsync(Stream, Read(s => s.Revision), cancellationToken))
        {
            if (message is SubscriptionMessage.EventArrived { Event: var e } && e.Revision > Read(s => s.Revision))
            {
                await CatchUpAsync(cancellationToken);
            }
        }
    }

    /// <summary>Why a proof of a transition cannot be asked for; null when it can.</summary>
    /// <param name="transition">The transition.</param>
    /// <param name="policy">The policy of its actor type.</param>
    public static ProofAnswer.Refused? Refusal(Link transition, ProofPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(transition);
        ArgumentNullException.ThrowIfNull(policy);
        return !transition.Machine.IsWasm ? new("not-a-module", $"{transition.Stream} is decided by {transition.Machine}, which is no WebAssembly module: there is nothing that a prover could run.")
            : transition.Kind == LinkKind.Upgrade ? new("upgrade", $"{transition.Stream} at revision {transition.Revision} is an upgrade: no module ran.")
            : policy.Mode == ProofMode.Never ? new("policy-never", $"The proof policy of {transition.ActorType} is never. Give it another, for example on-demand.")
            : null;
    }

    /// <summary>Asks for a proof of a transition, whatever the policy decided on it.</summary>
    /// <param name="transition">The transition; its stream holds it.</param>
    /// <param name="policy">The policy of its actor type.</param>
    /// <param name="by">Who asks.</param>
    /// <param name="cancellationToken">Cancels before it is journaled.</param>
    /// <exception cref="JournalException">The journal takes no writes.</exception>
    public async Task<ProofAnswer> RequestAsync(Link transition, ProofPolicy policy, string by, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transition);
        ArgumentNullException.ThrowIfNull(policy);
        if (Refusal(transition, policy) is { } refused)
        {
            return refused;
        }

        await AppendAsync(
            state => state.Find(transition.Hash) is not null ? [] : [new ProofEvent.Requested(transition.Hash, Now, transition.Stream, transition.Revision, transition.ActorType, transition.Machine, policy.Set.Name, by)],
            cancellationToken);
        return new ProofAnswer.Done(Find(transition.Hash)!);
    }

    /// <summary>Has a job tried anew that is parked, cancelled or waits: at once, with all its attempts.</summary>
    /// <exception cref="JournalException">The journal takes no writes.</exception>
    public Task<ProofAnswer> RetryAsync(Digest link, string by, CancellationToken cancellationToken) => ChangeAsync(
        link, job => job.State is ProofJobState.Parked or ProofJobState.Cancelled or ProofJobState.Waiting ? new ProofEvent.Retried(link, Now, by) : null,
        job => job.State is ProofJobState.Queued or ProofJobState.Running, "its receipt is attached", cancellationToken);

    /// <summary>Calls a job off.</summary>
    /// <exception cref="JournalException">The journal takes no writes.</exception>
    public Task<ProofAnswer> CancelAsync(Digest link, string by, CancellationToken cancellationToken) => ChangeAsync(
        link, job => job.IsOpen || job.State == ProofJobState.Parked ? new ProofEvent.Cancelled(link, Now, by) : null,
        job => job.State == ProofJobState.Cancelled, "its receipt is attached", cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _reading.Dispose();

    internal Timestamp Now => new(time.GetUtcNow());

    internal T Read<T>(Func<QueueState, T> read)
    {
        lock (_gate)
        {
            return read(_state);
        }
    }

    /// <summary>Appends what is decided on the whole stream as it is then; nothing when nothing is decided.</summary>
    internal async Task<IReadOnlyList<ProofEvent>> AppendAsync(Func<QueueState, IReadOnlyList<ProofEvent>> decide, CancellationToken cancellationToken)
    {
        while (true)
        {
            await CatchUpAsync(cancellationToken);
            IReadOnlyList<ProofEvent> events;
            EventData[] data;
            long revision;
            lock (_gate)
            {
                events = decide(_state);
                data = [.. events.Select(e => e.ToEvent(_state.ChangesOf(e.Link)))];
                revision = _state.Revision;
            }

            if (data.Length == 0)
            {
                return [];
            }

            if (await journal.AppendAsync(Stream, ExpectedRevision.After(revision), data, cancellationToken) is AppendResult.Appended)
            {
                await CatchUpAsync(cancellationToken);
                return events;
            }
        }
    }

    /// <summary>Changes one job, if it is still as <paramref name="change"/> wants it.</summary>
    internal async Task<bool> ChangeAsync(Digest link, Func<ProofJob, ProofEvent?> change, CancellationToken cancellationToken) =>
        (await AppendAsync(state => state.Find(link) is { } job && change(job) is { } e ? [e] : [], cancellationToken)).Count > 0;

    private async Task<ProofAnswer> ChangeAsync(Digest link, Func<ProofJob, ProofEvent?> change, Func<ProofJob, bool> isSo, string why, CancellationToken cancellationToken)
    {
        var done = await ChangeAsync(link, change, cancellationToken);
        return Find(link) is not { } job ? new ProofAnswer.Refused("unknown-job", $"There is no proof job for the link {link}. Ask for a proof first.")
            : done || isSo(job) ? new ProofAnswer.Done(job)
            : new ProofAnswer.Refused("job-done", $"The proof job of {job.Stream} at revision {job.Revision} is {job.State.ToString().ToLowerInvariant()}: {why}.");
    }

    private void Ring()
    {
        TaskCompletionSource signal;
        lock (_gate)
        {
            (signal, _changed) = (_changed, NewSignal());
        }

        signal.SetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
