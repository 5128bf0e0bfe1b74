using System.Runtime.InteropServices;
using Loom.Core;

namespace Loom.Runtime;

/// <summary>
/// The directory in memory: rows by actor, and the same rows in the order of their last change. Events come in that order, so a change
/// moves its row to the front and nothing is ever sorted. Not thread-safe: <see cref="ActorDirectory"/> locks.
/// </summary>
internal sealed class DirectoryRows
{
    private const int Version = 2;
    private readonly Dictionary<ActorId, LinkedListNode<DirectoryEntry>> _rows = [];
    private readonly LinkedList<DirectoryEntry> _newest = new();
    private readonly Dictionary<(string Type, string Label), int> _counts = [];
    private readonly Dictionary<MachineId, int> _users = [];

    public int Count => _rows.Count;

    public DirectoryEntry? Find(ActorId actor) => _rows.GetValueOrDefault(actor)?.Value;

    public IReadOnlyList<DirectoryCount> Counts =>
        [.. _counts.Select(c => new DirectoryCount(c.Key.Type, c.Key.Label, c.Value))
            .OrderBy(c => c.Type, StringComparer.Ordinal).ThenByDescending(c => c.Actors).ThenBy(c => c.Label, StringComparer.Ordinal)];

    /// <summary>How many actors have a module.</summary>
    public int UsersOf(MachineId module) => _users.GetValueOrDefault(module);

    public void Put(DirectoryEntry entry)
    {
        if (_rows.TryGetValue(entry.Actor, out var node))
        {
            Count1((entry.Actor.Type, node.Value.Label), -1);
            CountUser(node.Value.Module, -1);
            node.Value = entry;
            _newest.Remove(node);
            _newest.AddFirst(node);
        }
        else
        {
            _rows.Add(entry.Actor, _newest.AddFirst(entry));
        }

        Count1((entry.Actor.Type, entry.Label), 1);
        CountUser(entry.Module, 1);
    }

    public (List<DirectoryEntry> Entries, int Total) Find(DirectoryQuery query)
    {
        var take = Math.Clamp(query.Take, 0, 1000);
        var entries = new List<DirectoryEntry>(take);
        if (string.IsNullOrEmpty(query.Text) && query.Module is null)
        {
            // Totals are known, so the walk can stop at the end of the page.
            var total = _counts.Where(c => (query.Type ?? c.Key.Type) == c.Key.Type && (query.Label ?? c.Key.Label) == c.Key.Label).Sum(c => c.Value);
            Walk(query, entries, take, stopWhenFull: true);
            return (entries, total);
        }

        return (entries, Walk(query, entries, take, stopWhenFull: false));
    }

    public byte[] Write(ulong? position)
    {
        var buffer = new MemoryStream();
        using (var writer = new BinaryWriter(buffer))
        {
            writer.Write(Version);
            writer.Write(position.HasValue);
            writer.Write(position ?? 0);
            writer.Write(_rows.Count);
            for (var node = _newest.Last; node is not null; node = node.Previous)
            {
                var e = node.Value;
                writer.Write(e.Actor.ToString());
                writer.Write(e.Label);
                writer.Write(e.Revision);
                writer.Write(e.Transitions);
                writer.Write(e.ActorType);
                writer.Write(e.Created.Time.UtcTicks);
                writer.Write(e.Changed.Time.UtcTicks);
                writer.Write(e.Module?.Value ?? "");
            }
        }

        return buffer.ToArray();
    }

    /// <exception cref="FormatException">The bytes are no directory of this version.</exception>
    public static (DirectoryRows Rows, ulong? Position) Read(byte[] bytes)
    {
        try
        {
            using var reader = new BinaryReader(new MemoryStream(bytes, writable: false));
            if (reader.ReadInt32() != Version)
            {
                throw new FormatException("Another version of Loom wrote the directory.");
            }

            var known = reader.ReadBoolean();
            var position = reader.ReadUInt64();
            var rows = new DirectoryRows();
            for (var left = reader.ReadInt32(); left > 0; left--)
            {
                rows.Put(new DirectoryEntry(
                    ActorId.Parse(reader.ReadString()), reader.ReadString(), reader.ReadInt64(), reader.ReadInt64(), reader.ReadString(), Time(reader), Time(reader))
                {
                    Module = MachineId.TryParse(reader.ReadString(), out var module) ? module : null,
                });
            }

            return (rows, known ? position : null);
        }
        catch (Exception e) when (e is IOException or ArgumentException)
        {
            throw new FormatException("The directory's file ends early or holds something else.", e);
        }
    }

    private static Timestamp Time(BinaryReader reader) => new(new DateTimeOffset(reader.ReadInt64(), TimeSpan.Zero));

    private int Walk(DirectoryQuery query, List<DirectoryEntry> entries, int take, bool stopWhenFull)
    {
        var matches = 0;
        for (var node = _newest.First; node is not null && !(stopWhenFull && entries.Count == take); node = node.Next)
        {
            var e = node.Value;
            if ((query.Type is { } type && e.Actor.Type != type) || (query.Label is { } label && e.Label != label) || (query.Module is { } module && e.Module != module)
                || (!string.IsNullOrEmpty(query.Text) && !Contains(e.Actor, query.Text)))
            {
                continue;
            }

            if (matches++ >= query.Skip && entries.Count < take)
            {
                entries.Add(e);
            }
        }

        return matches;
    }

    private static bool Contains(ActorId actor, string text) =>
        actor.Id.Contains(text, StringComparison.OrdinalIgnoreCase) || actor.Type.Contains(text, StringComparison.OrdinalIgnoreCase)
        || (text.Contains('-', StringComparison.Ordinal) && actor.ToString().Contains(text, StringComparison.OrdinalIgnoreCase));

    private void CountUser(MachineId? module, int change)
    {
        if (module is { } used)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(_users, used, out _) += change;
        }
    }

    private void Count1((string Type, string Label) key, int change)
    {
        ref var count = ref CollectionsMarshal.GetValueRefOrAddDefault(_counts, key, out _);
        count += change;
        if (count == 0)
        {
            _counts.Remove(key);
        }
    }
}
