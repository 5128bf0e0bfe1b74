using System.Diagnostics.Metrics;
using Loom.Core;

namespace Loom.Journal.Blobs;

/// <summary>How a cache of blobs does.</summary>
/// <param name="Hits">Reads answered from memory.</param>
/// <param name="Misses">Reads that went to the store.</param>
/// <param name="Evictions">Blobs put out to make room.</param>
/// <param name="Bytes">Bytes held now.</param>
public sealed record BlobCacheStatistics(long Hits, long Misses, long Evictions, long Bytes);

/// <summary>
/// A store with the blobs read or put last in memory, up to a bound in bytes; the least recently used go first. A blob never changes, so
/// nothing held can be stale. Blobs above a quarter of the bound are not held.
/// </summary>
public sealed class CachedBlobStore(IBlobStore store, long maxCachedBytes) : IBlobStore
{
    // Held here so that the instruments exist, at 0, from the first cache on.
    private readonly Counter<long> _hitsTotal = BlobMetrics.Hits;
    private readonly Lock _gate = new();
    private readonly Dictionary<BlobName, LinkedListNode<(BlobName Name, ReadOnlyMemory<byte> Content)>> _held = [];
    private readonly LinkedList<(BlobName Name, ReadOnlyMemory<byte> Content)> _byUse = new();
    private long _hits, _misses, _evictions, _bytes;

    /// <inheritdoc/>
    public int MaxBytes => store.MaxBytes;

    /// <summary>How it does, since it was made.</summary>
    public BlobCacheStatistics Statistics
    {
        get
        {
            lock (_gate)
            {
                return new(_hits, _misses, _evictions, _bytes);
            }
        }
    }

    /// <inheritdoc/>
    public async Task PutAsync(BlobName name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        await store.PutAsync(name, content, cancellationToken);
        BlobMetrics.Put(content.Length);
        Hold(name, content.ToArray()); // the caller may use its buffer again
    }

    /// <inheritdoc/>
    public async Task<ReadOnlyMemory<byte>?> GetAsync(BlobName name, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_held.TryGetValue(name, out var node))
            {
                _byUse.Remove(node);
                _byUse.AddFirst(node);
                _hits++;
                _hitsTotal.Add(1);
                return node.Value.Content;
            }

            _misses++;
        }

        BlobMetrics.Misses.Add(1);
        if (await store.GetAsync(name, cancellationToken) is not { } content)
        {
            return null;
        }

        Hold(name, content);
        return content;
    }

    /// <inheritdoc/>
    public Task<BlobInfo?> FindAsync(BlobName name, CancellationToken cancellationToken) => store.FindAsync(name, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> ListAreasAsync(string prefix, CancellationToken cancellationToken) => store.ListAreasAsync(prefix, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<BlobInfo>> ListAsync(string area, Digest? after, int limit, CancellationToken cancellationToken) =>
        store.ListAsync(area, after, limit, cancellationToken);

    /// <inheritdoc/>
    public async Task<bool> DeleteAsync(BlobName name, CancellationToken cancellationToken)
    {
        var deleted = await store.DeleteAsync(name, cancellationToken);
        lock (_gate)
        {
            if (_held.TryGetValue(name, out var node))
            {
                Release(node);
            }
        }

        return deleted;
    }

    private void Hold(BlobName name, ReadOnlyMemory<byte> content)
    {
        if (content.Length > maxCachedBytes / 4)
        {
            return;
        }

        lock (_gate)
        {
            if (_held.ContainsKey(name))
            {
                return;
            }

            while (_bytes + content.Length > maxCachedBytes && _byUse.Last is { } oldest)
            {
                Release(oldest);
                _evictions++;
                BlobMetrics.Evictions.Add(1);
            }

            _held[name] = _byUse.AddFirst((name, content));
            _bytes += content.Length;
            BlobMetrics.CachedBytes.Add(content.Length);
        }
    }

    private void Release(LinkedListNode<(BlobName Name, ReadOnlyMemory<byte> Content)> node)
    {
        _byUse.Remove(node);
        _held.Remove(node.Value.Name);
        _bytes -= node.Value.Content.Length;
        BlobMetrics.CachedBytes.Add(-node.Value.Content.Length);
    }
}
