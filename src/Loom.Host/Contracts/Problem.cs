namespace Loom.Api;

/// <summary>RFC 9457 problem, as every refusal of the API is (<c>application/problem+json</c>).</summary>
/// <param name="Type"><c>https://loom.dev/problems/CODE</c>: a name, not an address to open.</param>
/// <param name="Title">What kind of refusal, in a few words.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Detail">The thing, the reason and the remedy.</param>
/// <param name="Code">Stable and lower-case: what programs look at (<c>docs/api.md</c> lists them).</param>
public sealed record Problem(string Type, string Title, int Status, string Detail, string Code)
{
    /// <summary>The machine's own code, when <see cref="Code"/> is <c>rejected</c>.</summary>
    public string? Rejection { get; init; }

    /// <summary>When to try again, in milliseconds; absent when that makes no sense.</summary>
    public long? RetryAfterMs { get; init; }

    /// <summary>The trace to look for in the host's log.</summary>
    public string? Trace { get; init; }
}
