using System.Diagnostics;
using System.IO.Compression;
using System.Net.Http.Json;
using System.Text.Json;
using System.Xml;
using Loom.Samples.ExpenseDeclarations;

namespace Loom.Benchmarks;

/// <summary>
/// The host as its users meet it, in a process of its own: cold start until ready (beside a .NET program that only says its version),
/// durable commands over HTTP, and the import of an event log (beside a plain XML reader over the same file). The client shares the
/// machine with the host.
/// </summary>
internal static class HostBenchmark
{
    private const int Actors = 256;
    private const string Domestic = "data/bpic2020/DomesticDeclarations.xes.gz";

    public static async Task RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("loom-bench-host-").FullName;
        try
        {
            await ColdStartAsync(Path.Combine(folder, "start"), output, cancellationToken);
            await CommandsAsync(Path.Combine(folder, "commands"), output, cancellationToken);
            await ImportAsync(folder, output, cancellationToken);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task ColdStartAsync(string data, TextWriter output, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        using (var plain = Process.Start(new ProcessStartInfo("dotnet", "--version") { RedirectStandardOutput = true })!)
        {
            await plain.WaitForExitAsync(cancellationToken);
        }

        var reference = clock.Elapsed;
        var times = new List<double>();
        for (var i = 0; i < 5; i++)
        {
            await using var host = await StartedHost.StartAsync(data, cancellationToken);
            times.Add(host.Ready.TotalMilliseconds);
        }

        times.Sort();
        output.Line($"cold start to ready: median of {times.Count} {times.Percentile(0.5):N0} ms, best {times[0]:N0} ms (goal: under 1,500 ms); dotnet --version: {reference.TotalMilliseconds:N0} ms");
    }

    private static async Task CommandsAsync(string data, TextWriter output, CancellationToken cancellationToken)
    {
        var fsyncs = Figures.FsyncRate(data, cancellationToken);
        await using var host = await StartedHost.StartAsync(data, cancellationToken);
        await Task.WhenAll(Enumerable.Range(0, Actors).Select(a => SendAsync(host.Http, a, "open", "{\"owner\":\"bench\"}", cancellationToken)));
        await LoadAsync(host.Http, TimeSpan.FromSeconds(3), cancellationToken);
        var times = await LoadAsync(host.Http, TimeSpan.FromSeconds(5), cancellationToken);
        output.Line($"over HTTP: fsync {fsyncs:N0}/s; {Actors} actors: {times.Count / 5.0:N0} durable commands/s (floor: 4,000/s), p50 {times.Percentile(0.5):N1} ms, p99 {times.Percentile(0.99):N1} ms");
    }

    private static async Task<List<double>> LoadAsync(HttpClient http, TimeSpan duration, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        var all = await Task.WhenAll(Enumerable.Range(0, Actors).Select(actor => Task.Run(
            async () =>
            {
                var times = new List<double>();
                while (clock.Elapsed < duration)
                {
                    var started = Stopwatch.GetTimestamp();
                    await SendAsync(http, actor, "deposit", "{\"amount\":\"4200\"}", cancellationToken);
                    times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
                }

                return times;
            },
            cancellationToken)));
        return [.. all.SelectMany(t => t).Order()];
    }

    private static async Task SendAsync(HttpClient http, int actor, string type, string body, CancellationToken cancellationToken)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var answer = await http.PostAsync($"/api/actors/account-{actor}/commands/{type}", content, cancellationToken);
        answer.EnsureSuccessStatusCode();
    }

    private static async Task ImportAsync(string folder, TextWriter output, CancellationToken cancellationToken)
    {
        var shared = Environment.GetEnvironmentVariable("LOOM_SHARED") ?? Path.Combine("..", "shared");
        var file = Path.Combine(shared, Domestic);
        var what = "DomesticDeclarations";
        if (!File.Exists(file))
        {
            (file, what) = (Path.Combine(folder, "demo.xes"), "a generated log (the real one is absent: set LOOM_SHARED)");
            await using var stream = File.Create(file);
            await DemoLog.WriteAsync(stream, 2026, 7_500, cancellationToken);
        }

        var plain = PlainRead(file);
        var fsyncs = Figures.FsyncRate(folder, cancellationToken);
        await using var host = await StartedHost.StartAsync(Path.Combine(folder, "import"), cancellationToken);
        var clock = Stopwatch.StartNew();
        await using var upload = File.OpenRead(file);
        using var accepted = await host.Http.PostAsync("/api/import/xes?machine=declaration", new StreamContent(upload), cancellationToken);
        accepted.EnsureSuccessStatusCode();
        JsonElement status;
        do
        {
            await Task.Delay(20, cancellationToken);
            status = await host.Http.GetFromJsonAsync<JsonElement>(accepted.Headers.Location!, cancellationToken);
        }
        while (status.GetProperty("status").GetString() == "running");

        var (seconds, steps) = (clock.Elapsed.TotalSeconds, status.GetProperty("steps").GetInt64());
        output.Line($"import of {what}: fsync {fsyncs:N0}/s; {status.GetProperty("status").GetString()}, {steps:N0} steps of {status.GetProperty("cases").GetInt64():N0} cases in {seconds:N1} s (goal: under 10 s), {steps / seconds:N0} steps/s; a plain XML reader takes {plain.TotalSeconds:N1} s");
    }

    private static TimeSpan PlainRead(string file)
    {
        var clock = Stopwatch.StartNew();
        using var bytes = File.OpenRead(file);
        using Stream text = file.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(bytes, CompressionMode.Decompress) : bytes;
        using var reader = XmlReader.Create(text, new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit });
        while (reader.Read())
        {
        }

        return clock.Elapsed;
    }
}
