using Loom.Provenance.Receipts;
using Loom.Testing;

namespace Loom.Cli.Tests.Proofs;

/// <summary><c>loom receipts verify</c> on files, offline: receipts of the corpus, as a stranger gets them.</summary>
public sealed class ReceiptFileTests : IDisposable
{
    private readonly Folder _folder = new();

    private static string Corpus(string name) => Path.Combine(TestData.Root, "tests", "vectors", "receipts", name);

    private static string IdOf(string image) => ReceiptImage.IdOf(File.ReadAllBytes(Corpus(image))).ToString();

    public void Dispose() => _folder.Dispose();

    private static Task<Ran> CounterAsync(string receipt, params string[] more) => Ran.LoomAsync(
        ["receipts", "verify", receipt, "--image", Corpus("counter.image"), "--input", Corpus("counter-2.input"), "--output", Corpus("counter-2.output"), .. more]);

    [Fact]
    public async Task A_good_receipt_is_proven_and_its_statement_terms_and_size_are_printed()
    {
        var said = (await CounterAsync(Corpus("counter-2.proven.receipt"), "--image-id", IdOf("counter.image"))).Good();
        Assert.Contains($": proven (image id {IdOf("counter.image")}; set proven: ", said, StringComparison.Ordinal);
        Assert.Contains("FRI queries, proven (Johnson)", said, StringComparison.Ordinal);
        Assert.Matches(@"In all: 10\d\.\d bits proven, \d+\.\d conjectured\.", said);
        Assert.Contains("exit code 0 after ", said, StringComparison.Ordinal);
        Assert.Contains("Nobody outside has audited", said, StringComparison.Ordinal);

        var one = (await CounterAsync(Corpus("counter-2.proven.receipt"), "--image-id", IdOf("counter.image"), "--json")).Json().GetProperty("receipts")[0];
        Assert.Equal(("proven", "proven", 10), (one.GetProperty("verdict").GetString(), one.GetProperty("set").GetString(), one.GetProperty("terms").GetArrayLength()));
        Assert.Equal(IdOf("counter.image"), one.GetProperty("statement").GetProperty("imageId").GetString());
        Assert.True(one.GetProperty("provenBits").GetDouble() >= 100);
    }

    [Fact]
    public async Task What_is_not_pinned_not_accepted_or_not_at_hand_is_not_covered()
    {
        var receipt = Corpus("counter-2.proven.receipt");
        var other = await CounterAsync(receipt, "--image-id", new string('0', 64));
        Assert.Equal(3, other.Exit);
        Assert.Contains("not covered (TrustedImage)", other.Out, StringComparison.Ordinal);
        var set = await CounterAsync(receipt, "--image-id", IdOf("counter.image"), "--set", "std");
        Assert.Equal(3, set.Exit);
        Assert.Contains("not covered (ParameterSetAllowed)", set.Out, StringComparison.Ordinal);
        string[] alone = ["receipts", "verify", Corpus("by-hand.std.receipt"), "--set", "std", "--image-id", IdOf("by-hand.std.image")];
        var bare = await Ran.LoomAsync(alone);
        Assert.Equal(3, bare.Exit);
        Assert.Contains("bring it with --image", bare.Out, StringComparison.Ordinal);
        var frames = await Ran.LoomAsync([.. alone, "--image", Corpus("by-hand.std.image")]);
        Assert.Equal(3, frames.Exit);
        Assert.Contains("--input and --output", frames.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cheating_prover_a_changed_byte_and_no_receipt_each_have_their_exit_code_and_the_verifiers_check()
    {
        var (image, empty) = (Corpus("by-hand.std.image"), _folder.Write("empty", ""));
        string[] trust = ["--image-id", IdOf("by-hand.std.image"), "--set", "std", "--image", image, "--input", empty, "--output", empty];
        (await Ran.LoomAsync(["receipts", "verify", Corpus("by-hand.std.receipt"), .. trust])).Good();
        var cheat = await Ran.LoomAsync(["receipts", "verify", Corpus("stale-read.std.receipt"), .. trust, "--json"]);
        Assert.Equal(1, cheat.Exit);
        var judged = System.Text.Json.JsonDocument.Parse(cheat.Out).RootElement.GetProperty("receipts")[0];
        Assert.Equal(("FALSE", "BusBalance", "0"), (judged.GetProperty("verdict").GetString(), judged.GetProperty("check").GetString(), judged.GetProperty("error").GetProperty("expected").GetString()));

        var bytes = await File.ReadAllBytesAsync(Corpus("by-hand.std.receipt"));
        var cut = await Ran.LoomAsync(["receipts", "verify", _folder.Write("cut", bytes[..100]), .. trust]);
        Assert.Equal(2, cut.Exit);
        Assert.Contains("malformed (Header)", cut.Out, StringComparison.Ordinal);
        bytes[^1] ^= 1;
        var changed = await Ran.LoomAsync(["receipts", "verify", _folder.Write("changed", bytes), Corpus("by-hand.std.receipt"), .. trust]);
        Assert.Equal(1, changed.Exit);
        Assert.Contains("FALSE (MerklePath)", changed.Out, StringComparison.Ordinal);
        Assert.Contains(": proven (image id ", changed.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whom_to_believe_has_to_be_said()
    {
        var ran = await Ran.LoomAsync("receipts", "verify", Corpus("by-hand.std.receipt"));
        Assert.Equal(64, ran.Exit);
        Assert.Contains("--trust FILE, or --image-id ID", ran.Error, StringComparison.Ordinal);
        Assert.Equal(64, (await Ran.LoomAsync("receipts", "verify", Corpus("by-hand.std.receipt"), "--image-id", "abc")).Exit);
        Assert.Equal(64, (await CounterAsync(Corpus("counter-2.proven.receipt"), "--image-id", IdOf("counter.image"), "--revision", "1")).Exit);
        Assert.Equal(64, (await Ran.LoomAsync("receipts")).Exit);
        Assert.Equal(64, (await Ran.LoomAsync("prove")).Exit);
        Assert.Equal(64, (await Ran.LoomAsync("prove", "nonsense")).Exit);
    }
}
