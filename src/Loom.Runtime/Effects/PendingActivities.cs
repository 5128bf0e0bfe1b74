using Loom.Core;

namespace Loom.Runtime;

/// <summary>An activity that has no outcome yet.</summary>
/// <param name="EffectId">Id of the event that asks for it.</param>
/// <param name="Actor">Who asks, and gets the outcome.</param>
/// <param name="Revision">Where the event is; its body is read when the activity runs.</param>
/// <param name="Correlation">The conversation of the transition that asked.</param>
internal sealed record PendingActivity(Guid EffectId, ActorId Actor, long Revision, string? Correlation)
{
    /// <summary>Attempts so far, the one under way included.</summary>
    public int Attempts { get; set; }

    /// <summary>Who came first goes first.</summary>
    public long Order { get; init; }
}

/// <summary>
/// All pending activities, with the position up to which they are known. Kept in a state file like the timers; when that is lost or behind, the
/// journal is read again: what asks is an event, and the outcome is a transition. Only what has no outcome there is ever run again.
/// </summary>
internal sealed class PendingActivities(IStateFiles files)
{
    private const string FileName = "activities";
    private const int Version = 1;
    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, PendingActivity> _pending = [];
    private readonly Dictionary<Guid, TimeSpan> _dueOf = [];
    private readonly SortedSet<(TimeSpan Due, long Order, Guid Id)> _waiting = [];
    private long _order;
    private bool _dirty;

    /// <summary>Every activity up to here is known; null: none is.</summary>
    public ulong? Known { get; private set; }

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _pending.Count;
            }
        }
    }

    /// <summary>Takes in a transition in journal order: what it asks for, and what it answers. Whether there is something new to do.</summary>
    public bool Accept(EffectTransition transition)
    {
        if (transition.Position <= Known)
        {
            return false;
        }

        var isNew = false;

        lock (_gate)
        {
            if (transition.Finished is { } finished)
            {
                Remove(finished);
            }

            foreach (var effect in transition.Effects)
            {
                if (effect.Kind == EffectKind.Activity && ActorId.TryParse(effect.Event.Stream.Value, out var actor))
                {
                    Add(new PendingActivity(effect.Event.Id, actor, effect.Event.Revision, effect.Link.Correlation) { Order = _order++ });
                    isNew = true;
                }
            }

            Known = transition.Position;
        }

        return isNew;
    }

    /// <summary>Takes the next one that is due, for one attempt. Null and when to look again, if none is.</summary>
    public PendingActivity? TakeDue(TimeSpan now, out TimeSpan? next)
    {
        lock (_gate)
        {
            next = null;
            if (_waiting.Count == 0)
            {
                return null;
            }

            var first = _waiting.Min;
            if (first.Due > now)
            {
                next = first.Due;
                return null;
            }

            _waiting.Remove(first);
            _dueOf.Remove(first.Id);
            var pending = _pending[first.Id];
            pending.Attempts++;
            _dirty = true;
            return pending;
        }
    }

    /// <summary>Puts it back until then; unless its outcome was seen meanwhile. An attempt that was none is not counted.</summary>
    public void Wait(PendingActivity activity, TimeSpan due, bool counts)
    {
        lock (_gate)
        {
            activity.Attempts -= counts ? 0 : 1;
            if (_pending.ContainsKey(activity.EffectId))
            {
                _waiting.Add((due, activity.Order, activity.EffectId));
                _dueOf[activity.EffectId] = due;
            }
        }
    }

    public void Done(Guid effectId)
    {
        lock (_gate)
        {
            Remove(effectId);
        }
    }

    /// <summary>Puts back what the file has; nothing when there is no usable file.</summary>
    public void Load()
    {
        lock (_gate)
        {
            Clear();
            if (files.Read(FileName) is not { } bytes)
            {
                return;
            }

            try
            {
                Read(bytes);
            }
            catch (Exception e) when (e is IOException or FormatException or ArgumentException or OverflowException)
            {
                Clear();
            }
        }
    }

    /// <summary>Writes the file if anything changed. Called before the cursor moves beyond what it holds.</summary>
    public void Save()
    {
        byte[] bytes;
        lock (_gate)
        {
            if (!_dirty && files.Read(FileName) is not null)
            {
                return;
            }

            bytes = Write();
            _dirty = false;
        }

        files.Write(FileName, bytes);
    }

    private void Clear()
    {
        _pending.Clear();
        _waiting.Clear();
        _dueOf.Clear();
        (Known, _dirty) = (null, false);
    }

    private void Add(PendingActivity activity)
    {
        if (_pending.TryAdd(activity.EffectId, activity))
        {
            _waiting.Add((TimeSpan.Zero, activity.Order, activity.EffectId));
            _dueOf[activity.EffectId] = TimeSpan.Zero;
            _dirty = true;
        }
    }

    private void Remove(Guid effectId)
    {
        if (_pending.Remove(effectId, out var activity))
        {
            if (_dueOf.Remove(effectId, out var due))
            {
                _waiting.Remove((due, activity.Order, effectId));
            }

            _dirty = true;
        }
    }

    private void Read(byte[] bytes)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes, writable: false));
        if (reader.ReadInt32() != Version)
        {
            throw new FormatException("Another version of Loom wrote the activities.");
        }

        ulong? known = reader.ReadBoolean() ? reader.ReadUInt64() : null;
        for (var left = reader.ReadInt32(); left > 0; left--)
        {
            Add(new PendingActivity(
                new Guid(reader.ReadBytes(16)), ActorId.Parse(reader.ReadString()), reader.ReadInt64(), reader.ReadBoolean() ? reader.ReadString() : null)
            {
                Attempts = reader.ReadInt32(),
                Order = _order++,
            });
        }

        (Known, _dirty) = (known, false);
    }

    private byte[] Write()
    {
        var buffer = new MemoryStream();
        using (var writer = new BinaryWriter(buffer))
        {
            writer.Write(Version);
            writer.Write(Known.HasValue);
            if (Known is { } known)
            {
                writer.Write(known);
            }

            writer.Write(_pending.Count);
            foreach (var activity in _pending.Values.OrderBy(a => a.Order))
            {
                writer.Write(activity.EffectId.ToByteArray());
                writer.Write(activity.Actor.ToString());
                writer.Write(activity.Revision);
                writer.Write(activity.Correlation is not null);
                if (activity.Correlation is { } correlation)
                {
                    writer.Write(correlation);
                }

                writer.Write(activity.Attempts);
            }
        }

        return buffer.ToArray();
    }
}
