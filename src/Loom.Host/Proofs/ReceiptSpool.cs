using System.Collections;
using System.Diagnostics.CodeAnalysis;
using Loom.Hosting.Problems;
using Loom.Provenance;

namespace Loom.Hosting.Proofs;

/// <summary>
/// The receipts of an export, in a temporary file: a bundle holds hundreds of MB of them, and of those one at a time is in memory. Disposing
/// it deletes the file.
/// </summary>
internal sealed class ReceiptSpool(string folder) : IDisposable
{
    // The rest of what a reader takes by default is for streams, commands and modules.
    private static readonly long MaxBytes = BundleLimits.Default.MaxBytes / 8 * 7;
    private FileStream? _file;

    /// <summary>Receipts so far.</summary>
    public int Count { get; private set; }

    /// <summary>Puts a receipt away.</summary>
    /// <exception cref="RefusedException">There are more bytes than a bundle's readers take.</exception>
    public Place Add(ReadOnlyMemory<byte> receipt)
    {
        if (_file is null)
        {
            Directory.CreateDirectory(folder);
            _file = new FileStream(
                Path.Combine(folder, Guid.CreateVersion7().ToString("N")), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 64 * 1024, FileOptions.DeleteOnClose);
        }

        var place = new Place(_file.Length, receipt.Length);
        if (place.Start + place.Length > MaxBytes || Count == BundleLimits.MaxReceipts)
        {
            throw new RefusedException(new Refusal(
                409, "too-large",
                $"There are more than {BundleLimits.MaxReceipts} receipts, or more than {MaxBytes} bytes of them: more than readers of bundles take. Export fewer actors at once, an earlier size of the log, or hide something: such bundles carry no receipts."));
        }

        _file.Position = place.Start;
        _file.Write(receipt.Span);
        _file.Flush();
        Count++;
        return place;
    }

    /// <summary>The receipts of one stream, by revision, each read when it is asked for.</summary>
    public IReadOnlyDictionary<long, ReadOnlyMemory<byte>> View(IReadOnlyDictionary<long, Place> places) => new Receipts(this, places);

    public void Dispose() => _file?.Dispose();

    private ReadOnlyMemory<byte> Read(Place place)
    {
        var bytes = new byte[place.Length];
        for (var at = 0; at < bytes.Length;)
        {
            var read = RandomAccess.Read(_file!.SafeFileHandle, bytes.AsSpan(at), place.Start + at);
            at += read > 0 ? read : throw new EndOfStreamException("The temporary file of an export was cut short.");
        }

        return bytes;
    }

    /// <summary>Where a receipt lies.</summary>
    internal readonly record struct Place(long Start, int Length);

    private sealed class Receipts(ReceiptSpool spool, IReadOnlyDictionary<long, Place> places) : IReadOnlyDictionary<long, ReadOnlyMemory<byte>>
    {
        public IEnumerable<long> Keys => places.Keys;

        public IEnumerable<ReadOnlyMemory<byte>> Values => places.Values.Select(spool.Read);

        public int Count => places.Count;

        public ReadOnlyMemory<byte> this[long revision] => spool.Read(places[revision]);

        public bool ContainsKey(long revision) => places.ContainsKey(revision);

        public bool TryGetValue(long revision, [MaybeNullWhen(false)] out ReadOnlyMemory<byte> receipt)
        {
            var found = places.TryGetValue(revision, out var place);
            receipt = found ? spool.Read(place) : default;
            return found;
        }

        public IEnumerator<KeyValuePair<long, ReadOnlyMemory<byte>>> GetEnumerator() => places.Select(p => KeyValuePair.Create(p.Key, spool.Read(p.Value))).GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
