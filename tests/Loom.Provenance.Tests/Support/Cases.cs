using Loom.Core;

namespace Loom.Provenance.Tests;

/// <summary>The keys, trust and histories that most tests use.</summary>
public static class Cases
{
    public const string Alice = "account-alice";
    public const string Bob = "account-bob";
    public static readonly DateTimeOffset At = new(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);

    public static TestKey LogKey { get; } = new("log", 1);

    public static TestKey Stranger { get; } = new("stranger", 2);

    public static TrustRoot Trust { get; } = new() { LogKeys = [LogKey.Trusted("loom.test/log")] };

    public static VerifyOptions Options { get; } = new() { At = At };

    /// <summary>Two interleaved streams, several events in some transitions, an upgrade, a growing fence, other actors' leaves.</summary>
    public static History Two(string variant = "")
    {
        var history = new History();
        for (var i = 0; i < 6; i++)
        {
            history.Append(Alice, events: (i % 3) + 1, fence: 1 + (i / 2), command: $$"""{"amount":"{{i}}.50","note":"a{{variant}}"}""");
            history.AppendOther(i);
            history.Append(Bob, events: 1, fence: 3, command: $$"""{"amount":"{{i}}.70","note":"b{{variant}}"}""");
        }

        history.Append(Alice, kind: LinkKind.Upgrade, machine: MachineId.DotNet("account", 2), fence: 5);
        history.Append(Alice, events: 2, fence: 5);
        return history;
    }

    /// <summary>Alice with two commands above 32 KiB (one of them twice) among small ones, and Bob with one of the same body.</summary>
    public static History Large()
    {
        var history = new History();
        history.Append(Alice);
        history.Append(Alice, command: LargeCommand('a'), events: 2);
        history.Append(Bob, command: LargeCommand('a'));
        history.Append(Alice, command: LargeCommand('b'));
        history.Append(Alice, command: LargeCommand('a'));
        return history;
    }

    public static string LargeCommand(char fill) => $$"""{"amount":"1.50","note":"{{new string(fill, 40_000)}}"}""";

    public static byte[] TwoBundle() => History.Bundle(Two().Source(LogKey, [Alice, Bob]), LogKey);

    public static VerificationReport Verify(byte[] bundle, TrustRoot? trust = null, VerifyOptions? options = null) =>
        BundleVerifier.Verify(bundle, trust ?? Trust, options ?? Options);

    public static Verdict Of(this VerificationReport report, Claim claim) => report.Claims.Single(c => c.Claim == claim).Verdict;

    public static string Explain(this VerificationReport report) => report.ToJson();
}
