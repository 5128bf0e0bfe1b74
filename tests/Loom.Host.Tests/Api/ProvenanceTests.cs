using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Loom.Api;
using Loom.Core;
using Loom.Provenance;

namespace Loom.Host.Tests.Api;

/// <summary>Bundles, trust, the log and its keys.</summary>
[Collection(OnLoopback.Name)]
public sealed class ProvenanceTests(LoopbackHost on)
{
    private HttpClient Http => on.Http;

    [Fact]
    public async Task A_bundle_verifies_with_the_library_under_the_hosts_trust_file()
    {
        var actor = await Http.AccountAsync(deposits: 4);
        using var answer = await Http.GetAsync($"/api/actors/{actor}/bundle");
        Assert.Equal("application/vnd.loom.bundle+zip", answer.Content.Headers.ContentType?.MediaType);
        var size = long.Parse(Assert.Single(answer.Headers.GetValues("Loom-Tree-Size")), System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal($"{actor}-at-{size}.loom", answer.Content.Headers.ContentDisposition?.FileName);
        var report = Verify(await answer.Content.ReadAsByteArrayAsync(), await TrustAsync());
        Assert.Equal(0, report.ExitCode);
        Assert.Equal(5, Assert.Single(report.Bundle!.Streams).Transitions);

        using var again = await Http.GetAsync($"/api/actors/{actor}/bundle?atSize={size}");
        Assert.Equal(await answer.Content.ReadAsByteArrayAsync(), await again.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Exports_of_the_same_content_at_the_same_time_are_equal_to_the_last_byte()
    {
        var actor = await Http.AccountAsync(deposits: 2);
        using var flushed = await Http.PostAsync("/api/log/flush", null);
        var size = (await flushed.ReadAsync(LoomJson.Default.LogStatus)).Checkpoint!.Size;
        var bundles = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Http.GetByteArrayAsync($"/api/actors/{actor}/bundle?atSize={size}")));
        Assert.All(bundles, b => Assert.Equal(bundles[0], b));
    }

    [Fact]
    public async Task A_bundle_hides_what_it_is_told_to_hide()
    {
        var actor = $"account-{Guid.CreateVersion7():N}";
        await Http.DoneAsync(actor, "open", """{"owner":"Unmistakable Name"}""");
        var bytes = await Http.GetByteArrayAsync($"/api/actors/{actor}/bundle?hide=data,commands");
        Assert.Equal(-1, bytes.AsSpan().IndexOf("Unmistakable"u8));
        Assert.NotEqual(-1, (await Http.GetByteArrayAsync($"/api/actors/{actor}/bundle")).AsSpan().IndexOf("Unmistakable"u8));
        Assert.Equal(0, Verify(bytes, await TrustAsync()).ExitCode);
    }

    [Fact]
    public async Task The_server_verifies_a_bundle_alone_and_with_trust_and_an_earlier_checkpoint()
    {
        var actor = await Http.AccountAsync();
        await Http.PostAsync("/api/log/flush", null);
        var seen = await Http.GetStringAsync("/api/log/checkpoint");
        await Http.DoneAsync(actor, "deposit", """{"amount":"7"}""");
        var bundle = await Http.GetByteArrayAsync($"/api/actors/{actor}/bundle");

        using var alone = await Http.PostAsync("/api/verify", Json.Bytes(bundle));
        var result = await alone.ReadAsync(LoomJson.Default.VerifyResult);
        Assert.Equal(("server", 0, actor), (result.VerifiedBy, result.ExitCode, Assert.Single(result.Streams).Stream));

        using var form = new MultipartFormDataContent { { Json.Bytes(bundle), "bundle", "case.loom" }, { Json.Bytes(await TrustAsync()), "trust", "trust.json" }, { new StringContent(seen), "seen" } };
        using var answer = await Http.PostAsync("/api/verify", form);
        var whole = await answer.ReadAsync(LoomJson.Default.VerifyResult);
        Assert.Equal(0, whole.ExitCode);
        Assert.Contains(whole.Claims, c => c.Claim.StartsWith("consistent", StringComparison.Ordinal) && c.Outcome == "holds");

        bundle[bundle.Length / 2] ^= 1;
        using var changed = await Http.PostAsync("/api/verify", Json.Bytes(bundle));
        Assert.NotEqual(0, (await changed.ReadAsync(LoomJson.Default.VerifyResult)).ExitCode);
    }

    [Fact]
    public async Task What_is_no_bundle_is_a_verdict_in_words()
    {
        foreach (var bytes in new[] { [], "hello"u8.ToArray(), ZipOf(("bundle.dsse.json", "{}")), ZipOf(("../../etc/passwd", "x")), ZipBomb() })
        {
            using var answer = await Http.PostAsync("/api/verify", Json.Bytes(bytes));
            var result = await answer.ReadAsync(LoomJson.Default.VerifyResult);
            Assert.Equal(2, result.ExitCode);
            Assert.True(result.Summary.Length > 20, result.Summary);
        }
    }

    [Fact]
    public async Task Forms_that_cannot_be_read_are_refused()
    {
        using var empty = await Http.PostAsync("/api/verify", new MultipartFormDataContent { { new StringContent("x"), "other" } });
        Assert.Contains("'bundle'", (await empty.ProblemAsync(400, "invalid-request")).Detail, StringComparison.Ordinal);
        using var unbounded = await Http.PostAsync("/api/verify", Json.Bytes("x"u8.ToArray(), "multipart/form-data"));
        await unbounded.ProblemAsync(400, "invalid-request");
        using var cut = await Http.PostAsync("/api/verify", Json.Bytes("--b\r\nContent-Disposition: form-data; name=\"bundle\"; filename=\"x\"\r\n\r\nabc"u8.ToArray(), "multipart/form-data; boundary=b"));
        await cut.ProblemAsync(400, "invalid-request");
        using var trust = await Http.PostAsync("/api/verify", new MultipartFormDataContent { { Json.Bytes([1]), "bundle", "b" }, { new StringContent("{\"x\":1}"), "trust" } });
        await trust.ProblemAsync(400, "invalid-request");
        using var seen = await Http.PostAsync("/api/verify", new MultipartFormDataContent { { Json.Bytes([1]), "bundle", "b" }, { new StringContent("nonsense"), "seen" } });
        await seen.ProblemAsync(400, "invalid-request");
        using var large = await Http.PostAsync("/api/verify", new MultipartFormDataContent { { Json.Bytes([1]), "bundle", "b" }, { Json.Bytes(new byte[(1 << 20) + 1]), "trust", "t" } });
        await large.ProblemAsync(413, "too-large");
    }

    [Fact]
    public async Task The_log_shows_leaves_checkpoints_and_keys_that_agree()
    {
        var actor = await Http.AccountAsync(deposits: 2);
        using var flushed = await Http.PostAsync("/api/log/flush", null);
        var log = await flushed.ReadAsync(LoomJson.Default.LogStatus);
        Assert.True(log is { Building: true, ReadOnly: false, Findings: [] } && log.Checkpoint!.Size == log.Size);
        var entries = new List<LogEntry>();
        for (long? from = 0; from is not null;)
        {
            var page = await Http.GetAsync($"/api/log/entries?from={from}&count=1000", LoomJson.Default.LogEntryList);
            entries.AddRange(page.Entries);
            from = page.Next;
        }

        Assert.Equal(Enumerable.Range(0, entries.Count).Select(i => (long)i), entries.Select(e => e.Index));
        Assert.Equal(3, entries.Count(e => e.Stream == actor));
        var checkpoints = await Http.GetAsync("/api/log/checkpoints?count=1", LoomJson.Default.CheckpointList);
        Assert.Equal(await Http.GetStringAsync("/api/log/checkpoint"), Assert.Single(checkpoints.Checkpoints).Note);
        var key = Assert.Single((await Http.GetAsync("/api/keys", LoomJson.Default.KeyList)).Keys);
        Assert.Equal((null, false), (key.To, key.Revoked));
        Assert.Contains(log.Origin, Encoding.UTF8.GetString(await TrustAsync()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("hide=everything", 400, "invalid-request")]
    [InlineData("atSize=999999999", 409, "no-checkpoint")]
    [InlineData("atSize=-1", 409, "no-checkpoint")]
    [InlineData("atSize=x", 400, "invalid-request")]
    public async Task A_bundle_that_cannot_be_is_refused(string query, int status, string code)
    {
        var actor = await Http.AccountAsync();
        using var answer = await Http.GetAsync($"/api/actors/{actor}/bundle?{query}");
        await answer.ProblemAsync(status, code);
    }

    [Fact]
    public async Task Keys_and_publishing_are_refused_where_they_make_no_sense()
    {
        using var publish = await Http.PostAsync("/api/log/publish", null);
        Assert.Contains("log.publish", (await publish.ProblemAsync(409, "conflict")).Detail, StringComparison.Ordinal);
        using var unknown = await Http.PostAsync("/api/keys/nobody/revoke", Json.Text("""{"afterSize":1,"reason":"lost"}"""));
        await unknown.ProblemAsync(404, "not-found");
        using var negative = await Http.PostAsync("/api/keys/nobody/revoke", Json.Text("""{"afterSize":-1,"reason":"lost"}"""));
        await negative.ProblemAsync(400, "invalid-request");
        using var rollback = await Http.PostAsync("/api/journal/accept-rollback", null);
        Assert.Equal(409, (int)rollback.StatusCode);
    }

    [Fact]
    public async Task A_rotated_key_signs_and_the_old_one_still_verifies()
    {
        await using var host = await RunningHost.StartAsync();
        var actor = await host.Http.AccountAsync();
        var before = await host.Http.GetByteArrayAsync($"/api/actors/{actor}/bundle");
        using var rotated = await host.Http.PostAsync("/api/keys/rotate", null);
        var keys = (await rotated.ReadAsync(LoomJson.Default.KeyList)).Keys;
        Assert.Equal(2, keys.Count);
        await host.Http.DoneAsync(actor, "deposit", """{"amount":"7"}""");
        var after = await host.Http.GetByteArrayAsync($"/api/actors/{actor}/bundle");
        var trust = await host.Http.GetByteArrayAsync("/api/trust");
        Assert.Equal((0, 0), (Verify(before, trust).ExitCode, Verify(after, trust).ExitCode));

        using var revoked = await host.Http.PostAsync($"/api/keys/{Uri.EscapeDataString(keys[0].Name)}/revoke", Json.Text("""{"afterSize":0,"reason":"test"}"""));
        Assert.Contains((await revoked.ReadAsync(LoomJson.Default.KeyList)).Keys, k => k.Revoked);
        Assert.Equal(1, Verify(before, await host.Http.GetByteArrayAsync("/api/trust")).ExitCode);
    }

    [Fact]
    public async Task A_checkpoint_is_published_where_the_configuration_says()
    {
        using var folder = new Folder();
        await using var host = await RunningHost.StartAsync("--log.publish", folder["published"]);
        await host.Http.AccountAsync();
        await host.Http.PostAsync("/api/log/flush", null);
        using var answer = await host.Http.PostAsync("/api/log/publish", null);
        var published = await answer.ReadAsync(LoomJson.Default.PublishResult);
        Assert.Equal([folder["published"]], published.Published);
        Assert.Contains($"\n{published.Size}\n", await File.ReadAllTextAsync(folder["published"]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(204)]
    [InlineData(503)]
    public async Task A_checkpoint_is_published_by_an_HTTP_put_to_whoever_keeps_it(int status)
    {
        await using var keeper = await Keeper.StartAsync(status);
        await using var host = await RunningHost.StartAsync("--log.publish", keeper.Address);
        await host.Http.AccountAsync();
        await host.Http.PostAsync("/api/log/flush", null);
        using var answer = await host.Http.PostAsync("/api/log/publish", null);
        if (status == 503)
        {
            Assert.Contains("503", (await answer.ProblemAsync(409, "conflict")).Detail, StringComparison.Ordinal);
            return;
        }

        var published = await answer.ReadAsync(LoomJson.Default.PublishResult);
        Assert.Equal([keeper.Address], published.Published);
        var trust = TrustRoot.Parse(await host.Http.GetByteArrayAsync("/api/trust"));
        Assert.True(SignedNote.TryParse(keeper.Last, out var note));
        Assert.True(Checkpoint.TryParse(note.Text, out var checkpoint));
        Assert.Equal(published.Size, checkpoint.Size);
        Assert.True(note.IsSignedBy(checkpoint.Origin, trust.LogKeys[0].PublicKey));
    }

    private static VerificationReport Verify(byte[] bundle, byte[] trust) => BundleVerifier.Verify(bundle, TrustRoot.Parse(trust), new VerifyOptions { At = DateTimeOffset.UtcNow });

    private async Task<byte[]> TrustAsync() => await Http.GetByteArrayAsync("/api/trust");

    private static byte[] ZipOf(params (string Name, string Text)[] entries)
    {
        using var buffer = new MemoryStream();
        using (var zip = new ZipArchive(buffer, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, text) in entries)
            {
                using var writer = new StreamWriter(zip.CreateEntry(name, CompressionLevel.NoCompression).Open());
                writer.Write(text);
            }
        }

        return buffer.ToArray();
    }

    // 256 MiB of zeros, packed.
    private static byte[] ZipBomb()
    {
        using var buffer = new MemoryStream();
        using (var zip = new ZipArchive(buffer, ZipArchiveMode.Create, leaveOpen: true))
        {
            using var entry = zip.CreateEntry("bundle.dsse.json", CompressionLevel.Fastest).Open();
            var zeros = new byte[1 << 20];
            for (var i = 0; i < 256; i++)
            {
                entry.Write(zeros);
            }
        }

        return buffer.ToArray();
    }
}
