namespace Loom.Runtime;

/// <summary>How often an activity is tried, how long each time, and how long it is waited in between.</summary>
public sealed record ActivityPolicy
{
    /// <summary>The policy of activities that have none of their own.</summary>
    public static ActivityPolicy Default { get; } = new();

    /// <summary>Attempts before the activity is given up and its failure journaled.</summary>
    public int MaxAttempts { get; init; } = 8;

    /// <summary>How long one attempt may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The wait after the first attempt; each further one is twice as long.</summary>
    public TimeSpan FirstWait { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait.</summary>
    public TimeSpan MaxWait { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The wait after an attempt (from 1): exponential, of which a random half is taken away, so that what failed together does not come back together.</summary>
    public TimeSpan WaitAfter(int attempt, double random)
    {
        var ticks = FirstWait.Ticks * Math.Pow(2, Math.Clamp(attempt - 1, 0, 40));
        return TimeSpan.FromTicks((long)(Math.Min(ticks, MaxWait.Ticks) * (1 - (Math.Clamp(random, 0, 1) / 2))));
    }

    internal ActivityPolicy Checked() =>
        MaxAttempts >= 1 && Timeout > TimeSpan.Zero && FirstWait >= TimeSpan.Zero && MaxWait >= FirstWait
            ? this
            : throw new ArgumentException("An activity's policy needs at least one attempt, a timeout above zero, and a longest wait that is not shorter than the first.");
}
