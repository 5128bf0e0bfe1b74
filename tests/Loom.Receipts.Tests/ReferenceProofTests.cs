using Loom.Provenance.Receipts;
using Loom.Testing;

namespace Loom.Receipts.Tests;

/// <summary>Receipts of the plain prover in this folder: the good one is accepted, and what a cheating prover would make is not.</summary>
public sealed class ReferenceProofTests
{
    public static TheoryData<string> Sets => Tier.IsLong ? ["std", "proven", "fast", "compact"] : ["std"];

    [Theory]
    [MemberData(nameof(Sets))]
    public void A_run_written_by_hand_is_proven(string name)
    {
        var good = GoodReceipt.Of(ParameterSet.OfName(name)!);

        var result = good.Verify(good.Receipt);

        Assert.Null(result.Error);
        Assert.Equal((good.Set, 1), (result.Set, result.Segments));
    }

    [Fact]
    public void A_wrong_result_fails_the_constraints()
    {
        var run = new TinyRun();
        run.Cpu[1][CpuRow.Column("c_lo")] = new Goldilocks(6);
        run.MemB[1][6] = new Goldilocks(6);

        Assert.Equal(ReceiptCheck.ConstraintIdentity, Refused(run));
    }

    [Fact]
    public void Shifted_sums_fail_the_constraints() =>
        Assert.Equal(ReceiptCheck.ConstraintIdentity, Refused(new TinyRun(), sums => (sums[0], sums[1]) = (sums[0] + F3.One, sums[1] - F3.One)));

    [Theory]
    [InlineData((int)LateCheat.AnotherQuotient, ReceiptCheck.DeepQuotient, "query 0")]
    [InlineData((int)LateCheat.AnotherLayer, ReceiptCheck.FriFold, "query 0, FRI layer 1")]
    [InlineData((int)LateCheat.AnotherPolynomial, ReceiptCheck.FinalPolynomial, "query 0")]
    public void What_only_the_queries_can_find_is_found_by_the_first_of_them(int cheat, ReceiptCheck check, string place)
    {
        var good = GoodReceipt.Of(ParameterSet.Std);

        var error = good.Verify(good.Cheated[(LateCheat)cheat]).Error;

        Assert.Equal((check, "segment 0, " + place), (error?.Check, error?.Where));
    }

    // The two that are rejected only after the queries lie in the corpus (CorpusTests).
    private static ReceiptCheck? Refused(TinyRun run, Action<F3[]>? tamper = null)
    {
        var cheat = GoodReceipt.Make(ParameterSet.Std, run, (set, image, statement) => new ReferenceProver(set, image, statement, run.RomColumns)
        {
            TamperSums = tamper,
            WithoutQueries = true,
        });
        return cheat.Verify(cheat.Receipt).Error?.Check;
    }
}
