using System.Diagnostics.CodeAnalysis;

namespace Loom.Runtime;

/// <summary>
/// The command ids of one stream and where their transitions end. Holds the ids of the newest transitions up to a limit; beyond it the
/// oldest go first. What a command did is read from the journal, so an entry stays small. Thread-safe: the dedupe behaviour looks in
/// while the activation adds.
/// </summary>
internal sealed class CommandIndex(int limit)
{
    private readonly Dictionary<string, long> _lastRevisions = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = new();

    public int Count
    {
        get
        {
            lock (_lastRevisions)
            {
                return _order.Count;
            }
        }
    }

    public void Add(string id, long lastRevision)
    {
        lock (_lastRevisions)
        {
            if (!_lastRevisions.TryAdd(id, lastRevision))
            {
                return; // the first outcome is the one that counts
            }

            _order.Enqueue(id);
            if (_order.Count > limit)
            {
                _lastRevisions.Remove(_order.Dequeue());
            }
        }
    }

    public bool TryFind(string id, [NotNullWhen(true)] out long? lastRevision)
    {
        lock (_lastRevisions)
        {
            var found = _lastRevisions.TryGetValue(id, out var revision);
            lastRevision = found ? revision : null;
            return found;
        }
    }

    /// <summary>All entries, oldest first.</summary>
    public List<KeyValuePair<string, long>> ToList()
    {
        lock (_lastRevisions)
        {
            return [.. _order.Select(id => KeyValuePair.Create(id, _lastRevisions[id]))];
        }
    }
}
