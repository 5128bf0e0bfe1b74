using System.Runtime.InteropServices;

namespace Loom.Provenance.Receipts;

/// <summary>The values of a table at the point where the constraints are composed.</summary>
internal readonly ref struct OpenedTable
{
    public required TableShape Shape { get; init; }

    public required int LogHeight { get; init; }

    public required ReadOnlySpan<F3> Main { get; init; }

    public required ReadOnlySpan<F3> Preprocessed { get; init; }

    /// <summary>Three base columns per F3 column.</summary>
    public required ReadOnlySpan<F3> Aux { get; init; }

    /// <summary>The accumulator's three base columns at the next row.</summary>
    public required ReadOnlySpan<F3> NextAccumulator { get; init; }

    /// <summary>The published sum S.</summary>
    public required F3 Sum { get; init; }
}

/// <summary>Sums lambda^e C_e over all constraints of all tables at one point: own ones, then L1, L2, L3 of each table (sections 3.15, 4.5).</summary>
internal sealed class Composition(Fingerprints fingerprints, F3 lambda) : ConstraintSink<F3>
{
    private readonly List<(F3 Multiplicity, F3 Denominator)> _interactions = new(48);
    private F3 _power = F3.One;

    /// <summary>Num at the point.</summary>
    public F3 Numerator { get; private set; }

    /// <summary>Constraints so far: the running exponent of lambda.</summary>
    public int Count { get; private set; }

    public override void Constraint(F3 value)
    {
        Numerator += _power * value;
        _power *= lambda;
        Count++;
    }

    public override void Interaction(F3 multiplicity, Bus bus, ReadOnlySpan<F3> tuple) =>
        _interactions.Add((multiplicity, fingerprints.Of(bus, tuple)));

    /// <summary>Adds a table; <paramref name="first"/> and <paramref name="last"/> are its selectors at the point.</summary>
    public void Add(in OpenedTable table, F3 first, F3 last)
    {
        _interactions.Clear();
        Air.Evaluate(table.Shape.Id, table.Main, table.Preprocessed, this);
        var all = CollectionsMarshal.AsSpan(_interactions);
        var helpers = F3.Zero;
        for (var j = 0; 2 * j < all.Length; j++)
        {
            var h = Extension(table.Aux[(3 * j)..]);
            helpers += h;
            var (m1, d1) = all[2 * j];
            if ((2 * j) + 1 < all.Length)
            {
                var (m2, d2) = all[(2 * j) + 1];
                Constraint((h * d1 * d2) - (m1 * d2) - (m2 * d1));
            }
            else
            {
                Constraint((h * d1) - m1);
            }
        }

        var accumulator = Extension(table.Aux[^3..]);
        Constraint(Extension(table.NextAccumulator) - accumulator - helpers + (table.Sum * last));
        Constraint(first * accumulator);
    }

    /// <summary>The value of an F3 column from its base columns' values: v0 + v1 X + v2 X^2.</summary>
    public static F3 Extension(ReadOnlySpan<F3> v) => new(
        v[0].A0 + v[1].A2 + v[1].A2 + v[2].A1 + v[2].A1,
        v[0].A1 + v[1].A0 + v[2].A2 + v[2].A2,
        v[0].A2 + v[1].A1 + v[2].A0);
}
