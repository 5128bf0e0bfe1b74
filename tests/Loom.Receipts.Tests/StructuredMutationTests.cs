using Loom.Provenance.Receipts;
using Loom.Testing;
using Xunit.Abstractions;

namespace Loom.Receipts.Tests;

/// <summary>
/// Receipts changed by their structure: nothing is accepted but the very proof, whatever is attached to it, nothing is thrown, and the
/// verifier in Rust says the same of each.
/// </summary>
public sealed class StructuredMutationTests(ITestOutputHelper output)
{
    private static readonly CorpusCase[] Lines = [.. CorpusCase.Read().Where(c => c.Accepted && c.Edits == "-").DistinctBy(c => c.Receipt)];
    private static readonly (byte[] Receipt, IReadOnlyList<Part> Parts)[] Receipts = [.. Lines.Select(l => (CorpusCase.Bytes(l.Receipt), Map(l)))];

    [Fact]
    public void The_map_of_a_receipt_leaves_no_byte_out()
    {
        foreach (var (receipt, parts) in Receipts)
        {
            Assert.Equal(receipt.Length, parts[^1].End);
            Assert.All(parts.Zip(parts.Skip(1)), p => Assert.Equal(p.First.End, p.Second.Start));
        }
    }

    [Fact]
    public void Nothing_but_the_proof_itself_is_accepted()
    {
        var (accepted, checks) = Judge("structured receipts", Tier.Count(ci: 600, @long: 100_000), rust: null);

        output.WriteLine($"[receipts] accepted with other attachments: {accepted}; refused by: {string.Join(", ", checks.OrderByDescending(c => c.Value).Select(c => $"{c.Key} {c.Value}"))}");
        Assert.True(checks.Count >= 12, "the mutations reach too few of the checks");
    }

    [ProverFact]
    public void The_verifier_in_Rust_says_the_same_of_each()
    {
        using var rust = new RustVerifier();
        Assert.All(Lines, line => Assert.True(rust.Accepts(line, CorpusCase.Bytes(line.Receipt)), line.Name));

        _ = Judge("structured receipts in two languages", Tier.Count(ci: 150, @long: 20_000), rust);
    }

    private static (int Accepted, Dictionary<ReceiptCheck, int> Checks) Judge(string suite, int count, RustVerifier? rust)
    {
        var seed = Seeds.First(suite);
        var random = new Random(seed);
        var mutator = new ReceiptMutator(random, Receipts);
        var (accepted, checks) = (0, new Dictionary<ReceiptCheck, int>());
        for (var i = 0; i < count; i++)
        {
            var which = random.Next(Lines.Length);
            var (what, receipt) = mutator.Next(which);
            var error = Verify(Lines[which], receipt);
            what = $"seed {seed}, mutation {i} of {Lines[which].Receipt}: {what}";
            if (error is null)
            {
                accepted++;
                var seal = Receipts[which].Parts[^1].Start;
                Assert.True(receipt.AsSpan(0, Math.Min(seal, receipt.Length)).SequenceEqual(Receipts[which].Receipt.AsSpan(0, seal)), $"{what}: accepted");
            }
            else
            {
                checks[error.Check] = checks.GetValueOrDefault(error.Check) + 1;
                Assert.True(error.Where.Length > 0 && error.Expected.Length > 0 && error.Got.Length > 0, what);
            }

            if (rust is not null)
            {
                Assert.True(rust.Accepts(Lines[which], receipt) == (error is null), $"{what}: {error?.ToString() ?? "accepted"}, and Rust says otherwise");
            }
        }

        return (accepted, checks);
    }

    // As the program does: the statement is the receipt's own, so that what is said about it is judged by the proof alone.
    private static ReceiptError? Verify(CorpusCase line, byte[] receipt) =>
        ReceiptFile.Parse(receipt, out var error) is { } file ? (line with { Statement = file.Statement }).Verify(receipt).Error : error;

    private static IReadOnlyList<Part> Map(CorpusCase line)
    {
        var receipt = CorpusCase.Bytes(line.Receipt);
        var proof = ReceiptFile.Parse(receipt, out _)!.Proof.Span;
        var image = ReceiptImage.Parse(CorpusCase.Bytes(line.Image), out _)!;
        return ReceiptMap.Of(receipt, ParameterSet.OfId(proof[0])!, image.RomLogHeight);
    }
}
