using System.Text.Json;
using Loom.Core;

namespace Loom.Runtime;

/// <summary>A timer that has not come back yet.</summary>
/// <param name="EffectId">Id of the event that asked for it.</param>
/// <param name="Actor">Who gets it.</param>
/// <param name="Due">When.</param>
/// <param name="Body">Body of the command, canonical.</param>
/// <param name="Correlation">The conversation of the transition that asked.</param>
internal sealed record PendingTimer(Guid EffectId, ActorId Actor, Timestamp Due, ReadOnlyMemory<byte> Body, string? Correlation)
{
    public CommandId CommandId => UuidV5.DerivedCommand(EffectId.ToString("D"));

    /// <summary>Reads a timer effect; null when its body is none.</summary>
    public static PendingTimer? Of(Effect effect)
    {
        try
        {
            using var body = JsonDocument.Parse(effect.Event.Data);
            var due = body.RootElement.GetProperty("due").GetString()!;
            var buffer = new System.Buffers.ArrayBufferWriter<byte>(256);
            var json = new CanonicalJsonWriter(buffer);
            json.StartObject();
            json.Name("data");
            CanonicalJson.Write(json, body.RootElement.GetProperty("data"));
            json.Name("due");
            json.String(due);
            json.Name("effect");
            json.String(effect.Event.Id.ToString("D"));
            json.EndObject();
            return new PendingTimer(
                effect.Event.Id, ActorId.Parse(effect.Event.Stream.Value), Timestamp.Parse(due), buffer.WrittenSpan.ToArray(), effect.Link.Correlation);
        }
        catch (Exception e) when (e is JsonException or FormatException or KeyNotFoundException or InvalidOperationException or ArgumentNullException)
        {
            return null;
        }
    }
}

/// <summary>
/// All pending timers, with the position up to which they are known. Kept in a state file; when that is lost or behind, the journal is
/// read again: every timer is an event, and one that came back is a transition.
/// </summary>
internal sealed class PendingTimers(IStateFiles files)
{
    private const string FileName = "timers";
    private const int Version = 1;
    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, PendingTimer> _pending = [];
    private readonly SortedSet<(Timestamp Due, Guid Id)> _waiting = new(
        Comparer<(Timestamp Due, Guid Id)>.Create((x, y) => x.Due.CompareTo(y.Due) is var c and not 0 ? c : x.Id.CompareTo(y.Id)));

    private bool _dirty;

    /// <summary>Every timer up to here is known; null: none is.</summary>
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

    /// <summary>Takes in a transition in journal order: what it asks for, and what it answers.</summary>
    public IReadOnlyList<Effect> Accept(EffectTransition transition)
    {
        if (transition.Position <= Known)
        {
            return [];
        }

        List<Effect>? unreadable = null;
        lock (_gate)
        {
            if (transition.Fired is { } fired)
            {
                Remove(fired);
            }

            foreach (var effect in transition.Effects)
            {
                if (effect.Kind != EffectKind.Timer)
                {
                    continue;
                }

                if (PendingTimer.Of(effect) is not { } timer)
                {
                    (unreadable ??= []).Add(effect);
                }
                else if (_pending.TryAdd(timer.EffectId, timer))
                {
                    _waiting.Add((timer.Due, timer.EffectId));
                    _dirty = true;
                }
            }

            Known = transition.Position;
        }

        return unreadable ?? [];
    }

    /// <summary>The command that timers come back as.</summary>
    public const string TimerFired = "loom.timerFired";

    /// <summary>Takes the next timer that is due; it stays pending until <see cref="Done"/>. Null and when to look again, if none is.</summary>
    public PendingTimer? TakeDue(Timestamp now, out Timestamp? next)
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
            return _pending[first.Id];
        }
    }

    public void Done(Guid effectId)
    {
        lock (_gate)
        {
            Remove(effectId);
        }
    }

    /// <summary>Puts back what the file has; false when there is no usable file.</summary>
    public bool Load()
    {
        lock (_gate)
        {
            _pending.Clear();
            _waiting.Clear();
            (Known, _dirty) = (null, false);
            if (files.Read(FileName) is not { } bytes)
            {
                return false;
            }

            try
            {
                Read(bytes);
                return true;
            }
            catch (Exception e) when (e is IOException or FormatException or ArgumentException or OverflowException)
            {
                _pending.Clear();
                _waiting.Clear();
                Known = null;
                return false;
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

    private void Remove(Guid effectId)
    {
        if (_pending.Remove(effectId, out var timer))
        {
            _waiting.Remove((timer.Due, effectId));
            _dirty = true;
        }
    }

    private void Read(byte[] bytes)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes, writable: false));
        if (reader.ReadInt32() != Version)
        {
            throw new FormatException("Another version of Loom wrote the timers.");
        }

        Known = reader.ReadBoolean() ? reader.ReadUInt64() : null;
        for (var left = reader.ReadInt32(); left > 0; left--)
        {
            var timer = new PendingTimer(
                new Guid(reader.ReadBytes(16)), ActorId.Parse(reader.ReadString()), Timestamp.Parse(reader.ReadString()),
                reader.ReadBytes(reader.ReadInt32()), reader.ReadBoolean() ? reader.ReadString() : null);
            _pending.Add(timer.EffectId, timer);
            _waiting.Add((timer.Due, timer.EffectId));
        }
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
            foreach (var timer in _pending.Values.OrderBy(t => t.EffectId))
            {
                writer.Write(timer.EffectId.ToByteArray());
                writer.Write(timer.Actor.ToString());
                writer.Write(timer.Due.ToString());
                writer.Write(timer.Body.Length);
                writer.Write(timer.Body.Span);
                writer.Write(timer.Correlation is not null);
                if (timer.Correlation is { } correlation)
                {
                    writer.Write(correlation);
                }
            }
        }

        return buffer.ToArray();
    }
}
