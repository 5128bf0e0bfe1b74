using Loom.Core;

namespace Loom.Proving;

/// <summary>The queue as <c>loom.proofs</c> tells it, up to a revision. Not thread-safe: <see cref="ProofQueue"/> guards it.</summary>
internal sealed class QueueState
{
    private const int MaxRecentDecisions = 200;
    private readonly Dictionary<Digest, ProofJob> _jobs = [];
    private readonly SortedDictionary<long, Digest>[] _byState = [.. Enum.GetValues<ProofJobState>().Select(_ => new SortedDictionary<long, Digest>())];
    private readonly Queue<ProofDecisionItem> _recent = new();
    private readonly OneOfEach<string> _texts = new();
    private readonly OneOfEach<MachineId> _machines = new();
    private readonly OneOfEach<StreamName> _streams = new();

    /// <summary>The last revision that was applied.</summary>
    public long Revision { get; private set; } = -1;

    /// <summary>The last decision by a policy.</summary>
    public ProofEvent.Decided? LastDecided { get; private set; }

    /// <summary>Decisions to prove, and not to.</summary>
    public (long Yes, long No) Decisions { get; private set; }

    /// <summary>The last decisions, newest first.</summary>
    public IEnumerable<ProofDecisionItem> Recent => _recent.Reverse();

    public IEnumerable<ProofJob> Jobs => _jobs.Values;

    public int Count(ProofJobState state) => _byState[(int)state].Count;

    public ProofJob? Find(Digest link) => _jobs.GetValueOrDefault(link);

    /// <summary>The jobs in a state, in the order in which they were queued.</summary>
    public IEnumerable<ProofJob> In(ProofJobState state) => _byState[(int)state].Values.Select(link => _jobs[link]);

    /// <summary>How many events the job has: the number of its next one.</summary>
    public int ChangesOf(Digest link) => Find(link)?.Changes ?? 0;

    /// <summary>Takes the next event of the stream.</summary>
    /// <exception cref="FormatException">It is not what its type says.</exception>
    public void Apply(RecordedEvent e)
    {
        if (e.Revision != Revision + 1)
        {
            throw new FormatException($"{e.Stream}: revision {Revision + 1} is missing; the next visible one is {e.Revision}. Restore the journal from a backup.");
        }

        Revision = e.Revision;
        switch (ProofEvent.Read(e))
        {
            case ProofEvent.Decided decided:
                Take(decided, e.Revision);
                break;
            case ProofEvent.Requested r:
                Queue(new ProofJob
                {
                    Link = r.Link,
                    Stream = r.Stream,
                    Revision = r.Revision,
                    ActorType = r.ActorType,
                    Machine = r.Machine,
                    Set = r.Set,
                    Cause = $"{r.By} asked for it",
                    QueuedAt = r.At,
                    Number = e.Revision,
                    Since = r.At,
                });
                break;
            case { } change when Find(change.Link) is { } job:
                Put(Changed(job, change) with { Since = change.At, Changes = job.Changes + 1 });
                break;
        }
    }

    private void Take(ProofEvent.Decided d, long revision)
    {
        LastDecided = d;
        Decisions = d.Prove ? (Decisions.Yes + 1, Decisions.No) : (Decisions.Yes, Decisions.No + 1);
        _recent.Enqueue(new ProofDecisionItem(d.Stream, d.Revision, d.Link, d.Prove, d.Reason, d.Policy, d.At));
        if (_recent.Count > MaxRecentDecisions)
        {
            _recent.Dequeue();
        }

        if (d.Prove)
        {
            Queue(new ProofJob
            {
                Link = d.Link,
                Stream = d.Stream,
                Revision = d.Revision,
                ActorType = d.ActorType,
                Machine = d.Machine,
                Set = d.Set,
                Cause = d.Reason,
                QueuedAt = d.At,
                Number = revision,
                Since = d.At,
            });
        }
    }

    private ProofJob Changed(ProofJob job, ProofEvent change) => change switch
    {
        ProofEvent.Started s => Plain(job, ProofJobState.Running) with { Attempts = s.Attempt },
        ProofEvent.Waiting w => Plain(job, ProofJobState.Waiting) with
        {
            Until = w.Until,
            Code = _texts.Of(w.Code),
            Reason = _texts.Of(w.Reason),
            Delays = job.Delays + 1,
            Attempts = w.Counts ? job.Attempts : Math.Max(0, job.Attempts - 1),
        },
        ProofEvent.Parked p => Plain(job, ProofJobState.Parked) with { Code = _texts.Of(p.Code), Reason = _texts.Of(p.Reason) },
        ProofEvent.Attached a => Plain(job, ProofJobState.Attached) with
        {
            Receipt = new AttachedReceipt(a.Receipt, a.Seal, a.Bytes, a.ImageId, a.Cycles, a.Milliseconds),
        },
        ProofEvent.Cancelled c => Plain(job, ProofJobState.Cancelled) with { Code = "cancelled", Reason = $"{c.By} called it off" },
        ProofEvent.Retried => Plain(job, ProofJobState.Queued) with { Attempts = 0, Delays = 0 },
        _ => job,
    };

    private static ProofJob Plain(ProofJob job, ProofJobState state) => job with { State = state, Until = null, Code = null, Reason = null, Receipt = null };

    // One job for a transition, whoever was first to want it.
    private void Queue(ProofJob job)
    {
        if (!_jobs.ContainsKey(job.Link))
        {
            Put(job with
            {
                Changes = 1,
                Stream = _streams.Of(job.Stream),
                ActorType = _texts.Of(job.ActorType),
                Machine = _machines.Of(job.Machine),
                Set = _texts.Of(job.Set),
                Cause = _texts.Of(job.Cause),
            });
        }
    }

    private void Put(ProofJob job)
    {
        if (Find(job.Link) is { } old)
        {
            _byState[(int)old.State].Remove(old.Number);
        }

        _jobs[job.Link] = job;
        _byState[(int)job.State][job.Number] = job.Link;
    }
}
