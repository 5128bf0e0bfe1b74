namespace Loom.Provenance;

/// <summary>The claims that need arithmetic only: nobody has to be believed.</summary>
internal static class ChainClaims
{
    private const string Nobody = "Nobody: this is arithmetic that anyone can repeat.";

    public static ClaimVerdict Intact(Findings findings) =>
        From(findings.Intact, Claim.Intact, "intact", "every disclosed byte opens its digest, every link recomputes, and all copies agree");

    public static ClaimVerdict Ordered(Findings findings, IReadOnlyList<StreamSummary> streams)
    {
        var late = streams.Where(s => s.FirstRevision > 0).Select(s => $"{s.Name} from revision {s.FirstRevision}").ToArray();
        var holds = late.Length == 0
            ? "every link follows from the one before, from the birth of each stream"
            : $"every link follows from the one before, {string.Join(", ", late)}; what came earlier is not in the bundle";
        return From(findings.Ordered, Claim.Ordered, "ordered", holds);
    }

    public static ClaimVerdict Disclosed(Findings findings) =>
        findings.Disclosure.Missing() is { } missing
            ? new ClaimVerdict(Claim.Disclosed, "everything disclosed", Verdict.NotCovered, $"not everything can be opened here: {missing}", Nobody)
            : new ClaimVerdict(Claim.Disclosed, "everything disclosed", Verdict.Holds, "every event, command and state named here is in the bundle and opens its digest", Nobody);

    private static ClaimVerdict From(FirstFinding findings, Claim claim, string title, string holds) =>
        findings.Value is { } first ? False(claim, title, first, Nobody, findings.Count) : new ClaimVerdict(claim, title, Verdict.Holds, holds, Nobody);

    public static ClaimVerdict False(Claim claim, string title, Finding first, string who, long count = 1) =>
        new(claim, title, Verdict.False, count > 1 ? $"{first.Reason} (one of {count} findings)" : first.Reason, who, first.Stream, first.Revision, first.Place);
}
