using System.Runtime.CompilerServices;
using Loom.Core;

namespace Loom.Journal.Blobs;

/// <summary>Walks through all that a store holds.</summary>
public static class StoredBlobs
{
    /// <summary>Every blob of every area whose text begins so, by area, then by hash.</summary>
    /// <exception cref="BlobException">The store cannot be read now.</exception>
    public static async IAsyncEnumerable<BlobInfo> AllAsync(
        this IBlobStore store, string areaPrefix = "", [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        foreach (var area in await store.ListAreasAsync(areaPrefix, cancellationToken))
        {
            Digest? after = null;
            while (await store.ListAsync(area, after, BlobChecks.MaxPage, cancellationToken) is { Count: > 0 } page)
            {
                foreach (var blob in page)
                {
                    yield return blob;
                }

                after = page[^1].Name.Content;
            }
        }
    }

    /// <summary>The hashes of the blobs outside the area of commands, which events name in their own ways.</summary>
    internal static async Task<IReadOnlySet<Digest>> BesideCommandsAsync(IBlobStore? store, CancellationToken cancellationToken)
    {
        var stored = new HashSet<Digest>();
        if (store is not null)
        {
            await foreach (var blob in store.AllAsync("", cancellationToken))
            {
                if (blob.Name.Area != BlobAreas.Commands)
                {
                    stored.Add(blob.Name.Content);
                }
            }
        }

        return stored;
    }
}
