using System.IO.Compression;
using System.Text;
using Loom.Api;

namespace Loom.Host.Tests.Api;

/// <summary>Importing event logs over HTTP.</summary>
[Collection(OnLoopback.Name)]
public sealed class ImportTests(LoopbackHost on)
{
    private HttpClient Http => on.Http;

    [Fact]
    public async Task A_log_is_imported_and_its_report_is_an_actor_that_verifies()
    {
        var name = $"declaration {Guid.NewGuid():N}";
        using var answer = await Http.PostAsync("/api/import/xes?machine=declaration&file=..%2F..%2Fmy%20log.xes&set.fourEyes=off", Json.Bytes(Log(name)));
        var started = await answer.ReadAsync(LoomJson.Default.ImportStatus, 202);
        Assert.Equal($"/api/import/{started.Id}", answer.Headers.Location?.ToString());
        var done = await DoneAsync(started.Id);
        Assert.Equal(("done", 1L, 3L, 2L, 1L), (done.Status, done.Cases, done.Steps, done.Accepted, done.Refused));
        var report = await Http.GetAsync($"/api/actors/{started.Actor}", LoomJson.Default.ActorDetail);
        Assert.Equal("finished", report.Label);
        Assert.Equal("my log.xes", report.State!.Value.GetProperty("file").GetString());
        using var bundle = await Http.PostAsync("/api/verify", Json.Bytes(await Http.GetByteArrayAsync($"/api/actors/{started.Actor}/bundle")));
        Assert.Equal(0, (await bundle.ReadAsync(LoomJson.Default.VerifyResult)).ExitCode);
    }

    [Fact]
    public async Task The_same_file_gzipped_is_done_once_under_one_id()
    {
        var log = Packed(Log($"declaration {Guid.NewGuid():N}"));
        var first = await StartAsync(log);
        var one = await DoneAsync(first.Id);
        var second = await StartAsync(log);
        Assert.Equal(first.Id, second.Id);
        var two = await DoneAsync(second.Id);
        Assert.Equal((one.Steps, one.Accepted), (two.Steps, two.Accepted));
        Assert.Equal("finished", (await Http.GetAsync($"/api/actors/{first.Actor}", LoomJson.Default.ActorDetail)).Label);
    }

    [Theory]
    [InlineData("hello")]
    [InlineData("<html><body>no log</body></html>")]
    [InlineData("<log><trace><event/></trace></log>")]
    [InlineData("<!DOCTYPE log [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><log><trace><string key=\"concept:name\" value=\"&x;\"/></trace></log>")]
    [InlineData("<log><trace><string key=\"concept:name\" value=\"x\"/>")]
    [InlineData("")]
    public async Task What_is_no_event_log_is_refused_before_an_import_begins(string text)
    {
        using var answer = await Http.PostAsync("/api/import/xes?machine=declaration", Json.Bytes(Encoding.UTF8.GetBytes(text)));
        var problem = await answer.ProblemAsync(400, "invalid-import");
        Assert.DoesNotContain("root:", problem.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bombs_are_refused_in_bounded_memory()
    {
        // 20 MB of one attribute; and a case that would take gigabytes, in events that are each small.
        using var node = await Http.PostAsync("/api/import/xes?machine=declaration", Json.Bytes(Packed("<log><trace><string key=\"concept:name\" value=\""u8.ToArray(), (byte)'a', 20)));
        Assert.Contains("One XML node", (await node.ProblemAsync(400, "invalid-import")).Detail, StringComparison.Ordinal);
        var some = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat($"<event><string key=\"concept:name\" value=\"{new string('b', 30_000)}\"/></event>", 32)));
        using var buffer = new MemoryStream();
        using (var gzip = new GZipStream(buffer, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write("<log><trace><string key=\"concept:name\" value=\"x\"/>"u8);
            for (var i = 0; i < 200; i++)
            {
                gzip.Write(some);
            }
        }

        using var @case = await Http.PostAsync("/api/import/xes?machine=declaration", Json.Bytes(buffer.ToArray()));
        Assert.Contains("One case", (await @case.ProblemAsync(400, "invalid-import")).Detail, StringComparison.Ordinal);
        using var cut = await Http.PostAsync("/api/import/xes?machine=declaration", Json.Bytes(Packed(Log("x"))[..60]));
        await cut.ProblemAsync(400, "invalid-import");
    }

    [Theory]
    [InlineData("", 404, "unknown-actor-type", "?machine=")]
    [InlineData("machine=invoice", 404, "unknown-actor-type", "'invoice'")]
    [InlineData("machine=account", 400, "invalid-request", "LogMapping")]
    [InlineData("machine=declaration&set.foureyes=on", 400, "invalid-request", "fourEyes")]
    [InlineData("machine=declaration&set.fourEyes=maybe", 400, "invalid-request", "on or off")]
    [InlineData("machine=declaration&rolekee=x", 400, "invalid-request", "'rolekee'")]
    [InlineData("machine=declaration&id=a%2Fb", 400, "invalid-request", "id is")]
    public async Task Settings_that_would_import_something_else_are_refused(string query, int status, string code, string expected)
    {
        using var answer = await Http.PostAsync($"/api/import/xes?{query}", Json.Bytes(Log("x")));
        Assert.Contains(expected, (await answer.ProblemAsync(status, code)).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_upload_above_its_limit_is_refused_and_leaves_nothing_behind()
    {
        await using var host = await RunningHost.StartAsync("--limits.upload", "2000");
        using var known = await host.Http.PostAsync("/api/import/xes?machine=declaration", Json.Bytes(new byte[3000]));
        Assert.Contains("limits.upload", (await known.ProblemAsync(413, "too-large")).Detail, StringComparison.Ordinal);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/import/xes?machine=declaration") { Content = Json.Bytes(new byte[3000]) };
        request.Headers.TransferEncodingChunked = true;
        using var chunked = await host.Http.SendAsync(request);
        await chunked.ProblemAsync(413, "too-large");
        Assert.Empty(Directory.GetFiles(Path.Combine(host.Data, "uploads")));
    }

    [Fact]
    public async Task An_import_that_never_was_is_not_found()
    {
        using var answer = await Http.GetAsync("/api/import/nobody");
        await answer.ProblemAsync(404, "not-found");
    }

    private async Task<ImportStatus> StartAsync(byte[] log)
    {
        using var answer = await Http.PostAsync("/api/import/xes?machine=declaration", Json.Bytes(log));
        return await answer.ReadAsync(LoomJson.Default.ImportStatus, 202);
    }

    private Task<ImportStatus> DoneAsync(string id) =>
        Commands.UntilAsync(() => Http.GetAsync($"/api/import/{id}", LoomJson.Default.ImportStatus), s => s.Status != "running");

    private static byte[] Log(string name) => Encoding.UTF8.GetBytes(
        $"""
        <log><trace><string key="concept:name" value="{name}"/>
        <event><string key="concept:name" value="Declaration SUBMITTED by EMPLOYEE"/><string key="org:role" value="EMPLOYEE"/><float key="amount" value="12.5"/><date key="time:timestamp" value="2018-01-01T10:00:00.000+01:00"/></event>
        <event><string key="concept:name" value="Request Payment"/><string key="org:role" value="UNDEFINED"/><date key="time:timestamp" value="2018-01-02T10:00:00.000+01:00"/></event>
        <event><string key="concept:name" value="Declaration FINAL_APPROVED by SUPERVISOR"/><string key="org:role" value="SUPERVISOR"/><date key="time:timestamp" value="2018-01-03T10:00:00.000+01:00"/></event>
        </trace></log>
        """);

    private static byte[] Packed(byte[] log)
    {
        using var buffer = new MemoryStream();
        using (var gzip = new GZipStream(buffer, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(log);
        }

        return buffer.ToArray();
    }

    private static byte[] Packed(byte[] head, byte fill, int mebibytes)
    {
        using var buffer = new MemoryStream();
        using (var gzip = new GZipStream(buffer, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(head);
            var block = new byte[1 << 20];
            Array.Fill(block, fill);
            for (var i = 0; i < mebibytes; i++)
            {
                gzip.Write(block);
            }
        }

        return buffer.ToArray();
    }
}
