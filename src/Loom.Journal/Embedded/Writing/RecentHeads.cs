namespace Loom.Journal.Embedded;

/// <summary>
/// Last revisions of streams that were used lately, so that an append to a busy stream asks no index. Two generations: when the young
/// one is full it becomes the old one, and the old one is forgotten. Used by the writer only.
/// </summary>
internal sealed class RecentHeads
{
    private const int Generation = 1 << 16;

    private Dictionary<StreamKey, long> _young = [];
    private Dictionary<StreamKey, long> _old = [];

    public bool TryGet(StreamKey key, out long head) => _young.TryGetValue(key, out head) || _old.TryGetValue(key, out head);

    public void Set(StreamKey key, long head)
    {
        if (_young.Count >= Generation)
        {
            (_young, _old) = (_old, _young);
            _young.Clear();
        }

        _young[key] = head;
    }
}
