using System.Buffers.Binary;
using Loom.Core;

namespace Loom.Provenance.Receipts;

/// <summary>What a receipt proves of a run (section 1.2, there called the claim): 128 bytes.</summary>
public sealed record Statement
{
    /// <summary>Bytes of a statement.</summary>
    public const int Size = 128;

    /// <summary>Cycles are below this, 2^30.</summary>
    public const ulong CycleLimit = 1UL << 30;

    /// <summary>The program that ran.</summary>
    public required Digest ImageId { get; init; }

    /// <summary>SHA-256 of the input.</summary>
    public required Digest InputDigest { get; init; }

    /// <summary>SHA-256 of the output.</summary>
    public required Digest OutputDigest { get; init; }

    /// <summary>Bytes of the input, below 2^32.</summary>
    public required ulong InputLength { get; init; }

    /// <summary>Bytes of the output, below 2^32.</summary>
    public required ulong OutputLength { get; init; }

    /// <summary>How the run ended; 0 when it returned normally (section 1.1).</summary>
    public required uint ExitCode { get; init; }

    /// <summary>Instructions, HALT included.</summary>
    public required ulong Cycles { get; init; }

    /// <summary>The reserved word; a statement that can be proven has 0.</summary>
    public uint Reserved { get; init; }

    /// <summary>The statement of a run.</summary>
    public static Statement Of(Digest imageId, ReadOnlySpan<byte> input, ReadOnlySpan<byte> output, uint exitCode, ulong cycles) => new()
    {
        ImageId = imageId,
        InputDigest = Digest.Of(input),
        OutputDigest = Digest.Of(output),
        InputLength = (ulong)input.Length,
        OutputLength = (ulong)output.Length,
        ExitCode = exitCode,
        Cycles = cycles,
    };

    /// <summary>Reads 128 bytes; every value of every field is kept as it is.</summary>
    /// <exception cref="ArgumentException">There are more or fewer bytes.</exception>
    public static Statement Read(ReadOnlySpan<byte> bytes) => bytes.Length != Size
        ? throw new ArgumentException($"A statement is {Size} bytes, not {bytes.Length}.", nameof(bytes))
        : new Statement
        {
            ImageId = new Digest(bytes[..32]),
            InputDigest = new Digest(bytes[32..64]),
            OutputDigest = new Digest(bytes[64..96]),
            InputLength = BinaryPrimitives.ReadUInt64LittleEndian(bytes[96..]),
            OutputLength = BinaryPrimitives.ReadUInt64LittleEndian(bytes[104..]),
            ExitCode = BinaryPrimitives.ReadUInt32LittleEndian(bytes[112..]),
            Reserved = BinaryPrimitives.ReadUInt32LittleEndian(bytes[116..]),
            Cycles = BinaryPrimitives.ReadUInt64LittleEndian(bytes[120..]),
        };

    /// <summary>Writes the 128 bytes.</summary>
    public void CopyTo(Span<byte> destination)
    {
        ImageId.CopyTo(destination);
        InputDigest.CopyTo(destination[32..]);
        OutputDigest.CopyTo(destination[64..]);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[96..], InputLength);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[104..], OutputLength);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[112..], ExitCode);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[116..], Reserved);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[120..], Cycles);
    }

    /// <summary>The 128 bytes in a new array.</summary>
    public byte[] ToArray()
    {
        var bytes = new byte[Size];
        CopyTo(bytes);
        return bytes;
    }

    internal ReceiptError? Bounds()
    {
        const ReceiptCheck check = ReceiptCheck.StatementBounds;
        return Reserved != 0 ? new(check, "statement, reserved word", "0", $"{Reserved}")
            : InputLength > uint.MaxValue ? new(check, "statement, input length", "below 2^32", $"{InputLength}")
            : OutputLength > uint.MaxValue ? new(check, "statement, output length", "below 2^32", $"{OutputLength}")
            : Cycles is 0 or >= CycleLimit ? new(check, "statement, cycles", "1 to 2^30 - 1", $"{Cycles}")
            : null;
    }
}
