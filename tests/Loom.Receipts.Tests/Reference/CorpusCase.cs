using System.Globalization;
using Loom.Core;
using Loom.Provenance.Receipts;
using Loom.Testing;

namespace Loom.Receipts.Tests;

/// <summary>A line of the corpus that both verifiers read (tests/vectors/receipts/README.md).</summary>
internal sealed record CorpusCase(
    string Name, bool Accepted, string Receipt, string Edits, string Image, Statement Statement, byte[] Input, byte[] Output, IReadOnlyList<ParameterSet> Sets, Digest Pinned)
{
    private static readonly System.Collections.Concurrent.ConcurrentDictionary<string, byte[]> Files = [];

    public static string Folder { get; } = Path.Combine(TestData.Root, "tests", "vectors", "receipts");

    public static IReadOnlyList<CorpusCase> Read() =>
        [.. File.ReadLines(Path.Combine(Folder, "index.tsv")).Where(l => l.Length > 0 && l[0] != '#').Select(Parse)];

    public static byte[] Bytes(string file) => Files.GetOrAdd(file, f => File.ReadAllBytes(Path.Combine(Folder, f)));

    public ReceiptResult Verify(byte[] receipt) =>
        ReceiptVerifier.Verify(new ReceiptPolicy { Images = [Pinned], AllowedSets = Sets }, Bytes(Image), Statement, Input, Output, receipt);

    /// <summary>The receipts that the line stands for.</summary>
    public IEnumerable<(string What, byte[] Receipt)> Receipts()
    {
        var receipt = Bytes(Receipt);
        if (Edits.StartsWith("mutations=", StringComparison.Ordinal))
        {
            var numbers = Edits.Split(',').Select(p => ulong.Parse(p.Split('=')[1], CultureInfo.InvariantCulture)).ToArray();
            var state = numbers[1];
            for (ulong i = 0; i < numbers[0] * (Tier.IsLong ? 50UL : 1UL); i++)
            {
                var at = (int)(SplitMix(ref state) % (ulong)receipt.Length);
                var by = (byte)(1 + (SplitMix(ref state) % 255));
                byte[] mutated = [.. receipt];
                mutated[at] ^= by;
                yield return ($"mutation {i}: byte {at} xor {by}", mutated);
            }
        }
        else
        {
            yield return (Edits, Edits == "-" ? receipt : Edits.Split(';').Aggregate(receipt, Edit));
        }
    }

    private static byte[] Edit(byte[] receipt, string edit)
    {
        var (name, value) = (edit.Split('=')[0], edit.Split('=')[1]);
        if (name == "cut")
        {
            return receipt[..int.Parse(value, CultureInfo.InvariantCulture)];
        }

        var bytes = Convert.FromHexString(value);
        if (name == "append")
        {
            return [.. receipt, .. bytes];
        }

        var at = int.Parse(name.Split('@')[1], CultureInfo.InvariantCulture);
        byte[] edited = [.. receipt];
        for (var i = 0; i < bytes.Length; i++)
        {
            edited[at + i] = name.StartsWith("xor@", StringComparison.Ordinal) ? (byte)(edited[at + i] ^ bytes[i]) : bytes[i];
        }

        return edited;
    }

    private static CorpusCase Parse(string line)
    {
        var fields = line.Split('\t');
        Assert.True(fields.Length == 10, line);
        return new CorpusCase(
            fields[0], fields[1] == "accept", fields[2], fields[3], fields[4], Statement.Read(Convert.FromHexString(fields[5])), Data(fields[6]), Data(fields[7]),
            [.. fields[8].Split(',').Select(s => ParameterSet.OfName(s)!)], Digest.Parse(fields[9]));
    }

    private static byte[] Data(string field) => field == "-" ? [] : field[0] == '@' ? Bytes(field[1..]) : Convert.FromHexString(field);

    private static ulong SplitMix(ref ulong state)
    {
        state += 0x9E3779B97F4A7C15;
        var z = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
