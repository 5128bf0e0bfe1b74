using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Loom.Testing;

namespace Loom.Host.Tests.Telemetry;

/// <summary><c>docs/metrics.md</c> lists what a real scrape has, and nothing else; LOOM_UPDATE=1 writes it anew.</summary>
[Collection(OnLoopback.Name)]
public sealed partial class MetricsPageTests(LoopbackHost on)
{
    private static readonly string Page = Path.Combine(TestData.Root, "docs", "metrics.md");

    [Fact]
    public async Task The_page_lists_every_metric_of_a_scrape_and_no_other()
    {
        await on.Http.AccountAsync();
        var families = Families(await on.Http.GetStringAsync("/metrics"));
        if (Environment.GetEnvironmentVariable("LOOM_UPDATE") == "1")
        {
            await File.WriteAllTextAsync(Page, Write(families));
        }

        Assert.True(File.Exists(Page), $"{Page} is missing; run this test with LOOM_UPDATE=1.");
        var rows = Row().Matches(await File.ReadAllTextAsync(Page)).Select(m => (m.Groups[1].Value, m.Groups[2].Value, m.Groups[3].Value)).ToList();
        Assert.Equal(families.Select(f => (f.Name, f.Type, f.Help)), rows);
        Assert.All(families, f => Assert.True(f.Help.Length > 10, f.Name));
    }

    [Fact]
    public async Task A_command_moves_what_counts_commands()
    {
        var before = Value(await on.Http.GetStringAsync("/metrics"), """loom_commands_total{actor_type="account",outcome="accepted"}""");
        await on.Http.AccountAsync(deposits: 4);
        var scrape = await on.Http.GetStringAsync("/metrics");
        Assert.True(Value(scrape, """loom_commands_total{actor_type="account",outcome="accepted"}""") >= before + 5);
        Assert.True(Value(scrape, """loom_http_requests_total{route="/api/actors/{actor}/commands/{type}",status="200"}""") >= 5);
        Assert.True(Value(scrape, "loom_append_duration_seconds_count") >= 5);
        Assert.True(Value(scrape, "loom_process_memory_bytes") > 1 << 20);
    }

    [Fact]
    public async Task The_scrape_is_the_text_format_that_prometheus_reads()
    {
        using var answer = await on.Http.GetAsync("/metrics");
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", answer.Content.Headers.ContentType?.ToString());
        foreach (var line in (await answer.Content.ReadAsStringAsync()).TrimEnd('\n').Split('\n'))
        {
            Assert.Matches("""^(# HELP [a-z_]+ .+|# TYPE [a-z_]+ (counter|gauge|histogram)|[a-z_]+(\{[a-z_]+="([^"\\]|\\.)*"(,[a-z_]+="([^"\\]|\\.)*")*\})? (-?[0-9.E+-]+|NaN))$""", line);
        }
    }

    [Fact]
    public async Task What_callers_make_up_makes_no_series()
    {
        for (var i = 0; i < 20; i++)
        {
            (await on.Http.GetAsync($"/made-up/{i}")).Dispose();
            (await on.Http.CommandAsync($"madeup{i}-1", "open")).Dispose();
        }

        Assert.DoesNotContain("made", await on.Http.GetStringAsync("/metrics"), StringComparison.Ordinal);
    }

    private static List<(string Name, string Type, string Help)> Families(string scrape) =>
        [.. Family().Matches(scrape).Select(m => (m.Groups["name"].Value, m.Groups["type"].Value, m.Groups["help"].Value))];

    private static double Value(string scrape, string series) => scrape.Split('\n').Where(l => l.StartsWith(series + " ", StringComparison.Ordinal))
        .Select(l => double.Parse(l[(series.Length + 1)..], CultureInfo.InvariantCulture)).SingleOrDefault();

    private static string Write(IEnumerable<(string Name, string Type, string Help)> families)
    {
        var text = new StringBuilder(
            """
            # Metrics

            `GET /metrics` answers in the Prometheus text format; with `telemetry.otlp` set the same instruments go to a collector. Histograms
            are in seconds and have `_bucket`, `_sum` and `_count` series. No label holds anything that a caller can make up. A test compares
            this page with a real scrape, both ways.

            | metric | type | what it says |
            |---|---|---|

            """.ReplaceLineEndings("\n"));
        foreach (var (name, type, help) in families)
        {
            text.Append(CultureInfo.InvariantCulture, $"| `{name}` | {type} | {help} |\n");
        }

        return text.ToString();
    }

    [GeneratedRegex(@"^# HELP (?<name>\S+) (?<help>.*)\n# TYPE \S+ (?<type>\S+)$", RegexOptions.Multiline)]
    private static partial Regex Family();

    [GeneratedRegex(@"^\| `(\S+)` \| (\S+) \| (.+) \|$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
