using Loom.Core;

namespace Loom.Journal.Blobs;

/// <summary>Blobs in memory: for tests, simulations and hosts that keep nothing.</summary>
public sealed class MemoryBlobStore(TimeProvider? time = null, int maxBytes = BlobChecks.DefaultMaxBytes) : IBlobStore
{
    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private readonly Lock _gate = new();
    private readonly SortedDictionary<BlobName, (byte[] Content, DateTimeOffset Stored)> _blobs = [];

    /// <inheritdoc/>
    public int MaxBytes => maxBytes;

    /// <inheritdoc/>
    public Task PutAsync(BlobName name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) => Answer(
        () =>
        {
            BlobChecks.Put(name, content.Span, maxBytes);
            _blobs[name] = (content.ToArray(), _time.GetUtcNow());
            return true;
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task<ReadOnlyMemory<byte>?> GetAsync(BlobName name, CancellationToken cancellationToken) => Answer<ReadOnlyMemory<byte>?>(
        () =>
        {
            if (!_blobs.TryGetValue(name, out var blob))
            {
                return null;
            }

            BlobChecks.Got(name, blob.Content, "in memory");
            return blob.Content;
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task<BlobInfo?> FindAsync(BlobName name, CancellationToken cancellationToken) => Answer(
        () => _blobs.TryGetValue(name, out var blob) ? new BlobInfo(name, blob.Content.Length, blob.Stored) : null, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> ListAreasAsync(string prefix, CancellationToken cancellationToken) => Answer<IReadOnlyList<string>>(
        () => [.. _blobs.Keys.Select(n => n.Area).Where(a => a.StartsWith(prefix, StringComparison.Ordinal)).Distinct(StringComparer.Ordinal)], cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<BlobInfo>> ListAsync(string area, Digest? after, int limit, CancellationToken cancellationToken) => Answer<IReadOnlyList<BlobInfo>>(
        () => [.. _blobs.Where(b => b.Key.Area == area && (after is null || b.Key.Content.CompareTo(after.Value) > 0))
            .Take(BlobChecks.Page(limit)).Select(b => new BlobInfo(b.Key, b.Value.Content.Length, b.Value.Stored))],
        cancellationToken);

    /// <inheritdoc/>
    public Task<bool> DeleteAsync(BlobName name, CancellationToken cancellationToken) => Answer(() => _blobs.Remove(name), cancellationToken);

    /// <summary>Replaces stored bytes behind the store's back, as a failing disk would.</summary>
    internal void Damage(BlobName name, byte[] content)
    {
        lock (_gate)
        {
            _blobs[name] = _blobs[name] with { Content = content };
        }
    }

    private Task<T> Answer<T>(Func<T> work, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<T>(cancellationToken);
        }

        try
        {
            lock (_gate)
            {
                return Task.FromResult(work());
            }
        }
        catch (BlobException e)
        {
            return Task.FromException<T>(e);
        }
    }
}
