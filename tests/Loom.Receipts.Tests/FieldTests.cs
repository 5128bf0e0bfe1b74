using System.Numerics;
using Loom.Provenance.Receipts;
using Loom.Testing;

namespace Loom.Receipts.Tests;

public sealed class FieldTests
{
    private const ulong P = 0xFFFFFFFF00000001;
    private static readonly ulong[] Edges = [0, 1, 2, 7, 0xFFFFFFFE, 0xFFFFFFFF, 0x100000000, 0x100000001, 0x7FFFFFFF80000000, 0x7FFFFFFF80000001, 0xFFFFFFFEFFFFFFFF, 0xFFFFFFFF00000000];

    [Fact]
    public void Sums_differences_and_products_are_those_of_integers_modulo_p()
    {
        var seed = Seeds.First("field");
        var random = new Random(seed);
        ulong[] values = [.. Edges, .. Enumerable.Range(0, Tier.Count(ci: 200, @long: 2000)).Select(_ => (ulong)random.NextInt64(long.MinValue, long.MaxValue) % P)];
        foreach (var a in values)
        {
            foreach (var b in values)
            {
                var (x, y) = (new Goldilocks(a), new Goldilocks(b));
                Assert.True((x + y).Value == (ulong)(((UInt128)a + b) % P), $"{a} + {b}");
                Assert.True((x - y).Value == (ulong)(((UInt128)a + P - b) % P), $"{a} - {b}");
                Assert.True((x * y).Value == (ulong)(((UInt128)a * b) % P), $"{a} * {b}");
            }
        }
    }

    [Fact]
    public void Every_pair_of_words_is_reduced()
    {
        ulong[] words = [.. Edges, P, P + 1, ulong.MaxValue - 1, ulong.MaxValue, 0x00000001FFFFFFFF, 0xFFFFFFFF];
        foreach (var low in words)
        {
            foreach (var high in words)
            {
                Assert.Equal((ulong)(((UInt128)high << 64 | low) % P), Goldilocks.Reduce(low, high).Value);
            }
        }
    }

    [Fact]
    public void Constants_are_those_of_appendix_A()
    {
        Assert.Equal(0x185629dcda58878cUL, Domains.Root(32).Value);
        Assert.Equal(0xaa5b2509f86bb4d4UL, Domains.C.Value);
        Assert.Equal(1UL, Domains.C.Power(uint.MaxValue).Value);
        Assert.Equal(0x5495a82fa4f8d217UL, Domains.Shift(22).Value);
        for (var k = 1; k <= 32; k++)
        {
            Assert.Equal(Domains.C, Domains.Shift(k).Squared(k));
            Assert.Equal(Domains.Shift(k - 1), Domains.Shift(k) * Domains.Shift(k));
            Assert.Equal(new Goldilocks(P - 1), Domains.Root(k).Squared(k - 1));
        }
    }

    [Fact]
    public void Neighbours_of_a_domain_are_opposite_and_heights_lift_by_shifting_the_position()
    {
        for (uint j = 0; j < 64; j++)
        {
            Assert.Equal(0UL, (Domains.Point(6, j) + Domains.Point(6, j ^ 1)).Value);
            Assert.Equal(Domains.Point(5, j >> 1), Domains.Point(6, j).Squared(1));
            Assert.Equal(Domains.Point(3, j >> 3), Domains.Point(6, j).Squared(3));
        }
    }

    [Fact]
    public void The_cubic_field_multiplies_and_inverts_as_appendix_A_says()
    {
        Assert.Equal(new F3(58, 49, 28), new F3(1, 2, 3) * new F3(4, 5, 6));
        Assert.Equal(new F3(0xd4da9b529592b257, 0x6d4da9b4c9592b26, 0xa6d4da9aac9592b3), new F3(1, 2, 3).Inverse());
    }

    [Fact]
    public void Cubic_products_are_those_of_polynomials_modulo_X3_minus_2()
    {
        var random = new Random(Seeds.First("cubic"));
        for (var i = 0; i < Tier.Count(ci: 500, @long: 20_000); i++)
        {
            var (a, b, c) = (Next(random), Next(random), Next(random));
            var product = new BigInteger[5];
            foreach (var (x, m) in new[] { (a.A0, 0), (a.A1, 1), (a.A2, 2) })
            {
                foreach (var (y, n) in new[] { (b.A0, 0), (b.A1, 1), (b.A2, 2) })
                {
                    product[m + n] += (BigInteger)x.Value * y.Value;
                }
            }

            var expected = new F3((ulong)((product[0] + (2 * product[3])) % P), (ulong)((product[1] + (2 * product[4])) % P), (ulong)(product[2] % P));
            Assert.Equal(expected, a * b);
            Assert.Equal((a * b) + (a * c), a * (b + c));
            Assert.Equal(F3.One, a * a.Inverse());
            Assert.Equal(Composition.Extension([a, b, c]), a + (b * new F3(0, 1, 0)) + (c * new F3(0, 0, 1)));
        }
    }

    [Fact]
    public void A_batch_inversion_inverts_each()
    {
        var random = new Random(Seeds.First("batch inversion"));
        var values = Enumerable.Range(0, 37).Select(_ => Next(random)).ToArray();
        var inverses = values.ToArray();

        F3.Invert(inverses, new F3[values.Length]);

        Assert.Equal(values.Select(v => v.Inverse()), inverses);
    }

    [Fact]
    public void A_dot_product_reduces_as_the_sum_of_products()
    {
        var random = new Random(Seeds.First("dot product"));
        foreach (var largest in new[] { false, true })
        {
            const int count = 700;
            var coefficients = Enumerable.Range(0, count).Select(_ => largest ? new F3(P - 1, P - 1, P - 1) : Next(random)).ToArray();
            var row = Enumerable.Range(0, count).Select(_ => largest ? P - 1 : Next(random).A0.Value).ToArray();

            var sum = DotProduct.Of(row.SelectMany(BitConverter.GetBytes).ToArray(), coefficients);

            var expected = F3.Zero;
            for (var i = 0; i < count; i++)
            {
                expected += coefficients[i] * row[i];
            }

            Assert.Equal(expected, sum);
        }
    }

    private static F3 Next(Random random) => new(Word(random), Word(random), Word(random));

    private static ulong Word(Random random) => random.Next(4) == 0 ? Edges[random.Next(Edges.Length)] : (ulong)random.NextInt64(long.MinValue, long.MaxValue) % P;
}
