using System.Net.Http.Headers;
using Loom.Api;
using Loom.Provenance;
using Loom.Testing;
using Xunit.Abstractions;

namespace Loom.Host.Tests.RealLogs;

/// <summary>The public logs through HTTP into a started host; a case chosen by seed is exported and verified with the library.</summary>
public sealed class RealLogTests(ITestOutputHelper output)
{
    private const string Domestic = "data/bpic2020/DomesticDeclarations.xes.gz";
    private const string International = "data/bpic2020/InternationalDeclarations.xes.gz";

    [SharedDataFact(Domestic)]
    public Task Domestic_declarations_go_in_over_http_and_a_case_comes_out_and_verifies() => ImportAsync(Domestic, cases: 10_357, steps: 55_628);

    [LongSharedDataFact(International)]
    public Task International_declarations_go_in_over_http_and_a_case_comes_out_and_verifies() => ImportAsync(International, cases: 6_323, steps: 70_727);

    private async Task ImportAsync(string path, int cases, int steps)
    {
        var seed = Seeds.First("real logs over http");
        await using var host = await RunningHost.StartAsync();
        var watch = System.Diagnostics.Stopwatch.StartNew();
        await using var file = File.OpenRead(Path.Combine(TestData.Shared!, path));
        using var content = new StreamContent(file);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/gzip");
        using var answer = await host.Http.PostAsync($"/api/import/xes?machine=declaration&file={Path.GetFileName(path)}", content);
        var started = await answer.ReadAsync(LoomJson.Default.ImportStatus, 202);
        ImportStatus done;
        do
        {
            await Task.Delay(50);
            done = await host.Http.GetAsync($"/api/import/{started.Id}", LoomJson.Default.ImportStatus);
        }
        while (done.Status == "running");
        output.WriteLine($"{path}: {done} in {watch.Elapsed.TotalSeconds:F1} s");
        Assert.Equal(("done", (long)cases, (long)steps), (done.Status, done.Cases, done.Steps));
        Assert.Equal(done.Steps, done.Accepted + done.Refused);

        var page = await Commands.UntilAsync(
            () => host.Http.GetAsync($"/api/actors?type=declaration&skip={new Random(seed).Next(cases)}&take=1&order=name", LoomJson.Default.ActorList), l => l.Total == cases && l.Lag == 0, everyMs: 250);
        var trust = TrustRoot.Parse(await host.Http.GetByteArrayAsync("/api/trust"));
        foreach (var actor in new[] { page.Actors.Single().Actor, started.Actor })
        {
            var bundle = await host.Http.GetByteArrayAsync($"/api/actors/{actor}/bundle");
            var report = BundleVerifier.Verify(bundle, trust, new VerifyOptions { At = DateTimeOffset.UtcNow });
            Assert.True(report.ExitCode == 0, $"{actor} (LOOM_SEED={seed}): {report.Conclusion}");
            bundle[bundle.Length / 3] ^= 4;
            Assert.NotEqual(0, BundleVerifier.Verify(bundle, trust, new VerifyOptions { At = DateTimeOffset.UtcNow }).ExitCode);
        }
    }
}
