using System.Globalization;
using System.Net;
using System.Text;
using Loom.Core;

namespace Loom.Provenance;

/// <summary>The verdict as one HTML file: no script, no outside resource, light and dark, and it prints. Every text in it is escaped.</summary>
public static class HtmlReport
{
    private const string Style =
        """
        :root{color-scheme:light dark;--ink:#1c2126;--soft:#5a6570;--line:#d8dee4;--back:#fff;--card:#f6f8fa;--ok:#1a7f37;--bad:#b42318;--none:#8a6100}
        @media (prefers-color-scheme:dark){:root{--ink:#e6edf3;--soft:#9aa7b3;--line:#30363d;--back:#0d1117;--card:#161b22;--ok:#3fb950;--bad:#ff7b72;--none:#d9a521}}
        *{box-sizing:border-box}body{margin:0;background:var(--back);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
        main{max-width:60rem;margin:0 auto;padding:2rem 1.25rem}h1{font-size:1.5rem;margin:0 0 .25rem}h2{font-size:1.1rem;margin:2rem 0 .5rem}
        .soft{color:var(--soft)}.end{border:1px solid var(--line);border-left:.4rem solid var(--c);background:var(--card);border-radius:.4rem;padding:.75rem 1rem;margin:1rem 0;font-weight:600}
        table{width:100%;border-collapse:collapse}th,td{text-align:left;vertical-align:top;padding:.5rem .6rem;border-bottom:1px solid var(--line);overflow-wrap:anywhere}
        th{font-size:.85rem;color:var(--soft);font-weight:600}.v{white-space:nowrap;font-weight:600;color:var(--c)}
        .holds{--c:var(--ok)}.false{--c:var(--bad)}.none{--c:var(--none)}code{font:.85em ui-monospace,monospace;overflow-wrap:anywhere}
        @media print{main{max-width:none;padding:0}tr,.end{break-inside:avoid}body{font-size:11pt}}
        """;

    /// <summary>Makes the report's page.</summary>
    /// <param name="report">The verdict.</param>
    /// <param name="bundleName">How the bundle is called, for example its file name.</param>
    public static string ToHtml(this VerificationReport report, string bundleName)
    {
        var html = new StringBuilder();
        html.Append("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n");
        html.Append("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n");
        html.Append("<title>").Append(Text($"Verdict on {bundleName}")).Append("</title>\n<style>\n").Append(Style).Append("\n</style>\n</head>\n<body>\n<main>\n");
        html.Append("<h1>").Append(Text($"Verdict on {bundleName}")).Append("</h1>\n");
        html.Append("<p class=\"soft\">").Append(Text($"Declared time of evaluation: {new Timestamp(report.At)}. Exit code {report.ExitCode}.")).Append("</p>\n");
        html.Append("<div class=\"end ").Append(report.ExitCode switch { 0 => "holds", 3 => "none", _ => "false" }).Append("\">")
            .Append(Text(Sentence(report.Conclusion))).Append("</div>\n");
        if (report.Malformed is { } malformed)
        {
            html.Append("<p>").Append(Text($"{malformed.Place}: {malformed.Reason}")).Append("</p>\n");
        }

        Claims(html, report);
        if (report.Bundle is { } bundle)
        {
            Summary(html, bundle);
        }

        foreach (var note in report.Notes)
        {
            html.Append("<p>").Append(Text(note)).Append("</p>\n");
        }

        return html.Append("</main>\n</body>\n</html>\n").ToString();
    }

    private static void Claims(StringBuilder html, VerificationReport report)
    {
        if (report.Claims.Count == 0)
        {
            return;
        }

        html.Append("<h2>Claims</h2>\n<table>\n<thead><tr><th>Claim</th><th>Verdict</th><th>Why</th><th>Who has to be believed</th></tr></thead>\n<tbody>\n");
        foreach (var claim in report.Claims)
        {
            var place = string.Join(", ", new[]
            {
                claim.Stream is { } stream ? $"stream {stream}" : null,
                claim.Revision is { } revision ? string.Create(CultureInfo.InvariantCulture, $"revision {revision}") : null,
                claim.Place,
            }.Where(p => p is not null));
            html.Append("<tr><td>").Append(Text(claim.Title)).Append(report.Required.Contains(claim.Claim) ? " <span class=\"soft\">(required)</span>" : "")
                .Append("</td><td class=\"v ").Append(claim.Verdict switch { Verdict.Holds => "holds", Verdict.False => "false", _ => "none" }).Append("\">")
                .Append(claim.Verdict switch { Verdict.Holds => "✓ ", Verdict.False => "✗ ", _ => "– " }).Append(Text(ClaimNames.Of(claim.Verdict)))
                .Append("</td><td>").Append(Text(claim.Reason)).Append(place.Length > 0 ? $"<br><span class=\"soft\">{Text(place)}</span>" : "")
                .Append("</td><td>").Append(Text(claim.WhoHasToBeBelieved)).Append("</td></tr>\n");
        }

        html.Append("</tbody>\n</table>\n");
    }

    private static void Summary(StringBuilder html, BundleSummary bundle)
    {
        html.Append("<h2>Bundle</h2>\n<table>\n<tbody>\n");
        Row(html, "Log", Text(bundle.Origin));
        Row(html, "Tree size", Text(bundle.TreeSize.ToString(CultureInfo.InvariantCulture)));
        Row(html, "Root", $"<code>{bundle.Root}</code>");
        Row(html, "Epoch", Text(bundle.Epoch.ToString(CultureInfo.InvariantCulture)));
        Row(html, "Signed by", $"{Text(bundle.SignerName ?? "a key not in the trust file")}<br><code>{bundle.SignerKey}</code>");
        html.Append("</tbody>\n</table>\n<h2>Streams</h2>\n<table>\n<thead><tr><th>Stream</th><th>Revisions</th><th>Transitions</th><th>Head</th></tr></thead>\n<tbody>\n");
        foreach (var s in bundle.Streams)
        {
            html.Append(CultureInfo.InvariantCulture, $"<tr><td>{Text(s.Name)}</td><td>{s.FirstRevision}–{s.LastRevision}</td><td>{s.Transitions}</td><td><code>{s.Head}</code></td></tr>\n");
        }

        html.Append("</tbody>\n</table>\n");
    }

    private static void Row(StringBuilder html, string name, string value) =>
        html.Append("<tr><th scope=\"row\">").Append(name).Append("</th><td>").Append(value).Append("</td></tr>\n");

    private static string Sentence(string text) => char.ToUpperInvariant(text[0]) + text[1..] + ".";

    // Control and bidirectional characters could make a page read otherwise than it is; they are shown by their numbers.
    private static string Text(string text)
    {
        var safe = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (char.IsControl(c) || c is (>= '\u200b' and <= '\u200f') or (>= '\u2028' and <= '\u202e') or (>= '\u2060' and <= '\u2069') or '\ufeff')
            {
                safe.Append(CultureInfo.InvariantCulture, $"[U+{(int)c:X4}]");
            }
            else
            {
                safe.Append(c);
            }
        }

        return WebUtility.HtmlEncode(safe.ToString());
    }
}
