namespace Loom.Proving;

/// <summary>The proof queue's limits and intervals.</summary>
public sealed record ProvingOptions
{
    /// <summary>Jobs given to the prover at the same time.</summary>
    public int Lanes { get; init; } = 1;

    /// <summary>How often a job that keeps failing is tried before it is parked.</summary>
    public int MaxAttempts { get; init; } = 5;

    /// <summary>The first wait after a failure; each further one is twice as long.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The longest wait.</summary>
    public TimeSpan LongestDelay { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How often the prover is asked how far a job is.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>A job at which a prover works for longer is stopped, and counts as failed.</summary>
    public TimeSpan JobTimeout { get; init; } = TimeSpan.FromHours(2);

    /// <summary>How long to wait before trying to be in charge again, or going on after an interruption.</summary>
    public TimeSpan RetryInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>At most so often is it noted up to where the journal was looked through.</summary>
    public TimeSpan CursorInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long after so many delays in a row.</summary>
    internal TimeSpan DelayAfter(int delays) =>
        TimeSpan.FromTicks(Math.Min(LongestDelay.Ticks, FirstDelay.Ticks << Math.Min(Math.Max(delays, 0), 20)));
}
