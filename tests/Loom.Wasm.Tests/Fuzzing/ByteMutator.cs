namespace Loom.Wasm.Tests.Fuzzing;

/// <summary>Damages modules in the ways that find the most: bits, bytes, spans, and pieces of another module.</summary>
internal static class ByteMutator
{
    private static readonly byte[] Telling = [0x00, 0x01, 0x0b, 0x40, 0x60, 0x6f, 0x70, 0x7c, 0x7d, 0x7e, 0x7f, 0x80, 0xfc, 0xff];

    public static byte[] Mutate(Random random, byte[] module, byte[] other)
    {
        var bytes = module.ToList();
        for (var i = random.Next(2) == 0 ? 1 : random.Next(2, 5); i > 0 && bytes.Count > 8; i--) Step(random, bytes, other);
        return [.. bytes];
    }

    private static void Step(Random random, List<byte> bytes, byte[] other)
    {
        // Mostly behind the header, so that there is something left to look at.
        var at = random.Next(random.Next(20) == 0 ? 0 : 8, bytes.Count);
        var length = random.Next(1, Math.Min(16, bytes.Count - at) + 1);
        switch (random.Next(8))
        {
            case 0 or 1: bytes[at] ^= (byte)(1 << random.Next(8)); break;
            case 2 or 3: bytes[at] = Telling[random.Next(Telling.Length)]; break;
            case 4: bytes[at] = (byte)random.Next(256); break;
            case 5: bytes.RemoveRange(at, length); break;
            case 6: bytes.InsertRange(at, bytes.GetRange(at, length)); break;
            default:
                var from = random.Next(other.Length);
                bytes.InsertRange(at, other.AsSpan(from, Math.Min(length, other.Length - from)).ToArray());
                break;
        }
    }
}
