using System.Globalization;
using Loom.Core;
using Loom.Journal;

namespace Loom.Contracts;

/// <summary>
/// What ordinary streams, actor streams and Loom's own do under deletions, tombstones and metadata: EventStoreDB's rules written down once more,
/// as simply as possible, for random operations to be compared with. A foreign server knows no actors, and differs where decision 10 says so.
/// </summary>
internal sealed class StreamModel(bool isForeign)
{
    private readonly Dictionary<string, State> _streams = new(StringComparer.Ordinal);

    /// <summary>The type of these streams is registered from now on.</summary>
    public void Register(string stream) => Of(stream).IsRegistered = true;

    /// <summary>A model that goes its own way from here.</summary>
    public StreamModel Clone()
    {
        var clone = new StreamModel(isForeign);
        foreach (var (name, state) in _streams)
        {
            clone._streams[name] = state.Clone();
        }

        return clone;
    }

    /// <summary>What nobody can see now may be gone for ever, but for a stream's newest event and every event with a link.</summary>
    public void Scavenge(DateTimeOffset now)
    {
        foreach (var (name, s) in _streams)
        {
            for (var i = 0; i < s.Events.Count && !s.IsProtected(name); i++)
            {
                var isNewest = i == s.Last && !s.IsDead;
                if (!isNewest && !s.Linked.Contains(s.Events[i].Id) && (s.IsDead || !s.Shows(i, now)))
                {
                    s.Gone.Add(s.Events[i].Id);
                }
            }
        }
    }

    /// <summary>Whether the event may be gone.</summary>
    public bool MayBeGone(string stream, Guid id) => Of(stream).Gone.Contains(id);

    /// <summary>The id at a revision.</summary>
    public Guid IdAt(string stream, long revision) => Of(stream).Events[(int)revision].Id;

    /// <summary>Whether the stream is deleted for ever.</summary>
    public bool IsDead(string stream) => Of(stream).IsDead;

    /// <summary>How many documents of metadata were written, and what the newest says.</summary>
    public (long Documents, long Before, long MaxCount, long MaxAge) Document(string stream)
    {
        var s = Of(stream);
        return (s.Documents, s.Before, s.MaxCount, s.MaxAge);
    }

    /// <summary>A document more was written than the model knows of, and it changed nothing.</summary>
    public void AddDocument(string stream)
    {
        var s = Of(stream);
        s.Unknown = ++s.Documents;
    }

    /// <summary>Whether the newest document is one that changed nothing.</summary>
    public bool HasUnknownDocument(string stream) => Of(stream) is var s && s.Documents > 0 && s.Unknown == s.Documents;

    public string Append(string stream, long expected, IReadOnlyList<Guid> ids, bool linked, DateTimeOffset now)
    {
        var s = Of(stream);
        if (s.IsDead)
        {
            return "deleted";
        }

        var isBirth = s.Last < 0 && linked && !isForeign;
        var soft = s.IsSoft && !isBirth;
        if (soft && expected == -4)
        {
            return "deleted";
        }

        var holds = expected switch
        {
            -2 => true,
            -4 => s.Last >= 0 || s.Documents > 0,
            -1 => s.Last == -1 || (soft && (isForeign || !linked)),
            _ => expected == s.Last,
        };
        if (expected >= -1 && expected < s.Last)
        {
            foreach (var first in !isForeign && expected == -1 && s.Before > 0 && s.Before <= s.Last ? new[] { 0, s.Before } : [expected + 1])
            {
                if (first + ids.Count <= s.Events.Count && ids.Select((id, i) => s.Events[(int)first + i].Id == id).All(equal => equal))
                {
                    return Told(first + ids.Count - 1);
                }
            }
        }

        if (!holds)
        {
            return $"conflict {s.Last}";
        }

        if (soft)
        {
            s.Before = s.Last + 1;
            if (!isForeign)
            {
                (s.MaxCount, s.MaxAge) = (0, 0);
            }

            s.Documents++;
        }

        if (s.Last < 0)
        {
            s.IsLinked = linked;
            s.IsActor = linked && !isForeign;
        }

        if (linked)
        {
            s.Linked.UnionWith(ids);
        }

        s.Events.AddRange(ids.Select(id => (id, now)));
        return Told(s.Last);
    }

    public string Metadata(string stream, long before, long maxCount, long maxAge)
    {
        var s = Of(stream);
        if (s.IsDead)
        {
            return "deleted";
        }

        if (s.IsProtected(stream))
        {
            return "refused";
        }

        var comesBack = s.IsSoft && (isForeign || before != long.MaxValue);
        var told = Told(s.Documents);
        s.Documents += comesBack ? 2 : 1;
        (s.Before, s.MaxCount, s.MaxAge) = (comesBack ? s.Last + 1 : before, maxCount, maxAge);
        return told;
    }

    public string Delete(string stream, long expected, bool forEver)
    {
        var s = Of(stream);
        if (s.IsProtected(stream))
        {
            return "refused";
        }

        if (s.IsDead || (s.IsSoft && (isForeign || s.Last >= 0) && expected == -4))
        {
            return "deleted";
        }

        var holds = expected switch
        {
            -2 => true,
            -4 => s.Last >= 0 || ((forEver || isForeign) && s.Documents > 0),
            -1 => s.Last == -1 || s.IsSoft,
            _ => expected == s.Last,
        };
        if (!holds || (!forEver && s.Last < 0 && !(isForeign && s.Documents > 0)))
        {
            return $"conflict {s.Last}";
        }

        if (forEver)
        {
            s.IsDead = true;
        }
        else
        {
            (s.Before, s.MaxCount, s.MaxAge) = (long.MaxValue, 0, 0);
            s.Documents++;
        }

        return "done";
    }

    /// <summary>Visible revisions, oldest first; null when readers are told that it is deleted.</summary>
    public List<long>? Visible(string stream, DateTimeOffset now)
    {
        var s = Of(stream);
        return s.IsDead ? null : [.. Enumerable.Range(0, s.Events.Count).Where(i => s.Shows(i, now)).Select(i => (long)i)];
    }

    /// <summary>The last revision; null when readers are told that it is deleted.</summary>
    public long? Last(string stream) => Of(stream) is var s && s.IsDead ? null : s.IsSoft ? -1 : s.Last;

    /// <summary>The last revision ever used.</summary>
    public long Used(string stream) => Of(stream).Last;

    /// <summary>Every id that the stream ever took.</summary>
    public IEnumerable<Guid> Ids(string stream) => Of(stream).Events.Select(e => e.Id);

    private static string Told(long revision) => string.Create(CultureInfo.InvariantCulture, $"revision {revision}");

    private State Of(string stream)
    {
        if (!_streams.TryGetValue(stream, out var state))
        {
            _streams[stream] = state = new State();
        }

        return state;
    }

    private sealed class State
    {
        public List<(Guid Id, DateTimeOffset At)> Events { get; private init; } = [];

        public bool IsDead { get; set; }

        public bool IsActor { get; set; }

        /// <summary>Whether it began with a link.</summary>
        public bool IsLinked { get; set; }

        public long Before { get; set; }

        public long MaxCount { get; set; }

        public long MaxAge { get; set; }

        public long Documents { get; set; }

        public long Last => Events.Count - 1;

        public bool IsRegistered { get; set; }

        public long Unknown { get; set; }

        public HashSet<Guid> Gone { get; private init; } = [];

        public HashSet<Guid> Linked { get; private init; } = [];

        public bool IsSoft => Before == long.MaxValue && !IsActor && !IsRegistered;

        public State Clone() => new()
        {
            Events = [.. Events],
            Gone = [.. Gone],
            Linked = [.. Linked],
            IsRegistered = IsRegistered,
            Unknown = Unknown,
            IsDead = IsDead,
            IsActor = IsActor,
            IsLinked = IsLinked,
            Before = Before,
            MaxCount = MaxCount,
            MaxAge = MaxAge,
            Documents = Documents,
        };

        /// <summary>On a foreign server our client looks for the link in the first event, which may be hidden.</summary>
        public bool IsProtected(string stream) => IsActor || IsRegistered || (IsLinked && Shows(0, default)) || stream.StartsWith("loom.", StringComparison.Ordinal);

        public bool Shows(int i, DateTimeOffset now) => IsActor || IsRegistered || (i >= Before
            && (MaxCount == 0 || i > Last - MaxCount)
            && (MaxAge == 0 || Events[i].At >= now.AddSeconds(-MaxAge)));
    }
}
