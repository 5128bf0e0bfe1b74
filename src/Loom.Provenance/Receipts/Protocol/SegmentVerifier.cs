using System.Buffers.Binary;

namespace Loom.Provenance.Receipts;

/// <summary>What all segments share: the commitments to the program and the lookup table, and the buses' challenges.</summary>
internal readonly ref struct SharedParts
{
    public required ReadOnlySpan<byte> RomCap { get; init; }

    public required ReadOnlySpan<byte> LutCap { get; init; }

    public required Fingerprints Fingerprints { get; init; }
}

/// <summary>One segment's proof (section 4.7, step 8).</summary>
internal static class SegmentVerifier
{
    /// <summary>Draws a point until it lies outside the trace domain and the evaluation domain (sections 4.4, 4.5).</summary>
    public static F3 PointOutside(Transcript transcript, SegmentShape shape)
    {
        while (true)
        {
            var point = transcript.Challenge();
            var onTrace = point.Squared(shape.LogHeight);
            if (onTrace != F3.One && onTrace.Squared(shape.Set.LogBlowup) != F3.Of(Domains.C))
            {
                return point;
            }
        }
    }

    /// <summary>Checks a segment; <paramref name="transcript"/> holds the state after step 4.</summary>
    public static ReceiptError? Verify(int segment, in SegmentProof proof, Transcript transcript, F3 zeta0, in SharedParts shared)
    {
        var shape = proof.Shape;
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(number, segment);
        transcript.Absorb(0x40, number);
        transcript.Absorb(5, proof.AuxCap, proof.Sums);
        var lambda = transcript.Challenge();
        transcript.Absorb(6, proof.QuotientCap);
        var zeta = PointOutside(transcript, shape);
        var opened = new F3[shape.OpenedValues];
        for (var i = 0; i < opened.Length; i++)
        {
            opened[i] = F3.Read(proof.Opened[(F3.Bytes * i)..]);
        }

        if (!IsIdentity(proof, opened, zeta, new Composition(shared.Fingerprints, lambda)))
        {
            return new(ReceiptCheck.ConstraintIdentity, $"segment {segment}", "constraints that vanish on the trace", "a quotient of something else");
        }

        transcript.Absorb(7, proof.Opened);
        var deep = new DeepQuotient(proof, opened, zeta, zeta0, transcript.Challenge());
        var phis = new F3[shape.Layers.Count];
        for (int i = 0, at = 0; i < phis.Length; at += shape.Layers[i].CapBytes, i++)
        {
            transcript.Absorb(0x80 + (uint)i, proof.LayerCaps.Slice(at, shape.Layers[i].CapBytes));
            phis[i] = transcript.Challenge();
        }

        transcript.Absorb(9, proof.FinalPolynomial);
        if (!transcript.Grinds(proof.Nonce, shape.Set.GrindingBits))
        {
            return new(ReceiptCheck.Grinding, $"segment {segment}, nonce", $"{shape.Set.GrindingBits} leading zero bits", "fewer");
        }

        transcript.Absorb(10, proof.Nonce);
        using var hasher = new MerkleHasher(shape.LongestRowBytes);
        return new QueryVerifier(segment, proof, deep, phis, shared, hasher).Verify(transcript.Squeeze());
    }

    // Num(zeta) = (zeta^N - 1)(Q0(zeta) + zeta^N Q1(zeta)).
    private static bool IsIdentity(in SegmentProof proof, ReadOnlySpan<F3> opened, F3 zeta, Composition composition)
    {
        var shape = proof.Shape;
        var onTrace = zeta.Squared(shape.LogHeight); // zeta^N = y^n for every table
        var vanishing = onTrace - F3.One;
        var groups = new SpanCursor<F3>(opened);
        var preprocessed = new SpanCursor<F3>(groups.Take(shape.PreprocessedColumns));
        var main = new SpanCursor<F3>(groups.Take(shape.MainColumns));
        var aux = new SpanCursor<F3>(groups.Take(shape.AuxColumns));
        var next = new SpanCursor<F3>(groups.Take(3 * shape.Tables.Count));
        var quotient = groups.Rest;
        for (var i = 0; i < shape.Tables.Count; i++)
        {
            var table = shape.Tables[i];
            var y = zeta.Squared(shape.LogHeight - table.LogHeight);
            var scaled = vanishing * new Goldilocks(1UL << table.LogHeight).Inverse();
            var lastPoint = Domains.Root(table.LogHeight).Inverse();
            var first = scaled * (y - F3.One).Inverse();
            var last = scaled * lastPoint * (y - F3.Of(lastPoint)).Inverse();
            composition.Add(
                new OpenedTable
                {
                    Shape = table.Shape,
                    LogHeight = table.LogHeight,
                    Main = main.Take(table.Shape.MainColumns),
                    Preprocessed = preprocessed.Take(table.Shape.PreprocessedColumns),
                    Aux = aux.Take(table.Shape.AuxBaseColumns),
                    NextAccumulator = next.Take(3),
                    Sum = F3.Read(proof.Sums[(F3.Bytes * i)..]),
                },
                first,
                last);
        }

        return composition.Numerator == vanishing * (Composition.Extension(quotient) + (onTrace * Composition.Extension(quotient[3..])));
    }
}
