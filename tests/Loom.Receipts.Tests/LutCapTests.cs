using Loom.Provenance.Receipts;
using Loom.Testing;

namespace Loom.Receipts.Tests;

public sealed class LutCapTests
{
    /// <summary>The sets whose commitment is computed in this tier; the domain of 'compact' has 2^20 points.</summary>
    public static TheoryData<string> Sets => Tier.IsLong ? ["fast", "std", "proven", "compact"] : ["fast", "std"];

    [Theory]
    [MemberData(nameof(Sets))]
    public void The_pinned_commitment_to_the_lookup_table_is_the_one_computed_from_its_rows(string name)
    {
        var set = ParameterSet.OfName(name)!;

        var cap = LutColumns.On(set.LogBlowup).Tree.Cap;

        Assert.Equal(Convert.ToHexString(cap), Convert.ToHexString(set.LutCap));
    }

    [Fact]
    public void The_commitment_depends_on_the_blowup_alone() =>
        Assert.Equal(Convert.ToHexString(ParameterSet.Std.LutCap), Convert.ToHexString(ParameterSet.Proven.LutCap));
}
