namespace Loom.Provenance;

/// <summary>What a bundle can be asked. One line of the verdict table each.</summary>
public enum Claim
{
    /// <summary>Every disclosed byte opens its digest, every link recomputes, copies agree.</summary>
    Intact,

    /// <summary>Each link follows from the one before.</summary>
    Ordered,

    /// <summary>Every link is in the log that a trusted key signed.</summary>
    Signed,

    /// <summary>The bundle reaches the heads that the log key's owner stated.</summary>
    Complete,

    /// <summary>The log still contains what the auditor saw earlier.</summary>
    Consistent,

    /// <summary>A witness cosigned the checkpoint.</summary>
    Witnessed,

    /// <summary>A notary attested where the initial state came from.</summary>
    Origin,

    /// <summary>Receipts prove the transitions.</summary>
    Proven,

    /// <summary>The machine, run here, gives the same states and events.</summary>
    Replayed,

    /// <summary>Nothing in the range is hidden, erased or kept elsewhere.</summary>
    Disclosed,
}

/// <summary>The answer to one claim.</summary>
public enum Verdict
{
    /// <summary>Checked, and so.</summary>
    Holds,

    /// <summary>Checked, and not so.</summary>
    False,

    /// <summary>The bundle or the trust file has nothing to check it with. Not a suspicion.</summary>
    NotCovered,
}

/// <summary>One line of the verdict.</summary>
/// <param name="Claim">What was asked.</param>
/// <param name="Title">The claim in words, with the key, size or checkpoint it is about.</param>
/// <param name="Verdict">The answer.</param>
/// <param name="Reason">Why; for <see cref="Verdict.False"/> the first check that failed.</param>
/// <param name="WhoHasToBeBelieved">One sentence: whose word the answer rests on.</param>
/// <param name="Stream">Where it failed, when that is a stream.</param>
/// <param name="Revision">Where it failed in that stream.</param>
/// <param name="Place">The file in the bundle where it failed, when that is known.</param>
public sealed record ClaimVerdict(
    Claim Claim, string Title, Verdict Verdict, string Reason, string WhoHasToBeBelieved,
    string? Stream = null, long? Revision = null, string? Place = null);

/// <summary>The written names of claims and verdicts: in trust files, reports and JSON.</summary>
public static class ClaimNames
{
    /// <summary>A claim's name, for example <c>intact</c>.</summary>
    public static string Of(Claim claim) => claim switch
    {
        Claim.Intact => "intact",
        Claim.Ordered => "ordered",
        Claim.Signed => "signed",
        Claim.Complete => "complete",
        Claim.Consistent => "consistent",
        Claim.Witnessed => "witnessed",
        Claim.Origin => "origin",
        Claim.Proven => "proven",
        Claim.Replayed => "replayed",
        Claim.Disclosed => "disclosed",
        _ => throw new ArgumentOutOfRangeException(nameof(claim), claim, null),
    };

    /// <summary>A verdict in words: <c>holds</c>, <c>false</c>, <c>not covered</c>.</summary>
    public static string Of(Verdict verdict) => verdict switch
    {
        Verdict.Holds => "holds",
        Verdict.False => "false",
        _ => "not covered",
    };

    /// <summary>Reads a claim's name.</summary>
    public static bool TryParse(string? text, out Claim claim)
    {
        foreach (var candidate in Enum.GetValues<Claim>())
        {
            if (Of(candidate) == text)
            {
                claim = candidate;
                return true;
            }
        }

        claim = default;
        return false;
    }
}
