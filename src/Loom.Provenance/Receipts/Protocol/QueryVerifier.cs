namespace Loom.Provenance.Receipts;

/// <summary>A segment's queries (section 4.7, step 8c). Nothing is allocated from one query to the next.</summary>
internal readonly ref struct QueryVerifier
{
    private readonly int _segment;
    private readonly SegmentProof _proof;
    private readonly DeepQuotient _deep;
    private readonly F3[] _phis;
    private readonly SharedParts _shared;
    private readonly MerkleHasher _hasher;

    public QueryVerifier(int segment, SegmentProof proof, DeepQuotient deep, F3[] phis, SharedParts shared, MerkleHasher hasher)
    {
        _segment = segment;
        _proof = proof;
        _deep = deep;
        _phis = phis;
        _shared = shared;
        _hasher = hasher;
    }

    /// <summary>Checks all queries, at positions taken from one stream of words.</summary>
    public ReceiptError? Verify(Transcript.Words words)
    {
        var shape = _proof.Shape;
        for (var query = 0; query < shape.Set.Queries; query++)
        {
            var position = (uint)words.Next() & (uint)((1UL << shape.LogDomain) - 1);
            if (Check(query, position, _proof.Queries.Slice(query * shape.QueryBytes, shape.QueryBytes)) is { } error)
            {
                return error;
            }
        }

        return null;
    }

    private ReceiptError? Check(int query, uint position, ReadOnlySpan<byte> bytes)
    {
        var shape = _proof.Shape;
        var left = new SpanCursor<byte>(bytes);
        var rom = shape.Rom is { } romTree ? left.Take(romTree.OpeningBytes) : default;
        var lut = shape.Lut is { } lutTree ? left.Take(lutTree.OpeningBytes) : default;
        var main = left.Take(shape.Main.OpeningBytes);
        var aux = left.Take(shape.Aux.OpeningBytes);
        var quotient = left.Take(shape.Quotient.OpeningBytes);
        var wrong = shape.Rom is not null && Differs(rom, shape.Rom, position, _shared.RomCap) ? shape.Rom
            : shape.Lut is not null && Differs(lut, shape.Lut, position, _shared.LutCap) ? shape.Lut
            : Differs(main, shape.Main, position, _proof.MainCap) ? shape.Main
            : Differs(aux, shape.Aux, position, _proof.AuxCap) ? shape.Aux
            : Differs(quotient, shape.Quotient, position, _proof.QuotientCap) ? shape.Quotient
            : null;
        if (wrong is not null)
        {
            return Path(query, wrong);
        }

        var x = Domains.Point(shape.LogDomain, position);
        var value = _deep.At(x, Rows(rom, shape.Rom), Rows(lut, shape.Lut), Rows(main, shape.Main), Rows(aux, shape.Aux), Rows(quotient, shape.Quotient));
        return Folds(query, position, left.Rest, x, value);
    }

    private ReceiptError? Folds(int query, uint position, ReadOnlySpan<byte> bytes, Goldilocks x, F3 value)
    {
        var shape = _proof.Shape;
        var left = new SpanCursor<byte>(bytes);
        var caps = new SpanCursor<byte>(_proof.LayerCaps);
        var inverse = x.Inverse();
        for (var i = 0; i < shape.Layers.Count; i++)
        {
            var layer = shape.Layers[i];
            var opening = left.Take(layer.OpeningBytes);
            if (Differs(opening, layer, position, caps.Take(layer.CapBytes)))
            {
                return Path(query, layer);
            }

            var leaf = Rows(opening, layer);
            var entry = (int)(position >> (3 * i)) & 7;
            if (F3.Read(leaf[(F3.Bytes * entry)..]) != value)
            {
                return i == 0
                    ? new(ReceiptCheck.DeepQuotient, $"segment {_segment}, query {query}", "the combination of the opened rows", "another value in FRI layer 0")
                    : new(ReceiptCheck.FriFold, $"segment {_segment}, query {query}, {layer.Name}", "the fold of the layer before", "another value");
            }

            value = Fri.Fold(leaf, entry, inverse, _phis[i]);
            (x, inverse) = (x.Squared(3), inverse.Squared(3));
        }

        return Fri.Evaluate(_proof.FinalPolynomial, x) == value
            ? null
            : new(ReceiptCheck.FinalPolynomial, $"segment {_segment}, query {query}", "the last fold to be the polynomial's value", "another value");
    }

    private static ReadOnlySpan<byte> Rows(ReadOnlySpan<byte> opening, TreeShape? tree) => tree is null ? default : opening[..(8 * tree.RowElements)];

    // Hashes a tree's rows, class by class, and follows the path to the cap.
    private bool Differs(ReadOnlySpan<byte> opening, TreeShape tree, uint position, ReadOnlySpan<byte> cap)
    {
        Span<byte> digest = stackalloc byte[MerkleHasher.DigestBytes];
        var rows = new SpanCursor<byte>(opening);
        for (var i = 0; i < tree.Classes.Length; i++)
        {
            _hasher.HashClass(rows.Take(8 * tree.Classes[i]), digest, i == 0);
        }

        return !_hasher.Leads(digest, rows.Take(tree.PathBytes), position >> (_proof.Shape.LogDomain - tree.LogLeaves), cap);
    }

    private ReceiptError? Path(int query, TreeShape tree) =>
        new(ReceiptCheck.MerklePath, $"segment {_segment}, query {query}, tree {tree.Name}", "rows that are in the commitment", "others");
}
