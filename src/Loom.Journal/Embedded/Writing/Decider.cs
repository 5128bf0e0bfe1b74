using Loom.Core;
using Loom.Journal.Streams;

namespace Loom.Journal.Embedded;

/// <summary>What is to be done with an append.</summary>
internal enum Decision
{
    /// <summary>Write it.</summary>
    Write,

    /// <summary>It is answered without writing.</summary>
    Answer,

    /// <summary>Its answer hangs on an append that is not durable yet: write that one first.</summary>
    Wait,
}

/// <summary>
/// The decision table of EventStoreDB for expected revisions and repeated appends. Knows the durable heads and those of the group that
/// is being put together. Whatever is answered without a write rests on durable events only. Used by the writer only.
/// </summary>
internal sealed partial class Decider(StoredEvents stored, StreamRules rules)
{
    private readonly RecentHeads _heads = new();
    private readonly RecentIds _ids = new();
    private readonly Dictionary<StreamKey, long> _pending = [];

    /// <exception cref="JournalException">The request is refused.</exception>
    public Decision Decide(AppendRequest request, out AppendResult? answer)
    {
        answer = null;
        request.Before = null;
        var isPending = _pending.TryGetValue(request.Key, out var head);
        if (!isPending)
        {
            head = DurableHead(request.Key);
        }

        switch (request.Kind)
        {
            case RequestKind.Import:
                return DecideImport(request, head, out answer);
            case RequestKind.Delete or RequestKind.Tombstone:
                return DecideDeletion(request, head, out answer);
        }

        if (!TryState(request, head, isPending, out var state))
        {
            return Decision.Wait;
        }

        request.FirstRevision = head + 1;
        if (request.Events.Count > 0 && MayWrite(request, state))
        {
            return Completed(request, state);
        }

        if (isPending)
        {
            return Decision.Wait;
        }

        answer = request.Events.Count == 0 ? Empty(request.Expected, state)
            : request.Expected.IsExact ? CompareStored(request, state)
            : CompareRecent(request, head);
        return answer is null ? Completed(request, state) : Decision.Answer;
    }

    /// <summary>The request goes into the group.</summary>
    public void Took(AppendRequest request)
    {
        _pending[request.Key] = request.FirstRevision + request.Events.Count - 1;
        _ids.Add(request);
        _mayHaveMetadata |= request.Stream.IsSystem;
    }

    /// <summary>The group is durable.</summary>
    public void Committed()
    {
        foreach (var (key, head) in _pending)
        {
            _heads.Set(key, head);
        }

        _pending.Clear();
    }

    /// <summary>The group was not written.</summary>
    public void Abandoned(List<AppendRequest> group)
    {
        _pending.Clear();
        foreach (var request in group)
        {
            _ids.Remove(request);
        }
    }

    private bool MayWrite(AppendRequest request, in AppendState state)
    {
        if (request.Expected.IsExact)
        {
            return request.Expected.Value == state.Last;
        }

        return (request.Expected == ExpectedRevision.Any || state.Exists) && !_ids.TryGet(request.Events[0].Id, request.Stream, out _);
    }

    private static AppendResult Empty(ExpectedRevision expected, in AppendState state)
    {
        var holds = expected.IsExact
            ? expected.Value == state.Last || (state.TakesNoStream && expected == ExpectedRevision.NoStream)
            : expected == ExpectedRevision.Any || state.Exists;
        return holds ? new AppendResult.Appended(state.Last, null) : new AppendResult.Conflict(state.Last);
    }

    /// <summary>Null: the events are no repeat, and the expectation holds all the same.</summary>
    private AppendResult? CompareStored(AppendRequest request, in AppendState state)
    {
        var mayWrite = state.TakesNoStream && request.Expected == ExpectedRevision.NoStream;
        foreach (var first in state.Places(request.Expected))
        {
            if (CompareAt(request, first, state.Last, out var beginsAlike) is { } repeated)
            {
                return repeated;
            }

            mayWrite &= !beginsAlike;
        }

        return mayWrite ? null : new AppendResult.Conflict(state.Last);
    }

    private AppendResult.Appended? CompareAt(AppendRequest request, long first, long head, out bool beginsAlike)
    {
        beginsAlike = false;
        var i = 0;
        foreach (var e in stored.Forwards(request.Stream, request.Key, first, head))
        {
            // Where events were scavenged there is nothing to compare with.
            if (e.Id != request.Events[i].Id || e.Revision != first + i)
            {
                return null;
            }

            beginsAlike = true;
            if (++i == request.Events.Count)
            {
                return new AppendResult.Appended(e.Revision, e.Position) { Repeated = true };
            }
        }

        return null;
    }

    private AppendResult CompareRecent(AppendRequest request, long head)
    {
        RecentIds.Place last = default;
        foreach (var e in request.Events)
        {
            if (!_ids.TryGet(e.Id, request.Stream, out last))
            {
                return new AppendResult.Conflict(head);
            }
        }

        return new AppendResult.Appended(last.Revision, last.Position) { Repeated = true };
    }

    private long DurableHead(StreamKey key)
    {
        if (!_heads.TryGet(key, out var head))
        {
            head = stored.LastRevision(key);
            _heads.Set(key, head);
        }

        return head;
    }
}
