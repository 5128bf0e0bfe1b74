namespace Loom.Provenance.Tests;

public sealed class TamperTests
{
    [Fact]
    public void Every_mutation_is_rejected_under_its_claim_with_the_place_named()
    {
        var bundle = Cases.TwoBundle();
        var count = 0;
        var families = new HashSet<string>(StringComparer.Ordinal);
        var wrong = new List<string>();
        foreach (var mutation in Mutations.All())
        {
            families.Add(mutation.Family);
            foreach (var depth in Enum.GetValues<Depth>())
            {
                var unpacked = new Unpacked(bundle);
                mutation.Apply(unpacked);
                var report = Cases.Verify(unpacked.Pack(depth));
                count++;
                if (Problem(mutation, depth, report) is { } problem)
                {
                    wrong.Add($"{mutation.Family}: {mutation.Name}, {depth}: {problem}");
                }
            }
        }

        Assert.True(wrong.Count == 0, $"{wrong.Count} of {count}:\n{string.Join('\n', wrong.Take(25))}");
        Assert.True(count >= 500, $"only {count} mutations");
        Assert.Superset(new HashSet<string> { "edit", "drop", "insert", "reorder", "truncate", "splice", "swap", "change time" }, families);
    }

    private static string? Problem(Mutation mutation, Depth depth, VerificationReport report)
    {
        if (report.ExitCode is 0 or 2)
        {
            return $"exit {report.ExitCode} {report.Malformed?.Message}";
        }

        // Whatever the change is, the statement no longer fits, or its signature does not, or nobody trusted made it.
        var outer = depth switch
        {
            Depth.File => report.Of(Claim.Intact) == Verdict.False || report.Of(Claim.Complete) == Verdict.False,
            Depth.Statement => report.Of(Claim.Complete) == Verdict.False,
            _ => report.Of(Claim.Complete) != Verdict.Holds,
        };
        if (!outer)
        {
            return "the statement did not notice";
        }

        if (mutation.Claim is not { } claim)
        {
            return null;
        }

        var verdict = report.Claims.Single(c => c.Claim == claim);
        return verdict.Verdict != Verdict.False ? $"{claim} is {verdict.Verdict}"
            : verdict is { Stream: not null, Revision: not null } || verdict.Place is not null ? null
            : $"{claim} names no place";
    }

    [Theory]
    [InlineData(0x01)]
    [InlineData(0xff)]
    public void No_flipped_byte_is_accepted(byte mask)
    {
        var history = new History();
        history.Append(Cases.Alice, events: 2);
        history.AppendOther(1);
        history.Append(Cases.Alice);
        var bundle = History.Bundle(history.Source(Cases.LogKey, [Cases.Alice], null, BundleHide.None, 0, 1), Cases.LogKey);
        Assert.Equal(0, Cases.Verify(bundle).ExitCode);
        for (var i = 0; i < bundle.Length; i++)
        {
            bundle[i] ^= mask;
            var report = Cases.Verify(bundle);
            Assert.True(report.ExitCode != 0, $"byte {i} of {bundle.Length} flipped with {mask:x2} was accepted");
            bundle[i] ^= mask;
        }
    }

    [Fact]
    public void A_flipped_byte_with_its_checksum_repaired_is_not_accepted()
    {
        var files = new Unpacked(Cases.TwoBundle()).Files;
        foreach (var (name, content) in files)
        {
            for (var i = 0; i < content.Length; i += 29)
            {
                content[i] ^= 0x01;
                var report = Cases.Verify(Unpacked.Zip(files));
                Assert.True(report.ExitCode != 0, $"{name} byte {i} was accepted");
                content[i] ^= 0x01;
            }
        }
    }

    [Fact]
    public void A_checkpoint_signed_by_a_stranger_under_the_logs_name_is_not_covered()
    {
        var history = Cases.Two();
        var source = history.Source(Cases.Stranger, [Cases.Alice]);
        var report = Cases.Verify(History.Bundle(source, Cases.LogKey));
        Assert.Equal((3, Verdict.NotCovered), (report.ExitCode, report.Of(Claim.Signed)));
        var all = Cases.Verify(History.Bundle(source, Cases.Stranger));
        Assert.Equal((3, Verdict.NotCovered, Verdict.NotCovered), (all.ExitCode, all.Of(Claim.Signed), all.Of(Claim.Complete)));
    }
}
