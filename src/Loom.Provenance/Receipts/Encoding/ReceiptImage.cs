using System.Buffers.Binary;
using System.Security.Cryptography;
using Loom.Core;

namespace Loom.Provenance.Receipts;

/// <summary>A program as a verifier knows it (section 1.3): versions, memory, and the commitment to its instructions under each parameter set.</summary>
public sealed class ReceiptImage
{
    private const int HeaderBytes = 52;
    private readonly ReadOnlyMemory<byte>[] _caps = new ReadOnlyMemory<byte>[5];

    private ReceiptImage()
    {
    }

    /// <summary>Version of the instruction set.</summary>
    public ushort IsaVersion { get; private init; }

    /// <summary>Version of the translator that made the program.</summary>
    public ushort TranslatorVersion { get; private init; }

    /// <summary>Pages of 64 KiB at the start.</summary>
    public uint InitialPages { get; private init; }

    /// <summary>Pages that the program can grow to.</summary>
    public uint MaxPages { get; private init; }

    /// <summary>Instructions.</summary>
    public uint Instructions { get; private init; }

    /// <summary>Logarithm of the program table's height.</summary>
    public int RomLogHeight { get; private init; }

    /// <summary>SHA-256 of the module. Evidence only when the image id is pinned: a verifier cannot recompute it.</summary>
    public Digest Module { get; private init; }

    /// <summary>The parameter sets that the image was made for.</summary>
    public IReadOnlyList<ParameterSet> Sets { get; private set; } = [];

    /// <summary>The image id of an image's bytes.</summary>
    public static Digest IdOf(ReadOnlySpan<byte> image)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData("loom/image/v1"u8);
        hash.AppendData(image);
        Span<byte> id = stackalloc byte[Digest.Size];
        hash.GetHashAndReset(id);
        return new Digest(id);
    }

    /// <summary>Reads an image; says what is wrong with bytes that are none.</summary>
    /// <param name="bytes">Have to stay as they are while the image is used.</param>
    /// <param name="error">Why the result is null.</param>
    public static ReceiptImage? Parse(ReadOnlyMemory<byte> bytes, out ReceiptError? error)
    {
        var span = bytes.Span;
        if (span.Length < HeaderBytes)
        {
            error = Wrong("length", $"at least {HeaderBytes} bytes", $"{span.Length}");
            return null;
        }

        var image = new ReceiptImage
        {
            IsaVersion = BinaryPrimitives.ReadUInt16LittleEndian(span),
            TranslatorVersion = BinaryPrimitives.ReadUInt16LittleEndian(span[2..]),
            InitialPages = BinaryPrimitives.ReadUInt32LittleEndian(span[4..]),
            MaxPages = BinaryPrimitives.ReadUInt32LittleEndian(span[8..]),
            Instructions = BinaryPrimitives.ReadUInt32LittleEndian(span[12..]),
            RomLogHeight = span[16],
            Module = new Digest(span[20..52]),
        };
        int sets = span[17];
        var reserved = BinaryPrimitives.ReadUInt16LittleEndian(span[18..]);
        error = image.MaxPages > 65536 ? Wrong("max_pages", "at most 65536", $"{image.MaxPages}")
            : image.InitialPages > image.MaxPages ? Wrong("init_pages", $"at most max_pages, {image.MaxPages}", $"{image.InitialPages}")
            : image.RomLogHeight > Tables.MaxLogHeight ? Wrong("rom_log_height", $"at most {Tables.MaxLogHeight}", $"{image.RomLogHeight}")
            : image.Instructions == 0 || image.Instructions > 1U << image.RomLogHeight ? Wrong("n_instr", $"1 to 2^{image.RomLogHeight}", $"{image.Instructions}")
            : reserved != 0 ? Wrong("reserved field", "0", $"{reserved}")
            : image.ReadCaps(bytes[HeaderBytes..], sets);
        return error is null ? image : null;
    }

    /// <summary>The commitment to the program under a set; empty when the image has none.</summary>
    internal ReadOnlySpan<byte> Cap(ParameterSet set) => _caps[set.Id].Span;

    private ReceiptError? ReadCaps(ReadOnlyMemory<byte> left, int count)
    {
        var sets = new List<ParameterSet>();
        for (var i = 0; i < count; i++)
        {
            var place = $"parameter set {i}";
            if (left.Length < 4)
            {
                return Wrong(place, "4 bytes", $"{left.Length}");
            }

            var id = BinaryPrimitives.ReadUInt16LittleEndian(left.Span);
            var reserved = BinaryPrimitives.ReadUInt16LittleEndian(left.Span[2..]);
            if (ParameterSet.OfId(id) is not { } set)
            {
                return Wrong(place, "a known id, 1 to 4", $"{id}");
            }

            if (reserved != 0)
            {
                return Wrong(place, "0 in the reserved field", $"{reserved}");
            }

            if (sets.Count > 0 && sets[^1].Id >= id)
            {
                return Wrong(place, $"an id above {sets[^1].Id}", $"{id}");
            }

            var cap = MerkleHasher.DigestBytes << Math.Min(MerkleHasher.MaxLogCap, RomLogHeight + set.LogBlowup);
            if (left.Length < 4 + cap)
            {
                return Wrong(place, $"{cap} bytes of commitment", $"{left.Length - 4}");
            }

            _caps[id] = left.Slice(4, cap);
            sets.Add(set);
            left = left[(4 + cap)..];
        }

        Sets = sets;
        return left.IsEmpty ? null : Wrong("end", "no more bytes", $"{left.Length}");
    }

    private static ReceiptError Wrong(string where, string expected, string got) => new(ReceiptCheck.ImageForm, $"image, {where}", expected, got);
}
