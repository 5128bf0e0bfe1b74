using System.Globalization;
using Loom.Cli.Proofs;
using Loom.Provenance.Receipts;

namespace Loom.Cli.Output;

/// <summary>Judged receipts for people and for programs.</summary>
internal static class ReceiptText
{
    /// <summary>What the words mean, once at the end.</summary>
    private const string Learn =
        "A proven receipt says: this program, on this input, gives this output. Not that the module is free of mistakes, nor that anything is hidden: "
        + "a receipt is not zero-knowledge. Nobody outside has audited the proof system.";

    public static void Write(Invocation i, IReadOnlyList<JudgedReceipt> receipts, bool terms)
    {
        foreach (var receipt in receipts)
        {
            Write(i, receipt, terms);
        }

        if (receipts.Any(r => r.Outcome == ReceiptOutcome.Proven))
        {
            i.Line(Learn);
        }
    }

    public static object ToJson(JudgedReceipt r) => new
    {
        file = r.File,
        stream = r.Link?.Stream.Value,
        revision = r.Link?.Revision,
        link = r.Link?.Hash.ToString(),
        verdict = Verdict(r.Outcome),
        check = r.Check,
        reason = r.Reason,
        error = r.Error is { } e ? new { check = e.Check.ToString(), where = e.Where, expected = e.Expected, got = e.Got } : null,
        statement = r.Statement is { } s
            ? new
            {
                imageId = s.ImageId.ToString(),
                input = s.InputDigest.ToString(),
                inputBytes = s.InputLength,
                output = s.OutputDigest.ToString(),
                outputBytes = s.OutputLength,
                exitCode = s.ExitCode,
                cycles = s.Cycles,
            }
            : null,
        set = r.Set?.Name,
        provenBits = r.Account is { } b ? (double?)Down(b.ProvenBits) : null,
        conjecturedBits = r.Account is { } c ? (double?)Down(c.ConjecturedBits) : null,
        terms = r.Account?.Terms.Select(t => new { term = t.Name, bound = t.Bound, bits = Down(t.Bits), countsAsProven = t.CountsAsProven, countsAsConjectured = t.CountsAsConjectured }),
        bytes = r.Bytes,
        milliseconds = Math.Round(r.Took.TotalMilliseconds, 3),
        audited = false,
    };

    private static void Write(Invocation i, JudgedReceipt r, bool terms)
    {
        var what = r.Link is { } link ? $"{link.Stream} at revision {link.Revision}" : r.File;
        i.Line(Printable.Line($"{what}: {Headline(r)}"));
        if (r.Reason is { } reason)
        {
            i.Line(Printable.Line($"  {reason}"));
        }

        if (r.Statement is { } s)
        {
            i.Line($"  program   image id {s.ImageId}");
            i.Line(string.Create(CultureInfo.InvariantCulture, $"  input     {s.InputLength:N0} bytes, sha256 {s.InputDigest}"));
            i.Line(string.Create(CultureInfo.InvariantCulture, $"  output    {s.OutputLength:N0} bytes, sha256 {s.OutputDigest}"));
            i.Line(string.Create(CultureInfo.InvariantCulture, $"  run       exit code {s.ExitCode} after {s.Cycles:N0} cycles"));
            i.Line(string.Create(CultureInfo.InvariantCulture, $"  receipt   {r.Bytes:N0} bytes{(r.Outcome == ReceiptOutcome.Proven ? $", verified in {r.Took.TotalMilliseconds:F1} ms" : "")}"));
        }

        if (r.Link is { } of && r.Outcome == ReceiptOutcome.Proven)
        {
            i.Line($"  link      {of.Hash}: command, state before and after, events and context are the run's");
        }

        if (terms && r.Account is { } account)
        {
            Terms(i, account);
        }
    }

    private static void Terms(Invocation i, SoundnessAccount account)
    {
        var table = new Table("WHAT WOULD HAVE TO GO WRONG", "BITS", "COUNTS IN", "BOUND");
        foreach (var term in account.Terms)
        {
            table.Add(term.Name, Down(term.Bits).ToString("F1", CultureInfo.InvariantCulture), Counts(term), term.Bound);
        }

        table.Write(i);
        i.Line(string.Create(CultureInfo.InvariantCulture, $"In all: {Down(account.ProvenBits):F1} bits proven, {Down(account.ConjecturedBits):F1} conjectured."));
    }

    private static string Headline(JudgedReceipt r) => r.Outcome == ReceiptOutcome.Proven
        ? $"proven (image id {r.Statement!.ImageId}; set {r.Set!.Name}: {r.Account})"
        : $"{Verdict(r.Outcome)}{(r.Check is { } check ? $" ({check})" : "")}";

    private static string Verdict(ReceiptOutcome outcome) => outcome switch
    {
        ReceiptOutcome.Proven => "proven",
        ReceiptOutcome.NotCovered => "not covered",
        ReceiptOutcome.False => "FALSE",
        _ => "malformed",
    };

    private static string Counts(SoundnessTerm term) => (term.CountsAsProven, term.CountsAsConjectured) switch
    {
        (true, true) => "both sums",
        (true, false) => "proven sum",
        (false, true) => "conjectured sum",
        _ => "for comparison",
    };

    // Never more than there are.
    private static double Down(double bits) => Math.Floor(bits * 10) / 10;
}
