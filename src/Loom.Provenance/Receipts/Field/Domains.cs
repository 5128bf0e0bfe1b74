namespace Loom.Provenance.Receipts;

/// <summary>Roots of unity and evaluation domains (section 4.2).</summary>
internal static class Domains
{
    /// <summary>p - 1 is divisible by 2^32.</summary>
    public const int TwoAdicity = 32;

    private static readonly Goldilocks[] Roots = MakeRoots(), Shifts = MakeShifts();

    /// <summary>c = 7^(2^32): every point y of a domain of 2^k points has y^(2^k) = c.</summary>
    public static Goldilocks C { get; } = new Goldilocks(7).Squared(32);

    /// <summary>omega_k, a root of unity of order 2^k; k in 0..32.</summary>
    public static Goldilocks Root(int k) => Roots[k];

    /// <summary>h_k = c^(2^(32-k)), so that h_k^(2^k) = c; k in 1..32.</summary>
    public static Goldilocks Shift(int k) => Shifts[k];

    /// <summary>The point at a bit-reversed position of the domain of 2^k points: h_k omega_k^rev(position).</summary>
    public static Goldilocks Point(int k, uint position) => Shift(k) * Root(k).Power(Reversed(position, k));

    /// <summary>The low <paramref name="bits"/> bits in reverse order.</summary>
    public static uint Reversed(uint value, int bits)
    {
        uint result = 0;
        for (var i = 0; i < bits; i++)
        {
            result = (result << 1) | ((value >> i) & 1);
        }

        return result;
    }

    private static Goldilocks[] MakeRoots()
    {
        var roots = new Goldilocks[TwoAdicity + 1];
        roots[TwoAdicity] = new Goldilocks(7).Power((Goldilocks.Modulus - 1) >> TwoAdicity);
        for (var k = TwoAdicity; k > 0; k--)
        {
            roots[k - 1] = roots[k] * roots[k];
        }

        return roots;
    }

    private static Goldilocks[] MakeShifts()
    {
        var shifts = new Goldilocks[TwoAdicity + 1];
        shifts[TwoAdicity] = new Goldilocks(7).Squared(32);
        for (var k = TwoAdicity; k > 0; k--)
        {
            shifts[k - 1] = shifts[k] * shifts[k];
        }

        return shifts;
    }
}
