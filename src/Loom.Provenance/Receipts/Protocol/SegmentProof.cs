using System.Buffers.Binary;

namespace Loom.Provenance.Receipts;

/// <summary>A segment's parts of a proof, as slices of the receipt.</summary>
internal readonly ref struct SegmentProof
{
    public readonly SegmentShape Shape;
    public readonly ReadOnlySpan<byte> MainCap, Binding, AuxCap, Sums, QuotientCap, Opened, LayerCaps, FinalPolynomial, Nonce, Queries;

    public SegmentProof(SegmentShape shape, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        Shape = shape;
        MainCap = first[..shape.Main.CapBytes];
        Binding = first[shape.Main.CapBytes..];
        var parts = new SpanCursor<byte>(second);
        AuxCap = parts.Take(shape.Aux.CapBytes);
        Sums = parts.Take(F3.Bytes * shape.Tables.Count);
        QuotientCap = parts.Take(shape.Quotient.CapBytes);
        Opened = parts.Take(F3.Bytes * shape.OpenedValues);
        LayerCaps = parts.Take(shape.Layers.Sum(l => l.CapBytes));
        FinalPolynomial = parts.Take(F3.Bytes * shape.FinalCoefficients);
        Nonce = parts.Take(8);
        Queries = parts.Rest;
    }

    /// <summary>Whether every field element is below p; else names the part that has one which is not.</summary>
    public bool IsCanonical(out string where)
    {
        where = !AllElements(Binding) ? "the values at zeta0"
            : !AllElements(Sums) ? "the sums of the tables"
            : !AllElements(Opened) ? "the values at zeta"
            : !AllElements(FinalPolynomial) ? "the final polynomial"
            : string.Empty;
        for (var q = 0; q < Shape.Set.Queries && where.Length == 0; q++)
        {
            var query = new SpanCursor<byte>(Queries.Slice(q * Shape.QueryBytes, Shape.QueryBytes));
            foreach (var tree in Shape.Trees)
            {
                if (!AllElements(query.Take(tree.OpeningBytes)[..(8 * tree.RowElements)]))
                {
                    where = $"query {q}, tree {tree.Name}";
                    break;
                }
            }
        }

        return where.Length == 0;
    }

    private static bool AllElements(ReadOnlySpan<byte> bytes)
    {
        for (; bytes.Length >= 8; bytes = bytes[8..])
        {
            if (BinaryPrimitives.ReadUInt64LittleEndian(bytes) >= Goldilocks.Modulus)
            {
                return false;
            }
        }

        return true;
    }
}
