using Loom.Core;
using Loom.Provenance.Receipts;

namespace Loom.Receipts.Tests;

/// <summary>The part of the corpus that the plain prover makes: files and lines, the same on every machine.</summary>
internal static class CorpusWriter
{
    /// <summary>The files; those of cheating provers take their time.</summary>
    public static SortedDictionary<string, byte[]> Files(bool cheats)
    {
        var good = GoodReceipt.Of(ParameterSet.Std);
        var counter = new CounterLife();
        var files = new SortedDictionary<string, byte[]>(StringComparer.Ordinal)
        {
            ["by-hand.std.image"] = good.Image,
            ["by-hand.std.receipt"] = good.Receipt,
            ["counter-1.input"] = counter.Input(0).Write(),
            ["counter-2.input"] = counter.Input(1).Write(),
        };
        if (!cheats)
        {
            return files;
        }

        var stale = new TinyRun();
        stale.MemB[1][6] = new Goldilocks(4);
        var averaged = new TinyRun();
        files.Add(
            "averaged.std.receipt",
            GoodReceipt.Make(
                ParameterSet.Std, averaged, (set, image, statement) => new ReferenceProver(set, image, statement, averaged.RomColumns) { AveragedAccumulator = true }).Receipt);
        files.Add("stale-read.std.receipt", GoodReceipt.Make(ParameterSet.Std, stale).Receipt);
        return files;
    }

    /// <summary>The lines of these files.</summary>
    public static IEnumerable<string> Lines()
    {
        var good = GoodReceipt.Of(ParameterSet.Std);
        const int proof = ReceiptFile.HeaderBytes;
        const string own = "by-hand.std.receipt";
        string Line(string name, bool accept, string edits, string receipt = own, Statement? statement = null, string sets = "std", Digest? pinned = null, string output = "-") =>
            string.Join('\t', name, accept ? "accept" : "reject", receipt, edits, "by-hand.std.image", Hex((statement ?? good.Statement).ToArray()), "-", output, sets, pinned ?? good.Statement.ImageId);
        string Restated(string name, Statement statement, string output = "-") => Line(name, false, $"set@16={Hex(statement.ToArray())}", statement: statement, output: output);

        yield return Line("by-hand", true, "-");
        yield return Line("by-hand among other sets", true, "-", sets: "fast,std,compact");
        yield return Line("by-hand with its image and a note attached", true, $"append=0300{Length(good.Image.Length)}{Hex(good.Image)};append=040003000000616263");
        yield return Line("with empty input and output attached", true, "append=010000000000;append=020000000000");
        yield return Line("mutated", false, "mutations=300,seed=1");
        yield return Line("a set that is not allowed", false, "-", sets: "proven");
        yield return Line("an image that is not pinned", false, "-", pinned: Digest.Of([]));
        yield return Line("wrong magic", false, "xor@0=20");
        yield return Line("relabelled version", false, "set@8=0200");
        yield return Line("relabelled backend", false, "set@10=0200");
        yield return Line("relabelled flags: committed", false, "set@12=01000000");
        yield return Line("relabelled flags: hiding", false, "set@12=02000000");
        yield return Line("unknown flag", false, "set@12=00000080");
        yield return Line("a byte after the proof", false, "append=00");
        yield return Line("attachments out of order", false, "append=020000000000;append=010000000000");
        yield return Line("an unknown attachment", false, "append=050000000000");
        yield return Line("an attached input that is another", false, "append=01000100000000");
        yield return Line("cut to nothing", false, "cut=0");
        yield return Line("cut in the header", false, "cut=100");
        yield return Line("cut after the header", false, $"cut={proof}");
        yield return Line("cut by a byte", false, $"cut={good.Receipt.Length - 1}");
        yield return Line("another statement than asked for", false, "-", statement: good.Statement with { Cycles = 5 });
        yield return Restated("more cycles", good.Statement with { Cycles = 5 });
        yield return Restated("no cycles", good.Statement with { Cycles = 0 });
        yield return Restated("another exit code", good.Statement with { ExitCode = 1 });
        yield return Restated("a reserved word", good.Statement with { Reserved = 1 });
        yield return Restated("another output", Statement.Of(good.Statement.ImageId, [], [7], 0, 4), "07");
        yield return Line("another parameter set", false, $"set@{proof}=0200");
        yield return Line("no segment", false, $"set@{proof + 2}=0000");
        yield return Line("two segments", false, $"set@{proof + 2}=0200");
        yield return Line("a table that does not exist", false, $"set@{proof + 4 + 12}=03");
        yield return Line("a table too high", false, $"set@{proof + 4}=17");
        yield return Line("the program table at another height", false, $"set@{proof + 4 + 6}=03");
        yield return Line("no lookup table, so no table of 2^8 rows", false, $"set@{proof + 4 + 7}=FF");
        yield return Line("no memory boundary", false, $"set@{proof + 4 + 4}=FF");
        yield return Line("an element that is p", false, $"set@{proof + 20 + 1024}=01000000FFFFFFFF");
        yield return Line("a stale read that the sums do not hide", false, "-", "stale-read.std.receipt");
        yield return Line("the averaged accumulator", false, "-", "averaged.std.receipt");
    }

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);

    private static string Length(int length) => Hex(BitConverter.GetBytes(length));
}
