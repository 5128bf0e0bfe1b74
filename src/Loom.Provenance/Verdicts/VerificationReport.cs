using Loom.Core;

namespace Loom.Provenance;

/// <summary>What a stream of the bundle holds.</summary>
/// <param name="Name">Its name.</param>
/// <param name="FirstRevision">The range's first revision; above 0, everything holds from there only.</param>
/// <param name="LastRevision">The head's last revision.</param>
/// <param name="Transitions">The number of transitions read.</param>
/// <param name="Head">The hash of the last link read.</param>
public sealed record StreamSummary(string Name, long FirstRevision, long LastRevision, long Transitions, Digest? Head);

/// <summary>What the bundle is about, in numbers.</summary>
public sealed record BundleSummary
{
    /// <summary>The streams, in the bundle's order.</summary>
    public required IReadOnlyList<StreamSummary> Streams { get; init; }

    /// <summary>The log's origin.</summary>
    public required string Origin { get; init; }

    /// <summary>The log's epoch: above 1 when a rollback was accepted, which begins a new history; 0 when the checkpoint names none.</summary>
    public required long Epoch { get; init; }

    /// <summary>The tree size that the bundle is for.</summary>
    public required long TreeSize { get; init; }

    /// <summary>The tree's root.</summary>
    public required Digest Root { get; init; }

    /// <summary>SHA-256 of the key (SPKI DER) that the bundle says signed it.</summary>
    public required Digest SignerKey { get; init; }

    /// <summary>The trusted name of that key; null when the trust file does not know it.</summary>
    public required string? SignerName { get; init; }

    /// <summary>The bundle's size in bytes.</summary>
    public required long Bytes { get; init; }

    /// <summary>All transitions.</summary>
    public long Transitions => Streams.Sum(s => s.Transitions);
}

/// <summary>The verdict on one bundle: one line per claim, and what a script needs.</summary>
public sealed record VerificationReport
{
    /// <summary>One or more lines per claim, in the order of <see cref="Claim"/>. Empty when the bundle is malformed.</summary>
    public required IReadOnlyList<ClaimVerdict> Claims { get; init; }

    /// <summary>The claims that had to be covered.</summary>
    public required IReadOnlyList<Claim> Required { get; init; }

    /// <summary>What the bundle is about; null when it is malformed.</summary>
    public required BundleSummary? Bundle { get; init; }

    /// <summary>Why the bytes are no bundle; null when they are one.</summary>
    public required BundleMalformedException? Malformed { get; init; }

    /// <summary>The declared time of evaluation.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>What a reader should know and no claim says.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>2 malformed, else 1 some claim is false, else 3 a required claim is not covered, else 0.</summary>
    public int ExitCode =>
        Malformed is not null ? 2
        : Claims.Any(c => c.Verdict == Verdict.False) ? 1
        : Required.Any(r => !Claims.Any(c => c.Claim == r && c.Verdict == Verdict.Holds)) ? 3
        : 0;

    /// <summary>The exit code in words.</summary>
    public string Conclusion => ExitCode switch
    {
        0 => "every required claim holds",
        1 => "a claim is false",
        2 => "malformed: nothing was judged",
        _ => "a required claim is not covered",
    };
}
