namespace Loom.Provenance;

/// <summary>Claims that rest on evidence beside links and log. For the origin format v1 has room, but no bundle of this version carries any.</summary>
internal static class EvidenceClaims
{
    private const string Anyone = "Nobody for that: anyone can run the modules again. That they do what they ought to is their authors' word.";

    public static IEnumerable<ClaimVerdict> Of(IReadOnlyList<StreamSummary> streams, Replay replay, Proofs proofs)
    {
        yield return new ClaimVerdict(Claim.Origin, "origin attested", Verdict.NotCovered, "the bundle has no attestation of where the initial state came from", "Nobody yet: there is no evidence to believe.");
        yield return proofs.Line();
        yield return Replayed(streams, replay);
    }

    // What differs beats what could not be run, and that beats what came out the same.
    private static ClaimVerdict Replayed(IReadOnlyList<StreamSummary> streams, Replay replay)
    {
        const string title = "replayed";
        if (replay.Differs.Value is { } first)
        {
            return ChainClaims.False(Claim.Replayed, title, first, Anyone, replay.Differs.Count);
        }

        if (!replay.AnyModule)
        {
            var one = streams.Count == 1 ? "the stream's machine" : "a stream's machine";
            return new ClaimVerdict(Claim.Replayed, title, Verdict.NotCovered, $"{one} cannot be run here: the bundle has no module", "The machine's authors: that it decides as they say.");
        }

        return replay.NotCovered is { } reason
            ? new ClaimVerdict(Claim.Replayed, title, Verdict.NotCovered, reason, "Whoever wrote the journal: that the modules gave what it says, where they were not run here.")
            : new ClaimVerdict(Claim.Replayed, title, Verdict.Holds, $"the modules' bytes, run here on every journaled command, give every state and event of {replay.Same} transitions", Anyone);
    }
}
