using Loom.Core;

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
internal sealed class Decider(StoredEvents stored)
{
    private readonly RecentHeads _heads = new();
    private readonly RecentIds _ids = new();
    private readonly Dictionary<StreamKey, long> _pending = [];

    public Decision Decide(AppendRequest request, out AppendResult? answer)
    {
        answer = null;
        var isPending = _pending.TryGetValue(request.Key, out var head);
        if (!isPending)
        {
            head = DurableHead(request.Key);
        }

        request.FirstRevision = head + 1;
        if (request.Events.Count > 0 && MayWrite(request, head))
        {
            return Decision.Write;
        }

        if (isPending)
        {
            return Decision.Wait;
        }

        answer = request.Events.Count == 0 ? Empty(request.Expected, head)
            : request.Expected.IsExact ? CompareStored(request, head)
            : CompareRecent(request, head);
        return Decision.Answer;
    }

    /// <summary>The request goes into the group.</summary>
    public void Took(AppendRequest request)
    {
        _pending[request.Key] = request.FirstRevision + request.Events.Count - 1;
        _ids.Add(request);
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

    private bool MayWrite(AppendRequest request, long head)
    {
        if (request.Expected.IsExact)
        {
            return request.Expected.Value == head;
        }

        return (request.Expected == ExpectedRevision.Any || head >= 0) && !_ids.TryGet(request.Events[0].Id, request.Stream, out _);
    }

    private static AppendResult Empty(ExpectedRevision expected, long head)
    {
        var holds = expected.IsExact ? expected.Value == head : expected == ExpectedRevision.Any || head >= 0;
        return holds ? new AppendResult.Appended(head, null) : new AppendResult.Conflict(head);
    }

    private AppendResult CompareStored(AppendRequest request, long head)
    {
        var first = request.Expected.Value + 1;
        if (first + request.Events.Count - 1 > head)
        {
            return new AppendResult.Conflict(head);
        }

        var i = 0;
        ulong position = 0;
        foreach (var e in stored.Forwards(request.Stream, request.Key, first, head))
        {
            if (e.Id != request.Events[i].Id)
            {
                return new AppendResult.Conflict(head);
            }

            position = e.Position;
            if (++i == request.Events.Count)
            {
                return new AppendResult.Appended(e.Revision, position) { Repeated = true };
            }
        }

        return new AppendResult.Conflict(head);
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
