using Loom.Provenance.Receipts;

namespace Loom.Receipts.Tests;

/// <summary>The worked example of section 6.1b: ADD32 oa=2 ob=3 oc=4 at pc=7, fp=100, ts=40.</summary>
public sealed class RowTests
{
    private static Goldilocks[] Add32() => CpuRow.Of(
        ("f1", 1), ("pc", 7), ("fp", 100), ("ts", 40), ("msz", 2), ("oa", 2), ("ob", 3), ("oc", 4),
        ("a_lo", 0xFFFFFFFF), ("a_pt", 12), ("a_dl", 27), ("b_lo", 2), ("b_pt", 23), ("b_dl", 17),
        ("c_lo", 1), ("q_lo", 9), ("c_pt", 31), ("c_dl", 11), ("adA", 102), ("adC", 104),
        ("w_lo", 1), ("wl", 1), ("k0", 1), ("npc", 8), ("nfp", 100), ("nmsz", 2));

    private static RowSink Run(Goldilocks[] row)
    {
        var sink = new RowSink();
        Air.Evaluate<Goldilocks>(TableId.Cpu, row, [], sink);
        return sink;
    }

    [Fact]
    public void The_worked_example_keeps_every_constraint_and_sends_what_the_specification_lists()
    {
        var sink = Run(Add32());
        const ulong recv = Goldilocks.Modulus - 1;

        Assert.Empty(sink.Violated);
        Assert.Equal(19, sink.Messages.Count);
        Assert.Equal(10, sink.Messages.Count(m => m.Bus == Bus.R16));
        Assert.All(sink.Messages.Where(m => m.Bus == Bus.R16), m => Assert.InRange(m.Tuple[0], 0UL, 65535UL));
        Assert.Equal(
            [
                (recv, Bus.Exec, "7 100 40 2"), (1UL, Bus.Exec, "8 100 44 2"), (1UL, Bus.Rom, "7 1 2 3 4 0 0"),
                (recv, Bus.Mem, $"1 102 {0xFFFFFFFF} 0 12"), (1UL, Bus.Mem, $"1 102 {0xFFFFFFFF} 0 40"),
                (recv, Bus.Mem, "1 103 2 0 23"), (1UL, Bus.Mem, "1 103 2 0 41"),
                (recv, Bus.Mem, "1 104 9 0 31"), (1UL, Bus.Mem, "1 104 1 0 43"),
            ],
            sink.Messages.Where(m => m.Bus != Bus.R16).Select(m => (m.Multiplicity, m.Bus, string.Join(' ', m.Tuple))));
    }

    [Theory]
    [InlineData("f1")]
    [InlineData("f2")]
    [InlineData("f25")]
    [InlineData("bi")]
    [InlineData("fp")]
    [InlineData("oa")]
    [InlineData("oc")]
    [InlineData("a_lo")]
    [InlineData("b_lo")]
    [InlineData("c_lo")]
    [InlineData("c_hi")]
    [InlineData("inv")]
    [InlineData("adA")]
    [InlineData("adC")]
    [InlineData("w_lo")]
    [InlineData("w_hi")]
    [InlineData("k0")]
    [InlineData("k1", 2)]
    [InlineData("npc")]
    [InlineData("nfp")]
    [InlineData("nmsz")]
    public void An_altered_cell_violates_a_constraint(string column, ulong by = 1)
    {
        var row = Add32();
        row[CpuRow.Column(column)] += new Goldilocks(by);

        Assert.NotEmpty(Run(row).Violated);
    }

    [Theory]
    [InlineData("ts")]
    [InlineData("ob")]
    [InlineData("a_pt")]
    [InlineData("b_dl")]
    [InlineData("q_lo")]
    [InlineData("c_dl")]
    [InlineData("wl")]
    [InlineData("wh")]
    public void A_cell_that_no_constraint_holds_is_held_by_a_bus(string column)
    {
        var (before, row) = (Run(Add32()).Messages, Add32());
        row[CpuRow.Column(column)] += Goldilocks.One;
        var after = Run(row).Messages;

        Assert.NotEqual(before.Select(m => string.Join(' ', m.Tuple)), after.Select(m => string.Join(' ', m.Tuple)));
    }
}
