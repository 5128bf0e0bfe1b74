using System.Diagnostics;
using System.Text.Json;
using Loom.Provenance.Receipts;
using Loom.Testing;

namespace Loom.Receipts.Tests;

/// <summary>The account of soundness (section 4.9): the numbers of the page, and those that the prover computes with other code.</summary>
public sealed class SoundnessAccountTests
{
    private static readonly string[] Receipts = ["by-hand.std", "counter-1.compact", "counter-1.fast", "counter-1.std", "counter-2.proven", "out-of-bounds.std"];

    // loom-prover security --json, pinned: one decimal, rounded down.
    [Theory]
    [InlineData("by-hand.std", 59.1, 100.9, new[] { 166.9, 169.8, 180.0, 164.3, 117.9, 138.1, 59.1, 47.8, 100.9, 128.0 })]
    [InlineData("counter-1.compact", 61.0, 103.1, new[] { 164.9, 168.9, 177.3, 162.3, 109.2, 131.4, 61.0, 39.1, 103.1, 128.0 })]
    [InlineData("counter-1.fast", 57.8, 101.4, new[] { 167.9, 168.9, 178.8, 165.3, 119.7, 138.9, 57.8, 54.4, 101.4, 128.0 })]
    [InlineData("counter-2.proven", 104.0, 116.2, new[] { 166.9, 168.9, 178.3, 164.3, 116.2, 136.4, 104.0, 79.6, 193.7, 128.0 })]
    public void Every_term_is_that_of_the_prover(string receipt, double proven, double conjectured, double[] terms)
    {
        var account = AccountOf(receipt);
        Assert.Equal(terms, account.Terms.Select(t => Down(t.Bits)));
        Assert.Equal((proven, conjectured), (Down(account.ProvenBits), Down(account.ConjecturedBits)));
    }

    [ProverFact]
    public async Task The_prover_computes_the_same_for_every_receipt_of_the_corpus()
    {
        foreach (var receipt in Receipts)
        {
            var account = AccountOf(receipt);
            var start = new ProcessStartInfo(ProverProgram.Path!, ["security", PathOf(receipt), "--json"]) { RedirectStandardOutput = true };
            using var process = Process.Start(start)!;
            var text = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            Assert.Equal(0, process.ExitCode);
            var theirs = JsonDocument.Parse(text).RootElement.GetProperty("security");
            Assert.Equal(theirs.GetProperty("terms").EnumerateArray().Select(t => t.GetProperty("bits").GetDouble()), account.Terms.Select(t => Down(t.Bits)));
            Assert.Equal(theirs.GetProperty("terms").EnumerateArray().Select(t => t.GetProperty("basis").GetString()), account.Terms.Select(t => t.IsTheorem ? "proven" : "conjectured"));
            Assert.Equal(theirs.GetProperty("provenBits").GetDouble(), Down(account.ProvenBits));
            Assert.Equal(theirs.GetProperty("conjecturedBits").GetDouble(), Down(account.ConjecturedBits));
            Assert.Equal((theirs.GetProperty("parameters").GetString(), theirs.GetProperty("segments").GetInt32()), (account.Set.Name, account.Segments));
        }
    }

    // Every table at its greatest height: 22.
    [Theory]
    [InlineData("std", 59, 100)]
    [InlineData("proven", 103, 104)]
    [InlineData("compact", 61, 97)]
    [InlineData("fast", 57, 101)]
    public void No_receipt_is_below_the_bits_of_section_4_9(string name, int proven, int conjectured)
    {
        var set = ParameterSet.OfName(name)!;
        var largest = new SegmentShape([.. Tables.All.Select(t => new PresentTable(t, Tables.MaxLogHeight))], set);

        var account = SoundnessAccount.Of(set, [largest], StatementOf("counter-1.std"));

        Assert.Equal((proven, conjectured), ((int)account.ProvenBits, (int)account.ConjecturedBits));
        Assert.Equal($"{proven} bits proven, {conjectured} conjectured", account.ToString());
    }

    [Fact]
    public void Bytes_that_are_no_receipt_have_none_and_a_reason()
    {
        var bytes = CorpusCase.Bytes("counter-1.std.receipt");
        var random = new Random(Seeds.First("soundness account"));
        Assert.Null(SoundnessAccount.Of(default, out var error));
        Assert.NotNull(error);
        for (var i = 0; i < 500; i++)
        {
            var broken = bytes.ToArray();
            broken[random.Next(200)] = (byte)random.Next(256);
            var cut = broken.AsMemory(0, random.Next(2) == 0 ? broken.Length : random.Next(400));
            Assert.Equal(SoundnessAccount.Of(cut, out error) is null, error is not null);
        }
    }

    private static Statement StatementOf(string name) => ReceiptFile.Parse(CorpusCase.Bytes($"{name}.receipt"), out _)!.Statement;

    private static SoundnessAccount AccountOf(string receipt)
    {
        var account = SoundnessAccount.Of(CorpusCase.Bytes(receipt + ".receipt"), out var error);
        Assert.True(account is not null, error?.ToString());
        return account;
    }

    private static string PathOf(string receipt) => Path.Combine(CorpusCase.Folder, receipt + ".receipt");

    private static double Down(double bits) => Math.Floor(bits * 10) / 10;
}
