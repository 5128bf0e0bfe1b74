using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Loom.Testing;

namespace Loom.Infra.Tests.Observability;

/// <summary><c>loom demo</c> as users start it, on a folder and a port of its own, and what its host's metrics are once it is done.</summary>
internal static partial class Demo
{
    private static readonly string Configuration =
        AppContext.BaseDirectory.Contains($"{Path.DirectorySeparatorChar}Release{Path.DirectorySeparatorChar}", StringComparison.Ordinal) ? "Release" : "Debug";

    /// <summary>Runs it and scrapes.</summary>
    /// <param name="cases">Declarations to invent.</param>
    /// <param name="prover">The prover's program; one that does not exist proves nothing.</param>
    public static async Task<IReadOnlyList<Sample>> ScrapeAsync(int cases, string prover)
    {
        var folder = Directory.CreateTempSubdirectory("loom-infra-").FullName;
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder };
        string[] arguments =
        [
            Path.Combine(TestData.Root, "src", "Loom.Cli", "bin", Configuration, "net10.0", "loom.dll"), "demo", "--json", "--no-open",
            "--cases", $"{cases}", "--data", Path.Combine(folder, "data"), "--urls", "http://127.0.0.1:0", "--prover", prover,
        ];
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment.Keys.Where(k => k.StartsWith("LOOM_", StringComparison.Ordinal)).ToList().ForEach(k => start.Environment.Remove(k));
        using var demo = Process.Start(start)!;
        var errors = demo.StandardError.ReadToEndAsync();
        try
        {
            var address = await AddressAsync(demo.StandardOutput)
                ?? throw new InvalidOperationException($"The demo ended: {await errors}");
            using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = address, Timeout = TimeSpan.FromMinutes(5) };
            var scrape = await http.GetStringAsync("/metrics");

            // The demo ends when its host does; only then is the folder nobody's.
            (await http.PostAsync("/api/shutdown", null)).EnsureSuccessStatusCode();
            await demo.WaitForExitAsync();
            Directory.Delete(folder, recursive: true);
            return [.. Line().Matches(scrape).Select(m => new Sample(m.Groups["name"].Value, LabelsOf(m.Groups["labels"].Value)))];
        }
        finally
        {
            if (!demo.HasExited)
            {
                demo.Kill(entireProcessTree: true);
            }
        }
    }

    // The one object that it writes when everything is imported and proven.
    private static async Task<Uri?> AddressAsync(StreamReader output)
    {
        var text = "";
        while (await output.ReadLineAsync() is { } line)
        {
            text += line + "\n";
            if (line == "}")
            {
                return new Uri(JsonDocument.Parse(text).RootElement.GetProperty("url").GetString()!);
            }
        }

        return null;
    }

    private static Dictionary<string, string> LabelsOf(string labels) => Label().Matches(labels).ToDictionary(m => m.Groups[1].Value, m => m.Groups[2].Value);

    [GeneratedRegex(@"^(?<name>[a-z_]+)(\{(?<labels>.*)\})? \S+$", RegexOptions.Multiline)]
    private static partial Regex Line();

    [GeneratedRegex(@"([a-z_]+)=""([^""]*)""")]
    private static partial Regex Label();
}

/// <summary>A series of a scrape.</summary>
internal sealed record Sample(string Metric, IReadOnlyDictionary<string, string> Labels);
