using System.Buffers.Binary;
using Loom.Core;
using Loom.Provenance.Receipts;

namespace Loom.Receipts.Tests;

/// <summary>
/// A run written out by hand: CONST, ADD32, OUTW (the header of an empty output), HALT, on a tape without input. Its tables are the trace
/// that sections 3.4 to 3.11 ask for.
/// </summary>
internal sealed class TinyRun
{
    private const ulong W = 1UL << 32;
    private static readonly ulong[][] Program = [[0, 25, 0, 0, 0, 0, 0], [1, 1 + 64, 0, 0, 1, 5, 0], [2, 21, 0, 0, 0, 0, 0], [3, 22, 0, 0, 0, 0, 0]];

    public TinyRun()
    {
        Cpu =
        [
            CpuRow.Of(("f25", 1), ("ts", 4), ("msz", 1), ("c_dl", 6), ("npc", 1), ("nmsz", 1)),
            CpuRow.Of(
                ("f1", 1), ("bi", 1), ("pc", 1), ("ts", 8), ("msz", 1), ("oc", 1), ("il", 5), ("a_pt", 7), ("b_lo", 5), ("c_lo", 5), ("c_dl", 10),
                ("adC", 1), ("w_lo", 5), ("wl", 5), ("npc", 2), ("nmsz", 1)),
            CpuRow.Of(("f21", 1), ("pc", 2), ("ts", 12), ("msz", 1), ("a_pt", 8), ("a_dl", 3), ("b_pt", 12), ("npc", 3), ("nmsz", 1)),
            CpuRow.Of(("f22", 1), ("pc", 3), ("ts", 16), ("msz", 1), ("npc", 4), ("nmsz", 1)),
        ];

        // rm re sp addr al pk lo hi t d0 d1 key
        MemB =
        [
            Row(1, 0, 1, 0, 0, 0, 0, 0, 13, 0xFFFF, 0xFFFF, W),
            Row(1, 0, 1, 1, 1, W, 5, 0, 11, 0, 0, W + 1),
            Row(0, 1, 4, 0, 0, W + 1, 0, 0, 0, 0xFFFE, 0xFFFF, 4 * W),
            new Goldilocks[12],
        ];
        InTab = [Row(1, 0, 0, 0, 0)];
        Rom = [.. Program.Select(_ => Row(1))];
        RomColumns = [.. Enumerable.Range(0, 7).Select(c => Program.Select(r => new Goldilocks(r[c])).ToArray())];
    }

    public Goldilocks[][] Cpu { get; }

    public Goldilocks[][] MemB { get; }

    public Goldilocks[][] InTab { get; }

    public Goldilocks[][] Rom { get; }

    /// <summary>Preprocessed, by column.</summary>
    public Goldilocks[][] RomColumns { get; }

    /// <summary>The tables as they are now, with the lookup table's counts.</summary>
    public IReadOnlyList<(TableId Id, Goldilocks[][] Rows)> Tables()
    {
        List<(TableId Id, Goldilocks[][] Rows)> tables = [(TableId.Cpu, Cpu), (TableId.MemB, MemB), (TableId.InTab, InTab), (TableId.Rom, Rom)];
        var counts = Enumerable.Range(0, 65536).Select(_ => new Goldilocks[5]).ToArray();
        foreach (var (id, rows) in tables.Where(t => t.Id != TableId.Rom))
        {
            foreach (var row in rows)
            {
                var sink = new RowSink();
                Air.Evaluate<Goldilocks>(id, row, [], sink);
                foreach (var (multiplicity, _, tuple) in sink.Messages.Where(m => m.Bus == Bus.R16 && m.Tuple[0] < 65536))
                {
                    counts[tuple[0]][0] += new Goldilocks(multiplicity);
                }
            }
        }

        tables.Add((TableId.Lut, counts));
        return tables;
    }

    /// <summary>The image, for one parameter set.</summary>
    public byte[] Image(ParameterSet set)
    {
        var cap = new MatrixTree([[.. RomColumns.Select(c => Ntt.Extend(Ntt.Interpolate(c), 2 + set.LogBlowup))]]).Cap;
        var image = new byte[52 + 4 + cap.Length];
        BinaryPrimitives.WriteUInt16LittleEndian(image, 1);
        BinaryPrimitives.WriteUInt16LittleEndian(image.AsSpan(2), 1);
        BinaryPrimitives.WriteUInt32LittleEndian(image.AsSpan(4), 1);
        BinaryPrimitives.WriteUInt32LittleEndian(image.AsSpan(8), 1);
        BinaryPrimitives.WriteUInt32LittleEndian(image.AsSpan(12), (uint)Program.Length);
        image[16] = 2;
        image[17] = 1;
        Digest.Of("a module"u8).CopyTo(image.AsSpan(20));
        BinaryPrimitives.WriteUInt16LittleEndian(image.AsSpan(52), set.Id);
        cap.CopyTo(image.AsSpan(56));
        return image;
    }

    public static Statement Statement(byte[] image) => Loom.Provenance.Receipts.Statement.Of(ReceiptImage.IdOf(image), [], [], exitCode: 0, cycles: 4);

    private static Goldilocks[] Row(params ulong[] cells) => [.. cells.Select(c => new Goldilocks(c))];
}
