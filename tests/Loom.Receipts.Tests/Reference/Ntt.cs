using Loom.Provenance.Receipts;

namespace Loom.Receipts.Tests;

/// <summary>Number-theoretic transforms as the specification defines domains (section 4.2), plainly.</summary>
internal static class Ntt
{
    /// <summary>Coefficients of the polynomial that has these values on 1, w, w^2, ..</summary>
    public static Goldilocks[] Interpolate(ReadOnlySpan<Goldilocks> values)
    {
        var log = System.Numerics.BitOperations.Log2((uint)values.Length);
        var sums = values.ToArray();
        Transform(sums, log);
        var scale = new Goldilocks((ulong)values.Length).Inverse();
        var coefficients = new Goldilocks[values.Length];
        for (var k = 0; k < coefficients.Length; k++)
        {
            coefficients[k] = sums[Domains.Reversed((uint)((values.Length - k) % values.Length), log)] * scale;
        }

        return coefficients;
    }

    /// <summary>Coefficients from bit-reversed values on the coset of <paramref name="shift"/>.</summary>
    public static Goldilocks[] InterpolateCoset(ReadOnlySpan<Goldilocks> reversed, Goldilocks shift)
    {
        var log = System.Numerics.BitOperations.Log2((uint)reversed.Length);
        var natural = new Goldilocks[reversed.Length];
        for (var j = 0; j < natural.Length; j++)
        {
            natural[Domains.Reversed((uint)j, log)] = reversed[j];
        }

        var coefficients = Interpolate(natural);
        var (inverse, power) = (shift.Inverse(), Goldilocks.One);
        for (var i = 0; i < coefficients.Length; i++, power *= inverse)
        {
            coefficients[i] *= power;
        }

        return coefficients;
    }

    /// <summary>The polynomial's values on the domain of 2^<paramref name="logSize"/> points, bit-reversed.</summary>
    public static Goldilocks[] Extend(ReadOnlySpan<Goldilocks> coefficients, int logSize)
    {
        var values = new Goldilocks[1 << logSize];
        var (shift, power) = (Domains.Shift(logSize), Goldilocks.One);
        for (var i = 0; i < coefficients.Length; i++, power *= shift)
        {
            values[i] = coefficients[i] * power;
        }

        Transform(values, logSize);
        return values;
    }

    /// <summary>The polynomial's value.</summary>
    public static F3 Evaluate(ReadOnlySpan<Goldilocks> coefficients, F3 x)
    {
        var value = F3.Zero;
        for (var i = coefficients.Length - 1; i >= 0; i--)
        {
            value = (value * x) + F3.Of(coefficients[i]);
        }

        return value;
    }

    private static readonly System.Collections.Concurrent.ConcurrentDictionary<int, Goldilocks[]> Twiddles = [];

    private static Goldilocks[] Powers(int k)
    {
        var powers = new Goldilocks[1 << (k - 1)];
        powers[0] = Goldilocks.One;
        for (var i = 1; i < powers.Length; i++)
        {
            powers[i] = powers[i - 1] * Domains.Root(k);
        }

        return powers;
    }

    // Natural order in, bit-reversed out.
    private static void Transform(Goldilocks[] values, int log)
    {
        for (var k = log; k > 0; k--)
        {
            var half = 1 << (k - 1);
            var twiddles = Twiddles.GetOrAdd(k, Powers);
            for (var start = 0; start < values.Length; start += 2 * half)
            {
                for (var i = 0; i < half; i++)
                {
                    var (u, v) = (values[start + i], values[start + i + half]);
                    values[start + i] = u + v;
                    values[start + i + half] = (u - v) * twiddles[i];
                }
            }
        }
    }
}
