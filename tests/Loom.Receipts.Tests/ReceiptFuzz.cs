using Loom.Provenance.Receipts;
using Loom.Testing;

namespace Loom.Receipts.Tests;

/// <summary>The target of <c>loom fuzz receipt</c>: changed receipts, images and statements; nothing is thrown, and nothing is proven.</summary>
public sealed class ReceiptFuzz
{
    private static readonly byte[] Small = [0, 1, 2, 7, 8, 16, 22, 23, 0x7F, 0x80, 0xFE, 0xFF];

    [Fact]
    public void Changed_receipts_prove_nothing_and_throw_nothing()
    {
        var (first, good) = (Seeds.First("fuzz receipt"), GoodReceipt.Of(ParameterSet.Std));
        Assert.True(good.Verify(good.Receipt).IsProven);
        foreach (var n in Fuzzing.Inputs("receipt", ci: 1_500, @long: 200_000))
        {
            var random = new Random(first + n);
            var (receipt, image) = random.Next(8) == 0 ? (good.Receipt, Change(good.Image, random)) : (Change(good.Receipt, random), good.Image);
            if (receipt.AsSpan().SequenceEqual(good.Receipt) && image.AsSpan().SequenceEqual(good.Image))
            {
                continue;
            }

            // The statement that the bytes themselves make, and the image that they are, reach deeper than the original's.
            var statement = ReceiptFile.Parse(receipt, out _)?.Statement ?? good.Statement;
            statement = ReferenceEquals(image, good.Image) ? statement : statement with { ImageId = ReceiptImage.IdOf(image) };
            var policy = good.Policy with { Images = [statement.ImageId], AllowedSets = ParameterSet.All };
            try
            {
                var result = ReceiptVerifier.Verify(policy, image, statement, [], [], receipt);
                Assert.False(result.IsProven, $"LOOM_SEED={first + n}: a changed receipt is proven");
                _ = result.Error!.ToString();
                _ = SoundnessAccount.Of(receipt, out _)?.ToString();
                _ = ReceiptImage.Parse(image, out _);
            }
            catch (Exception e) when (e is not Xunit.Sdk.XunitException)
            {
                throw new InvalidOperationException($"LOOM_SEED={first + n}: {e.GetType().Name}", e);
            }
        }
    }

    private static byte[] Change(byte[] original, Random random)
    {
        var bytes = original.ToList();
        for (var n = random.Next(1, 5); n > 0 && bytes.Count > 0; n--)
        {
            // Headers and heights are few bytes among many: half of the changes go there.
            var at = random.Next(random.Next(2) == 0 ? Math.Min(bytes.Count, 320) : bytes.Count);
            var length = Math.Min(random.Next(1, 40), bytes.Count - at);
            switch (random.Next(6))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = Small[random.Next(Small.Length)];
                    break;
                case 2:
                    bytes.RemoveRange(at, length);
                    break;
                case 3:
                    bytes.InsertRange(at, bytes.GetRange(random.Next(bytes.Count - length + 1), length));
                    break;
                case 4:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                default:
                    bytes[at] = (byte)random.Next(256);
                    break;
            }
        }

        return [.. bytes];
    }
}
