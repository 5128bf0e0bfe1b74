using Loom.Provenance.Receipts;

namespace Loom.Receipts.Tests;

/// <summary>One concrete row: which constraints it violates, and what it sends and receives.</summary>
internal sealed class RowSink : ConstraintSink<Goldilocks>
{
    private int _constraints;

    public List<int> Violated { get; } = [];

    /// <summary>Messages with a multiplicity other than zero.</summary>
    public List<(ulong Multiplicity, Bus Bus, ulong[] Tuple)> Messages { get; } = [];

    /// <summary>All interactions in order.</summary>
    public List<(Goldilocks Multiplicity, Bus Bus, Goldilocks[] Tuple)> All { get; } = [];

    public override void Constraint(Goldilocks value)
    {
        if (value.Value != 0)
        {
            Violated.Add(_constraints);
        }

        _constraints++;
    }

    public override void Interaction(Goldilocks multiplicity, Bus bus, ReadOnlySpan<Goldilocks> tuple)
    {
        All.Add((multiplicity, bus, tuple.ToArray()));
        if (multiplicity.Value != 0)
        {
            Messages.Add((multiplicity.Value, bus, [.. tuple.ToArray().Select(t => t.Value)]));
        }
    }
}
