namespace Loom.Provenance.Tests;

/// <summary>The target of <c>loom fuzz bundle</c>: changed bundles in, a verdict out; never an exception, never exit 0. Half of the changes keep the ZIP readable.</summary>
public sealed class BundleFuzz
{
    private static readonly byte[] Bundle = Cases.TwoBundle();

    [Fact]
    public void Fuzzed_bundles_never_verify_and_never_crash()
    {
        var seed = Loom.Testing.Seeds.First(nameof(BundleFuzz));
        foreach (var n in Loom.Testing.Fuzzing.Inputs(nameof(BundleFuzz), ci: 4, @long: 500))
        {
            Run(seed + n, 250);
        }
    }

    private static void Run(int seed, int iterations)
    {
        var random = new Random(seed);
        for (var i = 0; i < iterations; i++)
        {
            var input = random.Next(2) == 0 ? Change(Bundle, random) : Inside(random);
            if (input.AsSpan().SequenceEqual(Bundle))
            {
                continue;
            }

            int exit;
            try
            {
                exit = Cases.Verify(input).ExitCode;
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"seed {seed}, input {i} of {iterations}: {e.GetType().Name}", e);
            }

            Assert.True(exit is 1 or 2 or 3, $"seed {seed}, input {i} of {iterations}: exit {exit}");
        }
    }

    private static byte[] Inside(Random random)
    {
        var unpacked = new Unpacked(Bundle);
        var name = unpacked.Files.Keys.ElementAt(random.Next(unpacked.Files.Count));
        unpacked.Files[name] = Change(unpacked.Files[name], random);
        return Unpacked.Zip(unpacked.Files);
    }

    private static byte[] Change(byte[] original, Random random)
    {
        var bytes = original.ToList();
        for (var n = random.Next(1, 5); n > 0 && bytes.Count > 0; n--)
        {
            var at = random.Next(bytes.Count);
            var length = Math.Min(random.Next(1, 40), bytes.Count - at);
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] ^= (byte)random.Next(1, 256);
                    break;
                case 1:
                    bytes.RemoveRange(at, length);
                    break;
                case 2:
                    bytes.InsertRange(at, bytes.GetRange(random.Next(bytes.Count - length + 1), length));
                    break;
                case 3:
                    bytes[at] = (byte)"{}[]\",:0-9e\\n\n/"[random.Next(14)];
                    break;
                default:
                    bytes.InsertRange(at, Enumerable.Range(0, length).Select(_ => (byte)random.Next(256)));
                    break;
            }
        }

        return [.. bytes];
    }
}
