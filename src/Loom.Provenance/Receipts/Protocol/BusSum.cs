using System.Buffers.Binary;

namespace Loom.Provenance.Receipts;

/// <summary>The verifier's own terms of the buses (section 4.7, step 9): start and end of the run, of the memory keys, and both tapes.</summary>
internal ref struct BusSum(Fingerprints fingerprints)
{
    private const int Batch = 256;
    private readonly F3[] _denominators = new F3[Batch], _scratch = new F3[Batch];
    private int _count;
    private bool _negative;

    /// <summary>The sum of all terms that were added, once <see cref="Flush"/> was called.</summary>
    public F3 Total { get; private set; }

    /// <summary>A denominator was zero: the sum does not exist.</summary>
    public bool Degenerate { get; private set; }

    /// <summary>Adds the terms of a run.</summary>
    public void Add(uint initialPages, Statement statement, ReadOnlySpan<byte> input, ReadOnlySpan<byte> output)
    {
        Send(fingerprints.OfIntegers(Bus.Exec, 0, 0, 4, initialPages));
        Send(fingerprints.OfIntegers(Bus.Order, 0));
        Tape(Bus.PublicInput, (uint)statement.InputLength, 0, input);
        Flush();
        _negative = true;
        Send(fingerprints.OfIntegers(Bus.Halt, 4 * statement.Cycles));
        Send(fingerprints.OfIntegers(Bus.Order, BoundaryTables.EndKey));
        Tape(Bus.PublicOutput, (uint)statement.OutputLength, statement.ExitCode, output);
        Flush();
    }

    // Section 1.4: a header word, then 8 bytes a word, padded with zeros.
    private void Tape(Bus bus, uint headerLow, uint headerHigh, ReadOnlySpan<byte> bytes)
    {
        Send(fingerprints.OfIntegers(bus, 0, headerLow, headerHigh));
        Span<byte> padded = stackalloc byte[8];
        for (ulong index = 1; !bytes.IsEmpty; index++)
        {
            var word = bytes.Length >= 8 ? bytes[..8] : padded;
            if (bytes.Length < 8)
            {
                bytes.CopyTo(padded);
            }

            Send(fingerprints.OfIntegers(bus, index, BinaryPrimitives.ReadUInt32LittleEndian(word), BinaryPrimitives.ReadUInt32LittleEndian(word[4..])));
            bytes = bytes[Math.Min(8, bytes.Length)..];
        }
    }

    private void Send(F3 denominator)
    {
        if (denominator.IsZero)
        {
            Degenerate = true;
            return;
        }

        _denominators[_count++] = denominator;
        if (_count == Batch)
        {
            Flush();
        }
    }

    private void Flush()
    {
        F3.Invert(_denominators.AsSpan(0, _count), _scratch);
        foreach (var inverse in _denominators.AsSpan(0, _count))
        {
            Total = _negative ? Total - inverse : Total + inverse;
        }

        _count = 0;
    }
}
