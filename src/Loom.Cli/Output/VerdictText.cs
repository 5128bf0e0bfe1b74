using System.Globalization;
using Loom.Provenance;

namespace Loom.Cli.Output;

/// <summary>A verdict for people: one line per claim, why, and who has to be believed.</summary>
internal static class VerdictText
{
    public static void Write(Invocation i, string file, VerificationReport report, bool explain)
    {
        i.Line($"{file}: {report.Conclusion}");
        if (report.Malformed is { } malformed)
        {
            i.Line($"  {Printable.Line(malformed.Message)}");
            return;
        }

        foreach (var claim in report.Claims)
        {
            var mark = claim.Verdict switch { Verdict.Holds => "holds", Verdict.False => "FALSE", _ => "not covered" };
            i.Line($"  {Colour(i, claim.Verdict, $"{mark,-12}")}{Printable.Line(claim.Title)}{(report.Required.Contains(claim.Claim) ? " (required)" : "")}");
            i.Line($"              {Printable.Line(claim.Reason)}{Place(claim)}");
            if (claim.Verdict == Verdict.Holds || explain)
            {
                i.Line($"              believe: {Printable.Line(claim.WhoHasToBeBelieved)}");
            }
        }

        foreach (var note in report.Notes)
        {
            i.Line($"  note: {Printable.Line(note)}");
        }

        if (explain && report.Bundle is { } bundle)
        {
            Explain(i, report, bundle);
        }
    }

    private static void Explain(Invocation i, VerificationReport report, BundleSummary bundle)
    {
        i.Line();
        i.Line(string.Create(CultureInfo.InvariantCulture, $"evaluated at {Times.Short(report.At)}; {bundle.Bytes:N0} bytes, {Counted.Of(bundle.Transitions, "transition")}"));
        i.Line($"log {Printable.Line(bundle.Origin)}, epoch {bundle.Epoch}, tree size {bundle.TreeSize}, root {bundle.Root}");
        i.Line($"statement signed by {Printable.Line(bundle.SignerName ?? "a key that the trust file does not know")}, key {bundle.SignerKey}");
        foreach (var stream in bundle.Streams)
        {
            i.Line($"stream {Printable.Line(stream.Name)}, revisions {stream.FirstRevision} to {stream.LastRevision}, {Counted.Of(stream.Transitions, "transition")}, head {stream.Head}");
        }
    }

    private static string Place(ClaimVerdict claim)
    {
        var place = string.Join(", ", new[]
        {
            claim.Stream is { } stream ? $"stream {stream}" : null,
            claim.Revision is { } revision ? string.Create(CultureInfo.InvariantCulture, $"revision {revision}") : null,
            claim.Place,
        }.Where(p => p is not null));
        return place.Length == 0 ? "" : Printable.Line($" [{place}]");
    }

    private static string Colour(Invocation i, Verdict verdict, string text) => !i.IsTerminal || Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 }
        ? text
        : $"\u001b[{verdict switch { Verdict.Holds => "32", Verdict.False => "1;31", _ => "33" }}m{text}\u001b[0m";
}
