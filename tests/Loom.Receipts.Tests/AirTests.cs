using Loom.Provenance.Receipts;

namespace Loom.Receipts.Tests;

/// <summary>Counts and degrees of the constraints, by running the verifier's own evaluator over degrees.</summary>
public sealed class AirTests
{
    private readonly struct Degree(int value) : IAlgebra<Degree>
    {
        public int Value { get; } = value;

        public static Degree Of(ulong constant) => new(0);

        public static Degree operator +(Degree left, Degree right) => new(Math.Max(left.Value, right.Value));

        public static Degree operator -(Degree left, Degree right) => new(Math.Max(left.Value, right.Value));

        public static Degree operator *(Degree left, Degree right) => new(left.Value + right.Value);

        public static Degree operator *(Degree left, ulong constant) => left;
    }

    private sealed class Counter : ConstraintSink<Degree>
    {
        public int Constraints { get; private set; }

        public int Interactions { get; private set; }

        public int LargestConstraint { get; private set; }

        public int LargestTuple { get; private set; }

        public int LongestTuple { get; private set; }

        public override void Constraint(Degree value) => (Constraints, LargestConstraint) = (Constraints + 1, Math.Max(LargestConstraint, value.Value));

        public override void Interaction(Degree multiplicity, Bus bus, ReadOnlySpan<Degree> tuple)
        {
            Interactions++;
            LongestTuple = Math.Max(LongestTuple, tuple.Length);
            LargestTuple = Math.Max(LargestTuple, multiplicity.Value);
            foreach (var entry in tuple)
            {
                LargestTuple = Math.Max(LargestTuple, entry.Value);
            }
        }
    }

    private static Counter Count(TableShape table)
    {
        var counter = new Counter();
        Air.Evaluate<Degree>(table.Id, Columns(table.MainColumns), Columns(table.PreprocessedColumns), counter);
        return counter;
    }

    private static Degree[] Columns(int count) => [.. Enumerable.Repeat(new Degree(1), count)];

    [Theory]
    [InlineData(0, 73, 26, 14, 115)]
    [InlineData(1, 63, 28, 15, 108)]
    [InlineData(2, 73, 36, 19, 130)]
    [InlineData(3, 47, 23, 13, 86)]
    [InlineData(4, 12, 10, 6, 30)]
    [InlineData(5, 5, 2, 2, 11)]
    [InlineData(6, 1, 1, 2, 7)]
    [InlineData(7, 5, 5, 4, 17)]
    [InlineData(8, 70, 36, 19, 127)]
    [InlineData(9, 26, 10, 6, 44)]
    public void A_table_has_the_counts_of_section_3_3(int id, int main, int interactions, int aux, int cells)
    {
        var table = Tables.All[id];
        var counted = Count(table);

        Assert.Equal((main, interactions, aux, cells), (table.MainColumns, counted.Interactions, table.AuxColumns, table.MainColumns + table.AuxBaseColumns));
        Assert.Equal(table.Interactions, counted.Interactions);
    }

    [Theory]
    [InlineData(8, 306)]
    [InlineData(10, 398)]
    public void All_constraints_with_those_of_the_buses_are_as_many_as_section_4_9_says(int tables, int expected) =>
        Assert.Equal(expected, Tables.All.Take(tables).Sum(t => Count(t).Constraints + ((t.Interactions + 1) / 2) + 2));

    [Fact]
    public void No_constraint_has_a_degree_above_3_and_no_tuple_one_above_1()
    {
        foreach (var counted in Tables.All.Select(Count))
        {
            Assert.InRange(counted.LargestConstraint, 0, 3);
            Assert.InRange(counted.LargestTuple, 0, 1);
            Assert.InRange(counted.LongestTuple, 1, 7);
        }
    }

    [Fact]
    public void A_padding_row_keeps_every_constraint_and_sends_nothing()
    {
        foreach (var table in Tables.All)
        {
            var row = new RowSink();
            Air.Evaluate<Goldilocks>(table.Id, new Goldilocks[table.MainColumns], new Goldilocks[table.PreprocessedColumns], row);

            Assert.Empty(row.Violated);
            Assert.Empty(row.Messages);
        }
    }
}
