using System.Buffers.Binary;

namespace Loom.Provenance.Receipts;

/// <summary>
/// Where everything lies in a proof (section 1.5). There are no length fields in a proof: all follows from the parameter set and the table
/// heights, and is computed before anything is read.
/// </summary>
internal sealed class ProofLayout
{
    /// <summary>param_id and n_segments.</summary>
    public const int PrefixBytes = 4;

    private readonly long[] _first, _second;

    private ProofLayout(SegmentShape[] segments)
    {
        Segments = segments;
        (_first, _second) = (new long[segments.Length], new long[segments.Length]);
        Length = PrefixBytes + ((long)Tables.HeightBytes * segments.Length);
        checked
        {
            for (var t = 0; t < segments.Length; t++)
            {
                _first[t] = Length;
                Length += segments[t].FirstPartBytes;
            }

            for (var t = 0; t < segments.Length; t++)
            {
                _second[t] = Length;
                Length += segments[t].SecondPartBytes;
            }
        }
    }

    public IReadOnlyList<SegmentShape> Segments { get; }

    /// <summary>The exact length of the proof.</summary>
    public long Length { get; }

    /// <summary>Reads the heights of all segments and checks them (step 4); the bytes of all heights are there.</summary>
    public static ProofLayout? Of(ReadOnlySpan<byte> heights, ParameterSet set, int romLogHeight, out ReceiptError? error)
    {
        var segments = new SegmentShape[heights.Length / Tables.HeightBytes];
        var seen = new bool[Tables.All.Length];
        for (var t = 0; t < segments.Length; t++)
        {
            var tables = new List<PresentTable>(Tables.All.Length);
            error = Read(heights.Slice(t * Tables.HeightBytes, Tables.HeightBytes), $"segment {t}", set, romLogHeight, tables);
            if (error is not null)
            {
                return null;
            }

            foreach (var table in tables)
            {
                seen[(int)table.Shape.Id] = true;
            }

            segments[t] = new SegmentShape(tables, set);
        }

        error = !seen[(int)TableId.InTab] ? new(ReceiptCheck.TableMissing, "proof, table INTAB", "in some segment", "in none")
            : !seen[(int)TableId.MemB] ? new(ReceiptCheck.TableMissing, "proof, table MEMB", "in some segment", "in none")
            : null;
        return error is null ? new ProofLayout(segments) : null;
    }

    /// <summary>The layout of given tables; for sizes that are known before there is a proof.</summary>
    public static ProofLayout Of(params SegmentShape[] segments) => new(segments);

    /// <summary>The parts of a segment; the proof has the exact length.</summary>
    public SegmentProof Cut(ReadOnlySpan<byte> proof, int segment) => new(
        Segments[segment],
        proof.Slice((int)_first[segment], (int)Segments[segment].FirstPartBytes),
        proof.Slice((int)_second[segment], (int)Segments[segment].SecondPartBytes));

    private static ReceiptError? Read(ReadOnlySpan<byte> heights, string place, ParameterSet set, int romLogHeight, List<PresentTable> tables)
    {
        const byte absent = 0xFF;
        var largest = -1;
        for (var id = 0; id < heights.Length; id++)
        {
            if (heights[id] == absent)
            {
                continue;
            }

            if (id >= Tables.All.Length)
            {
                return new(ReceiptCheck.TableUnknown, $"{place}, table {id}", "absent", $"height 2^{heights[id]}");
            }

            int height = heights[id];
            var shape = Tables.All[id];
            if (height > Tables.MaxLogHeight)
            {
                return new(ReceiptCheck.TableHeight, $"{place}, table {shape.Name}", $"a height of at most 2^{Tables.MaxLogHeight}", $"2^{height}");
            }

            var needed = shape.Id == TableId.Rom ? romLogHeight : shape.Id == TableId.Lut ? Tables.LutLogHeight : height;
            if (height != needed)
            {
                return new(ReceiptCheck.TableHeightFixed, $"{place}, table {shape.Name}", $"the height 2^{needed}, or none", $"2^{height}");
            }

            largest = Math.Max(largest, height);
            tables.Add(new PresentTable(shape, height));
        }

        return largest < 8 ? new(ReceiptCheck.SegmentHeight, place, "a table of at least 2^8 rows", largest < 0 ? "no table" : $"at most 2^{largest}")
            : largest + set.LogBlowup > Domains.TwoAdicity ? new(ReceiptCheck.DomainSize, place, $"a domain of at most 2^{Domains.TwoAdicity}", $"2^{largest + set.LogBlowup}")
            : null;
    }
}
