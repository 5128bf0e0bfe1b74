using Loom.Provenance.Receipts;
using Loom.Testing;

namespace Loom.Receipts.Tests;

/// <summary>
/// The verifier's constraints, written from the specification, are the same polynomials in the same order as those of the prover's generated
/// list: both are evaluated on the same random cells, where two different polynomials of degree 3 agree with a chance below 2^-62.
/// </summary>
public sealed class ConstraintListTests
{
    private sealed class Values : ConstraintSink<Goldilocks>
    {
        public List<Goldilocks> Constraints { get; } = [];

        public List<(Goldilocks Multiplicity, Bus Bus, Goldilocks[] Tuple)> Interactions { get; } = [];

        public override void Constraint(Goldilocks value) => Constraints.Add(value);

        public override void Interaction(Goldilocks multiplicity, Bus bus, ReadOnlySpan<Goldilocks> tuple) => Interactions.Add((multiplicity, bus, tuple.ToArray()));
    }

    public static TheoryData<int> Ids => [.. ConstraintList.Read().Select(t => t.Id)];

    [Fact]
    public void The_list_has_every_table() => Assert.Equal(Tables.All.Select(t => (int)t.Id), ConstraintList.Read().Select(t => t.Id).Order());

    [Theory]
    [MemberData(nameof(Ids))]
    public void A_table_has_the_constraints_and_interactions_of_the_list(int id)
    {
        var listed = ConstraintList.Read().Single(t => t.Id == id);
        var random = new Random(Seeds.First("constraint list"));
        var cells = new Dictionary<string, Goldilocks>();
        foreach (var name in listed.Main.Concat(listed.Preprocessed))
        {
            cells.Add(name, new Goldilocks((ulong)random.NextInt64()));
        }

        var mine = new Values();
        Air.Evaluate<Goldilocks>((TableId)id, [.. listed.Main.Select(n => cells[n])], [.. listed.Preprocessed.Select(n => cells[n])], mine);

        Assert.Equal((listed.Constraints.Count, listed.Interactions.Count), (mine.Constraints.Count, mine.Interactions.Count));
        for (var i = 0; i < mine.Constraints.Count; i++)
        {
            Assert.True(ConstraintList.Sum(listed.Constraints[i], cells) == mine.Constraints[i], $"constraint {i}: {listed.Constraints[i]}");
        }

        for (var i = 0; i < mine.Interactions.Count; i++)
        {
            var (multiplicity, bus, tuple) = ConstraintList.Interaction(listed.Interactions[i], cells);
            var (myMultiplicity, myBus, myTuple) = mine.Interactions[i];
            Assert.True(
                multiplicity == myMultiplicity && bus == myBus && tuple.AsSpan().SequenceEqual(myTuple),
                $"interaction {i}: {listed.Interactions[i]}");
        }
    }
}
