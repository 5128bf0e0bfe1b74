using Loom.Provenance.Receipts;
using Loom.Testing;

namespace Loom.Receipts.Tests;

/// <summary>The receipts that the verifiers in Rust and C# judge alike.</summary>
public sealed class CorpusTests
{
    private const string Begin = "# by the plain prover of the C# tests", End = "# by others";

    public static TheoryData<string> Names => [.. CorpusCase.Read().Select(c => c.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_receipt_is_judged_as_the_index_says(string name)
    {
        var line = CorpusCase.Read().Single(c => c.Name == name);
        foreach (var (what, receipt) in line.Receipts())
        {
            var error = line.Verify(receipt).Error;
            Assert.True(error is null == line.Accepted, $"{what}: {error?.ToString() ?? "accepted"}");
        }
    }

    [Fact]
    public void The_corpus_holds_what_the_plain_prover_makes()
    {
        var index = Path.Combine(CorpusCase.Folder, "index.tsv");
        var update = Environment.GetEnvironmentVariable("LOOM_UPDATE") == "1";
        var files = CorpusWriter.Files(cheats: update || Tier.IsLong);
        if (update)
        {
            var others = File.Exists(index) ? File.ReadLines(index).SkipWhile(l => !l.StartsWith(End, StringComparison.Ordinal)) : [End];
            File.WriteAllLines(index, [Begin, .. CorpusWriter.Lines(), .. others]);
            foreach (var (name, bytes) in files)
            {
                File.WriteAllBytes(Path.Combine(CorpusCase.Folder, name), bytes);
            }
        }

        Assert.Equal(CorpusWriter.Lines(), File.ReadLines(index).SkipWhile(l => l != Begin).Skip(1).TakeWhile(l => !l.StartsWith(End, StringComparison.Ordinal)));
        foreach (var (name, bytes) in files)
        {
            Assert.True(bytes.AsSpan().SequenceEqual(CorpusCase.Bytes(name)), $"{name} is not what the plain prover makes; LOOM_UPDATE=1 writes it anew.");
        }
    }

    [Theory]
    [InlineData("by-hand.std.receipt", "stale-read.std.receipt", ReceiptCheck.BusBalance)]
    [InlineData("by-hand.std.receipt", "averaged.std.receipt", ReceiptCheck.ConstraintIdentity)]
    public void A_cheating_prover_fails_where_it_cheats(string good, string cheat, ReceiptCheck check)
    {
        var line = CorpusCase.Read().First(c => c.Receipt == good);

        Assert.Equal(check, line.Verify(CorpusCase.Bytes(cheat)).Error?.Check);
    }
}
