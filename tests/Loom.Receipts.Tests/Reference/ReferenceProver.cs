using System.Buffers.Binary;
using Loom.Provenance.Receipts;

namespace Loom.Receipts.Tests;

/// <summary>
/// A prover for tests, one segment, plainly as sections 3.15 and 4.2 to 4.6 describe it and without any care for speed: it proves that the
/// verifier accepts what the specification says, with no other implementation at hand, and can be told to cheat.
/// </summary>
internal sealed class ReferenceProver(ParameterSet set, byte[] image, Statement statement, Goldilocks[][] romColumns)
{
    private readonly int _blowup = set.LogBlowup;

    /// <summary>Changes the published sums before they are absorbed.</summary>
    public Action<F3[]>? TamperSums { get; init; }

    /// <summary>Subtracts S/n on every row instead of S on the last: the accumulator that section 3.15 forbids.</summary>
    public bool AveragedAccumulator { get; init; }

    /// <summary>Leaves zeros where the layers and queries go: enough where the constraints already fail.</summary>
    public bool WithoutQueries { get; init; }

    /// <summary>The same proof finished by cheats that only the queries can find, each with a transcript and a proof of work that fit it.</summary>
    public IReadOnlyDictionary<LateCheat, byte[]> Cheated { get; private set; } = new Dictionary<LateCheat, byte[]>();

    /// <summary>The cheats to finish the proof with besides.</summary>
    public IReadOnlyList<LateCheat> LateCheats { get; init; } = [];

    private sealed class Part
    {
        public required TableShape Shape { get; init; }
        public required int Log { get; init; }
        public required Goldilocks[][] Rows { get; init; }
        public required Goldilocks[][] Preprocessed { get; init; }
        public List<Goldilocks[]> MainPolynomials { get; } = [];
        public List<Goldilocks[]> PreprocessedPolynomials { get; } = [];
        public List<Goldilocks[]> AuxPolynomials { get; } = [];
        public Goldilocks[][] Main { get; set; } = [];
        public Goldilocks[][] Prepared { get; set; } = [];
        public Goldilocks[][] Aux { get; set; } = [];
        public F3 Sum { get; set; }
    }

    /// <summary>The receipt, without attachments.</summary>
    public byte[] Prove(IReadOnlyList<(TableId Id, Goldilocks[][] Rows)> tables)
    {
        var parts = tables.OrderBy(t => t.Id).Select(t => new Part
        {
            Shape = Tables.All[(int)t.Id],
            Rows = t.Rows,
            Log = System.Numerics.BitOperations.Log2((uint)t.Rows.Length),
            Preprocessed = t.Id == TableId.Rom ? romColumns : t.Id == TableId.Lut ? LutColumns.Values : [],
        }).ToList();
        var shape = new SegmentShape([.. parts.Select(p => new PresentTable(p.Shape, p.Log))], set);
        foreach (var part in parts)
        {
            for (var c = 0; c < part.Shape.MainColumns; c++)
            {
                part.MainPolynomials.Add(Ntt.Interpolate([.. part.Rows.Select(r => r[c])]));
            }

            var isLut = part.Shape.Id == TableId.Lut;
            part.PreprocessedPolynomials.AddRange(isLut ? LutColumns.Polynomials : part.Preprocessed.Select(c => Ntt.Interpolate(c)));
            part.Main = Extend(part.MainPolynomials, part.Log);
            part.Prepared = isLut ? LutColumns.On(_blowup).Columns : Extend(part.PreprocessedPolynomials, part.Log);
        }

        List<byte> proof = [.. Words16(set.Id, 1), .. Heights(parts)];
        using var transcript = new Transcript();
        Span<byte> header = [.. Words16(1, 1, 0, 0, set.Id, 1)];
        transcript.Absorb(1, header, ReceiptImage.IdOf(image).ToArray(), statement.ToArray());
        transcript.Absorb(2, Heights(parts));
        transcript.Absorb(3, ReceiptImage.Parse(image, out _)!.Cap(set), set.LutCap);
        var mainTree = new MatrixTree(parts.Select(p => p.Main));
        proof.AddRange(mainTree.Cap);
        transcript.Absorb(4, mainTree.Cap);
        var zeta0 = SegmentVerifier.PointOutside(transcript, shape);
        F3[] binding = [.. parts.SelectMany(p => p.MainPolynomials.Select(f => Ntt.Evaluate(f, Lifted(zeta0, shape, p))))];
        Put(proof, binding);
        transcript.Absorb(0x20, Bytes(binding));
        var fingerprints = new Fingerprints(transcript.Challenge(), transcript.Challenge());

        transcript.Absorb(0x40, [0, 0, 0, 0]);
        foreach (var part in parts)
        {
            AddHelpers(part, fingerprints);
        }

        var auxTree = new MatrixTree(parts.Select(p => p.Aux));
        F3[] sums = [.. parts.Select(p => p.Sum)];
        TamperSums?.Invoke(sums);
        proof.AddRange(auxTree.Cap);
        Put(proof, sums);
        transcript.Absorb(5, auxTree.Cap, Bytes(sums));
        var lambda = transcript.Challenge();

        var quotient = Quotient(parts, shape, fingerprints, sums, lambda);
        var quotientColumns = Extend(quotient, shape.LogHeight);
        var quotientTree = new MatrixTree([quotientColumns]);
        proof.AddRange(quotientTree.Cap);
        transcript.Absorb(6, quotientTree.Cap);
        var zeta = SegmentVerifier.PointOutside(transcript, shape);
        var next = zeta * Domains.Root(shape.LogHeight);

        // The opened values in their order, and the columns and points that they belong to.
        List<(Goldilocks[] Polynomial, Goldilocks[] Column, int Log, F3 Point)> opened =
        [
            .. parts.SelectMany(p => p.PreprocessedPolynomials.Zip(p.Prepared, (f, c) => (f, c, p.Log, zeta))),
            .. parts.SelectMany(p => p.MainPolynomials.Zip(p.Main, (f, c) => (f, c, p.Log, zeta))),
            .. parts.SelectMany(p => p.AuxPolynomials.Zip(p.Aux, (f, c) => (f, c, p.Log, zeta))),
            .. parts.SelectMany(p => p.AuxPolynomials[^3..].Zip(p.Aux[^3..], (f, c) => (f, c, p.Log, next))),
            .. quotient.Zip(quotientColumns, (f, c) => (f, c, shape.LogHeight, zeta)),
        ];
        F3[] values = [.. opened.Select(o => Ntt.Evaluate(o.Polynomial, o.Point.Squared(shape.LogHeight - o.Log)))];
        Put(proof, values);
        transcript.Absorb(7, Bytes(values));
        if (WithoutQueries)
        {
            proof.AddRange(new byte[ProofLayout.Of(shape).Length - proof.Count]);
            return Receipt(proof);
        }

        opened.AddRange(parts.SelectMany(p => p.MainPolynomials.Zip(p.Main, (f, c) => (f, c, p.Log, zeta0))));

        var deep = Deep(opened, [.. values, .. binding], shape, transcript.Challenge());
        var prepared = parts.Where(p => p.Prepared.Length > 0).Select(p => p.Shape.Id == TableId.Lut ? LutColumns.On(_blowup).Tree : new MatrixTree([p.Prepared])).ToList();
        MatrixTree[] committed = [.. prepared, mainTree, auxTree, quotientTree];
        byte[] Finished(LateCheat cheat) => Receipt([.. proof, .. Finish(shape, deep, new Transcript(transcript.State), committed, cheat)]);
        Cheated = LateCheats.ToDictionary(c => c, Finished);
        return Finished(LateCheat.None);
    }

    // The layers, the last polynomial and the queries (section 4.6).
    private List<byte> Finish(SegmentShape shape, F3[] layer, Transcript transcript, MatrixTree[] committed, LateCheat cheat)
    {
        using var own = transcript;
        var proof = new List<byte>();
        var trees = new List<MatrixTree>();
        for (var i = 0; i < shape.Layers.Count; i++)
        {
            // What is added has degree 0, so that everything after it folds as it should.
            if ((i, cheat) is (0, LateCheat.AnotherQuotient) or (1, LateCheat.AnotherLayer))
            {
                layer = [.. layer.Select(v => v + F3.One)];
            }

            var tree = new MatrixTree([LeavesOf(layer)]);
            trees.Add(tree);
            proof.AddRange(tree.Cap);
            transcript.Absorb(0x80 + (uint)i, tree.Cap);
            var phi = transcript.Challenge();
            layer = Fold(Fold(Fold(layer, phi), phi * phi), phi.Squared(2));
        }

        var last = Final(layer, shape.FinalCoefficients);
        if (cheat == LateCheat.AnotherPolynomial)
        {
            last[^1] += F3.One;
        }

        Put(proof, last);
        transcript.Absorb(9, Bytes(last));
        var nonce = Grind(transcript);
        proof.AddRange(nonce);
        transcript.Absorb(10, nonce);
        var words = transcript.Squeeze();
        for (var q = 0; q < set.Queries; q++)
        {
            var position = (uint)(words.Next() & ((1UL << shape.LogDomain) - 1));
            foreach (var tree in committed.Concat(trees))
            {
                tree.Open(position >> (shape.LogDomain - tree.LogLeaves), proof);
            }
        }

        return proof;
    }

    private byte[] Receipt(List<byte> proof) =>
        [.. "LOOMRCPT"u8, .. Words16(1, 1, 0, 0), .. statement.ToArray(), .. BitConverter.GetBytes((ulong)proof.Count), .. proof];

    // h_1, h_2, .., acc of every row, and the sum (section 3.15).
    private void AddHelpers(Part part, Fingerprints fingerprints)
    {
        var aux = part.Shape.AuxColumns;
        var columns = Enumerable.Range(0, 3 * aux).Select(_ => new Goldilocks[part.Rows.Length]).ToArray();
        var increments = new F3[part.Rows.Length];
        for (var row = 0; row < part.Rows.Length; row++)
        {
            var sink = new RowSink();
            Air.Evaluate<Goldilocks>(part.Shape.Id, part.Rows[row], [.. part.Preprocessed.Select(c => c[row])], sink);
            for (var j = 0; j < aux - 1; j++)
            {
                var helper = F3.Zero;
                foreach (var (multiplicity, bus, tuple) in sink.All.Skip(2 * j).Take(2).Where(m => m.Multiplicity.Value != 0))
                {
                    helper += fingerprints.Of(bus, [.. tuple.Select(F3.Of)]).Inverse() * multiplicity;
                }

                increments[row] += helper;
                Store(columns, 3 * j, row, helper);
            }

            part.Sum += increments[row];
        }

        var (accumulator, share) = (F3.Zero, part.Sum * new Goldilocks((ulong)part.Rows.Length).Inverse());
        for (var row = 0; row < part.Rows.Length; row++)
        {
            Store(columns, 3 * (aux - 1), row, accumulator);
            accumulator += AveragedAccumulator ? increments[row] - share : increments[row];
        }

        part.AuxPolynomials.AddRange(columns.Select(c => Ntt.Interpolate(c)));
        part.Aux = Extend(part.AuxPolynomials, part.Log);
    }

    private static void Store(Goldilocks[][] columns, int first, int row, F3 value) =>
        (columns[first][row], columns[first + 1][row], columns[first + 2][row]) = (value.A0, value.A1, value.A2);

    // The six base columns of Q0 and Q1, as polynomials.
    private List<Goldilocks[]> Quotient(List<Part> parts, SegmentShape shape, Fingerprints fingerprints, F3[] sums, F3 lambda)
    {
        var size = 2 << shape.LogHeight;
        var numerator = new F3[size];
        var offset = F3.One;
        for (var p = 0; p < parts.Count; p++)
        {
            var part = parts[p];
            var domain = part.Log + _blowup;
            var count = 0;
            for (var j = 0; j < 2 << part.Log; j++)
            {
                var composition = new Composition(fingerprints, lambda);
                var y = Domains.Point(domain, (uint)j);
                var vanishing = y.Squared(part.Log) - Goldilocks.One;
                var end = Domains.Root(part.Log).Inverse();
                var scaled = vanishing * new Goldilocks((ulong)part.Rows.Length).Inverse();
                var following = Domains.Reversed((Domains.Reversed((uint)j, domain) + (1U << _blowup)) & (uint)((1UL << domain) - 1), domain);
                composition.Add(
                    new OpenedTable
                    {
                        Shape = part.Shape,
                        LogHeight = part.Log,
                        Main = At(part.Main, j),
                        Preprocessed = At(part.Prepared, j),
                        Aux = At(part.Aux, j),
                        NextAccumulator = At(part.Aux[^3..], (int)following),
                        Sum = sums[p],
                    },
                    F3.Of(scaled * (y - Goldilocks.One).Inverse()),
                    F3.Of(scaled * end * (y - end).Inverse()));
                var factor = offset * composition.Numerator;
                var repeat = 1 << (shape.LogHeight - part.Log);
                for (var k = 0; k < repeat; k++)
                {
                    numerator[(j * repeat) + k] += factor;
                }

                count = composition.Count;
            }

            for (var e = 0; e < count; e++)
            {
                offset *= lambda;
            }
        }

        for (var j = 0; j < size; j++)
        {
            numerator[j] *= (Domains.Point(shape.LogDomain, (uint)j).Squared(shape.LogHeight) - Goldilocks.One).Inverse();
        }

        var coordinates = new[] { numerator.Select(v => v.A0), numerator.Select(v => v.A1), numerator.Select(v => v.A2) };
        var polynomials = coordinates.Select(c => Ntt.InterpolateCoset([.. c], Domains.Shift(shape.LogDomain))).ToList();
        return [.. polynomials.Select(f => f[..(size / 2)]), .. polynomials.Select(f => f[(size / 2)..])];
    }

    private static F3[] Deep(List<(Goldilocks[] Polynomial, Goldilocks[] Column, int Log, F3 Point)> opened, F3[] values, SegmentShape shape, F3 delta)
    {
        var size = 1 << shape.LogDomain;
        var result = new F3[size];
        var powers = new F3[values.Length];
        powers[0] = F3.One;
        for (var i = 1; i < powers.Length; i++)
        {
            powers[i] = powers[i - 1] * delta;
        }

        foreach (var group in Enumerable.Range(0, values.Length).GroupBy(i => opened[i].Point))
        {
            var sum = new F3[size];
            foreach (var table in group.GroupBy(i => opened[i].Log))
            {
                var shift = shape.LogHeight - table.Key;
                var small = new F3[size >> shift];
                foreach (var i in table)
                {
                    for (var j = 0; j < small.Length; j++)
                    {
                        small[j] += powers[i] * opened[i].Column[j];
                    }
                }

                for (var j = 0; j < size; j++)
                {
                    sum[j] += small[j >> shift];
                }
            }

            var constant = group.Aggregate(F3.Zero, (total, i) => total + (powers[i] * values[i]));
            var points = new F3[size];
            for (var j = 0; j < size; j++)
            {
                points[j] = F3.Of(Domains.Point(shape.LogDomain, (uint)j)) - group.Key;
            }

            F3.Invert(points, new F3[size]);
            for (var j = 0; j < size; j++)
            {
                result[j] += (sum[j] - constant) * points[j];
            }
        }

        return result;
    }

    private static F3[] Fold(F3[] values, F3 phi)
    {
        var log = System.Numerics.BitOperations.Log2((uint)values.Length);
        var half = new Goldilocks(2).Inverse();
        var folded = new F3[values.Length / 2];
        for (var j = 0; j < folded.Length; j++)
        {
            var (left, right) = (values[2 * j], values[(2 * j) + 1]);
            var x = Domains.Point(log, 2 * (uint)j);
            folded[j] = ((left + right) * half) + (phi * (left - right) * (half * x.Inverse()));
        }

        return folded;
    }

    private static F3[] Final(F3[] values, int coefficients)
    {
        var shift = Domains.Shift(System.Numerics.BitOperations.Log2((uint)values.Length));
        var c0 = Ntt.InterpolateCoset([.. values.Select(v => v.A0)], shift);
        var c1 = Ntt.InterpolateCoset([.. values.Select(v => v.A1)], shift);
        var c2 = Ntt.InterpolateCoset([.. values.Select(v => v.A2)], shift);
        return [.. Enumerable.Range(0, coefficients).Select(i => new F3(c0[i], c1[i], c2[i]))];
    }

    // Eight values a row.
    private static Goldilocks[][] LeavesOf(F3[] layer) =>
        [.. Enumerable.Range(0, 24).Select(c => Enumerable.Range(0, layer.Length / 8).Select(j => Coordinate(layer[(8 * j) + (c / 3)], c % 3)).ToArray())];

    private static Goldilocks Coordinate(F3 value, int index) => index == 0 ? value.A0 : index == 1 ? value.A1 : value.A2;

    private byte[] Grind(Transcript transcript)
    {
        var nonce = new byte[8];
        for (ulong n = 0; ; n++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(nonce, n);
            if (transcript.Grinds(nonce, set.GrindingBits))
            {
                return nonce;
            }
        }
    }

    private static F3 Lifted(F3 point, SegmentShape shape, Part part) => point.Squared(shape.LogHeight - part.Log);

    private Goldilocks[][] Extend(IEnumerable<Goldilocks[]> polynomials, int log) => [.. polynomials.Select(f => Ntt.Extend(f, log + _blowup))];

    private static F3[] At(Goldilocks[][] columns, int position) => [.. columns.Select(c => F3.Of(c[position]))];

    private static byte[] Heights(List<Part> parts)
    {
        var heights = Enumerable.Repeat((byte)0xFF, 16).ToArray();
        foreach (var part in parts)
        {
            heights[(int)part.Shape.Id] = (byte)part.Log;
        }

        return heights;
    }

    private static byte[] Words16(params int[] words) => [.. words.SelectMany(w => BitConverter.GetBytes((ushort)w))];

    private static byte[] Bytes(F3[] values) => [.. values.SelectMany(v => new[] { v.A0, v.A1, v.A2 }).SelectMany(v => BitConverter.GetBytes(v.Value))];

    private static void Put(List<byte> proof, F3[] values) => proof.AddRange(Bytes(values));
}

/// <summary>How a prover cheats after everything else of its proof is right.</summary>
internal enum LateCheat
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>The first layer is a polynomial of low degree, and not the combination of the opened columns.</summary>
    AnotherQuotient,

    /// <summary>The second layer is a polynomial of low degree, and not the fold of the first.</summary>
    AnotherLayer,

    /// <summary>The polynomial at the end is not the last fold.</summary>
    AnotherPolynomial,
}
