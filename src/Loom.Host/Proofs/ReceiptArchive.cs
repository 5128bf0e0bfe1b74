using System.Runtime.CompilerServices;
using Loom.Core;
using Loom.Hosting.Configuration;
using Loom.Hosting.Problems;
using Loom.Journal;
using Loom.Journal.Blobs;
using Loom.Journal.Log;
using Loom.Provenance;
using Loom.Proving;

namespace Loom.Hosting.Proofs;

/// <summary>What auditors get of proofs: receipts and images from the journal, whether this host proves anything now or not.</summary>
internal sealed class ReceiptArchive(IJournal journal, LoomStreams streams, IBlobStore blobs, LiveSettings settings)
{
    /// <summary>
    /// The receipts of a stream's transitions that lie within the tree size, by the transition's revision. They are put into
    /// <paramref name="spool"/>, and read from there; their images are added to <paramref name="images"/>.
    /// </summary>
    /// <exception cref="RefusedException">There are more than a bundle holds.</exception>
    public async Task<IReadOnlyDictionary<long, ReadOnlyMemory<byte>>> ReceiptsOfAsync(
        StreamName stream, Func<StreamName, long, bool> isIn, Dictionary<Digest, ReadOnlyMemory<byte>> images, ReceiptSpool spool, CancellationToken cancellationToken) =>
        await journal.LastRevisionAsync(LoomStreams.Receipts(stream), cancellationToken) < 0
            ? new Dictionary<long, ReadOnlyMemory<byte>>()
            : await ReadAsync(stream, isIn, images, spool, cancellationToken);

    /// <summary>Every image id that was registered for a module, with the parameter sets that this host accepts.</summary>
    public async Task<IReadOnlyList<TrustedImage>> TrustedAsync(CancellationToken cancellationToken)
    {
        using var registry = new ImageRegistry(journal, streams, blobs);
        await registry.CatchUpAsync(cancellationToken);
        var sets = settings.Now.List("proving.sets");
        return [.. registry.All.Select(i => (i.Module, i.ImageId)).Distinct().Select(i => new TrustedImage(i.Module, i.ImageId, sets))];
    }

    /// <summary>The receipt that was attached at a revision of the stream's receipts, with its frames; null when its bytes cannot be had.</summary>
    public async Task<ReadOnlyMemory<byte>?> ReadAsync(StreamName stream, long revision, CancellationToken cancellationToken) =>
        await ActAsync(stream, revision, cancellationToken) is { } act ? await ReceiptAsync(act, cancellationToken) : null;

    /// <summary>What was attached at a revision of the stream's receipts; null when there is nothing.</summary>
    public async Task<ReceiptAct?> ActAsync(StreamName stream, long revision, CancellationToken cancellationToken)
    {
        await foreach (var e in journal.ReadStreamAsync(LoomStreams.Receipts(stream), Direction.Forwards, revision, 1, cancellationToken))
        {
            return ReceiptAct.Read(e.Data);
        }

        return null;
    }

    /// <summary>The image of a receipt; null when its bytes cannot be had.</summary>
    public Task<ReadOnlyMemory<byte>?> ImageAsync(ReceiptAct act, CancellationToken cancellationToken) => BlobAsync(new BlobName(BlobAreas.Images, act.Image), cancellationToken);

    /// <summary>The acts that attached receipts to a stream's transitions, from a revision of the stream of receipts on.</summary>
    public async Task<IReadOnlyList<(long Revision, ReceiptAct Act, DateTimeOffset At)>> ActsAsync(StreamName stream, long from, int count, CancellationToken cancellationToken)
    {
        var acts = new List<(long, ReceiptAct, DateTimeOffset)>();
        await foreach (var e in journal.ReadStreamAsync(LoomStreams.Receipts(stream), Direction.Forwards, from, count, cancellationToken))
        {
            acts.Add((e.Revision, ReceiptAct.Read(e.Data), e.Created));
        }

        return acts;
    }

    /// <summary>The receipt of the transition that begins at a revision, with input, output and image; null when it has none. Empty: its bytes cannot be had.</summary>
    public async Task<ReadOnlyMemory<byte>?> WholeAsync(StreamName stream, long revision, CancellationToken cancellationToken)
    {
        await foreach (var e in journal.ReadStreamAsync(LoomStreams.Receipts(stream), Direction.Forwards, 0, long.MaxValue, cancellationToken))
        {
            var act = ReceiptAct.Read(e.Data);
            if (act.Revision == revision)
            {
                return await ReceiptAsync(act, cancellationToken) is { } receipt && await ImageAsync(act, cancellationToken) is { } image
                    ? ReceiptBlobs.WithImage(receipt, image)
                    : ReadOnlyMemory<byte>.Empty;
            }
        }

        return null;
    }

    /// <summary>The bytes of a receipt without attachments; null when they cannot be had.</summary>
    public Task<ReadOnlyMemory<byte>?> SealAsync(ReceiptAct act, CancellationToken cancellationToken) => BlobAsync(new BlobName(BlobAreas.Receipts, act.Seal), cancellationToken);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private async Task<IReadOnlyDictionary<long, ReadOnlyMemory<byte>>> ReadAsync(
        StreamName stream, Func<StreamName, long, bool> isIn, Dictionary<Digest, ReadOnlyMemory<byte>> images, ReceiptSpool spool, CancellationToken cancellationToken)
    {
        var places = new Dictionary<long, ReceiptSpool.Place>();
        await foreach (var e in journal.ReadStreamAsync(LoomStreams.Receipts(stream), Direction.Forwards, 0, long.MaxValue, cancellationToken))
        {
            var act = ReceiptAct.Read(e.Data);
            if (!isIn(e.Stream, e.Revision) || !isIn(stream, act.Revision) || await ReceiptAsync(act, cancellationToken) is not { } receipt)
            {
                continue;
            }

            if (!images.ContainsKey(act.ImageId) && await BlobAsync(new BlobName(BlobAreas.Images, act.Image), cancellationToken) is { } image)
            {
                images[act.ImageId] = image;
            }

            places[act.Revision] = spool.Add(receipt);
        }

        return spool.View(places);
    }

    /// <summary>A receipt with its frames; null when a blob cannot be had: that keeps no history from being exported, the verdict says what is not proven.</summary>
    public async Task<ReadOnlyMemory<byte>?> ReceiptAsync(ReceiptAct act, CancellationToken cancellationToken)
    {
        try
        {
            return await ReceiptBlobs.ReadAsync(act, blobs, cancellationToken);
        }
        catch (BlobException)
        {
            return null;
        }
    }

    private async Task<ReadOnlyMemory<byte>?> BlobAsync(BlobName name, CancellationToken cancellationToken)
    {
        try
        {
            return await blobs.GetAsync(name, cancellationToken);
        }
        catch (BlobException)
        {
            return null;
        }
    }
}
