using System.IO.Compression;
using System.Text;
using Loom.Api;
using Loom.Provenance;
using Loom.Testing;

namespace Loom.Host.Tests.EventStore;

/// <summary>The public declarations, imported by one process whose journal is on another that serves the protocol.</summary>
public sealed class ImportOverServerTests
{
    private const string Declarations = "data/bpic2020/DomesticDeclarations.xes.gz";

    [SharedDataFact(Declarations)]
    public async Task Declarations_imported_over_the_protocol_are_the_other_hosts_actors_and_their_chains_verify()
    {
        var seed = Seeds.First("import over the protocol");
        var cases = Tier.Count(ci: 150, @long: 10_357);
        using var folder = new Folder();
        await using var server = await ChildHost.StartAsync(folder["server"], [.. Connecting.Served, "--logging.level", "error"]);
        await using var host = await ChildHost.StartAsync(
            folder["data"], [.. Connecting.JournalAt(server.Streams!), "--log.keyFolder", Path.Combine(folder["server"], "keys"), "--logging.level", "error"]);
        using var answer = await host.Http.PostAsync("/api/import/xes?machine=declaration&file=declarations.xes", Json.Bytes(await FirstCasesAsync(cases), "application/xml"));
        var started = await answer.ReadAsync(LoomJson.Default.ImportStatus, 202);
        var done = await Commands.UntilAsync(() => host.Http.GetAsync($"/api/import/{started.Id}", LoomJson.Default.ImportStatus), s => s.Status != "running", everyMs: 100);
        Assert.Equal(("done", (long)cases), (done.Status, done.Cases));

        var trust = TrustRoot.Parse(await server.Http.GetByteArrayAsync("/api/trust"));
        foreach (var from in new[] { server, host })
        {
            var page = await Commands.UntilAsync(
                () => from.Http.GetAsync($"/api/actors?type=declaration&skip={new Random(seed).Next(cases)}&take=1&order=name", LoomJson.Default.ActorList),
                l => l.Total == cases && l.Lag == 0, everyMs: 100);
            foreach (var actor in new[] { page.Actors.Single().Actor, started.Actor })
            {
                var report = BundleVerifier.Verify(
                    await from.Http.GetByteArrayAsync($"/api/actors/{actor}/bundle"), trust, new VerifyOptions { At = DateTimeOffset.UtcNow });
                Assert.True(report.ExitCode == 0, $"{actor} (LOOM_SEED={seed}): {report.Conclusion}");
            }
        }

        Assert.Equal("ready", (await host.Http.GetAsync("/health/ready", LoomJson.Default.HealthReport)).Status);
    }

    // The log as it is, cut after so many of its cases.
    private static async Task<byte[]> FirstCasesAsync(int cases)
    {
        const string End = "</trace>";
        await using var file = File.OpenRead(Path.Combine(TestData.Shared!, Declarations));
        await using var plain = new GZipStream(file, CompressionMode.Decompress);
        using var reader = new StreamReader(plain, Encoding.UTF8);
        var (text, left) = (new StringBuilder(), cases);
        while (left > 0 && await reader.ReadLineAsync() is { } line)
        {
            for (var at = line.IndexOf(End, StringComparison.Ordinal); at >= 0 && left > 0; at = line.IndexOf(End, at + 1, StringComparison.Ordinal))
            {
                if (--left == 0)
                {
                    line = line[..(at + End.Length)];
                }
            }

            text.AppendLine(line);
        }

        return Encoding.UTF8.GetBytes(text.Append("</log>").ToString());
    }
}
