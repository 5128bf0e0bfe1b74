using Loom.Api;
using Loom.Hosting;
using Loom.Provenance;

namespace Loom.Host.Tests.EventStore;

/// <summary>Hosts whose journal is on another host that serves the protocol.</summary>
public sealed class JournalOnServerTests : IDisposable
{
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Two_hosts_on_one_journal_take_turns_with_an_actor_and_its_chain_verifies()
    {
        await using var server = await RunningHost.StartOnAsync(_folder["server"], Connecting.Served);
        await using var first = await RunningHost.StartOnAsync(_folder["first"], Connecting.JournalAt(server.Streams));
        await using var second = await RunningHost.StartOnAsync(_folder["second"], [.. Connecting.JournalAt(server.Streams), "--log.keyFolder", Path.Combine(server.Data, "keys")]);
        const string Actor = "account-shared";
        await first.Http.DoneAsync(Actor, "open", """{"owner":"Ada"}""");
        for (var i = 0; i < 6; i++)
        {
            var host = (i % 3) switch { 0 => second, 1 => first, _ => server };
            await Commands.UntilAsync(
                async () =>
                {
                    using var answer = await host.Http.CommandAsync(Actor, "deposit", """{"amount":"5"}""", ("Idempotency-Key", $"d-{i}"));
                    return (int)answer.StatusCode;
                },
                status => status == 200);
        }

        foreach (var host in new[] { server, first, second })
        {
            Assert.Equal(7, (await host.Http.GetAsync($"/api/actors/{Actor}/transitions", LoomJson.Default.TransitionList)).Transitions.Count);
        }

        // Who has the log's key makes bundles; who has not says so.
        var trust = TrustRoot.Parse(await server.Http.GetByteArrayAsync("/api/trust"));
        foreach (var host in new[] { server, second })
        {
            var report = BundleVerifier.Verify(await host.Http.GetByteArrayAsync($"/api/actors/{Actor}/bundle"), trust, new VerifyOptions { At = DateTimeOffset.UtcNow });
            Assert.True(report.ExitCode == 0, report.Conclusion);
        }

        using var refused = await first.Http.GetAsync($"/api/actors/{Actor}/bundle");
        Assert.Contains("log.keyFolder", (await refused.ProblemAsync(409, "no-log-key")).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_figures_and_backup_say_where_the_journal_is_and_nothing_shows_credentials()
    {
        await using var server = await RunningHost.StartOnAsync(_folder["server"], ["--auth.mode", "token", .. Connecting.Served]);
        var secret = (await server.CreateTokenAsync(server.FirstToken(), "second-host", ["host"])).Token;
        await using var host = await RunningHost.StartOnAsync(_folder["data"], Connecting.JournalAt(server.Streams, $"loom:{secret}"));
        await host.Http.AccountAsync();
        var place = $"esdb://127.0.0.1:{server.Streams.Port}?tls=false";
        var health = await host.Http.GetAsync("/health/ready", LoomJson.Default.HealthReport);
        Assert.Equal("ready", health.Status);
        Assert.StartsWith($"On {place}. Durable up to position ", health.Checks.Single(c => c.Name == "journal").Message, StringComparison.Ordinal);
        var stats = await host.Http.GetAsync("/api/journal/stats", LoomJson.Default.JournalStats);
        Assert.Equal(("eventStoreDb", place), (stats.Kind, stats.Place));
        using (var backup = await host.Http.PostAsync("/api/journal/backup", Json.Text($$"""{"folder":"{{_folder["copy"]}}"}""")))
        {
            Assert.Contains(place, (await backup.ProblemAsync(409, "not-embedded")).Detail, StringComparison.Ordinal);
        }

        var config = await host.Http.GetStringAsync("/api/config");
        Assert.Contains($"esdb://***@127.0.0.1:{server.Streams.Port}", config, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, config, StringComparison.Ordinal);
        Assert.Equal(place, await File.ReadAllTextAsync(Path.Combine(_folder["data"], "journal-server")));

        await server.DisposeAsync();
        var lost = await Commands.UntilAsync(
            async () =>
            {
                using var answer = await host.Http.GetAsync("/health/ready");
                return await answer.Content.ReadAsStringAsync();
            },
            text => text.Contains("gives no answer", StringComparison.Ordinal), everyMs: 250);
        Assert.Contains(place, lost, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, lost, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_data_folder_is_one_processs_and_one_journals()
    {
        await using var server = await RunningHost.StartOnAsync(_folder["server"], Connecting.Served);
        var journal = Connecting.JournalAt(server.Streams);
        Assert.Equal(ExitCode.Usage, (await RefusedAsync("server", journal)).Code);
        await using (await RunningHost.StartOnAsync(_folder["data"], journal))
        {
            var inUse = await RefusedAsync("data", journal);
            Assert.Equal(ExitCode.InUse, inUse.Code);
            Assert.Contains("--data", inUse.Message, StringComparison.Ordinal);
        }

        var embedded = await RefusedAsync("data");
        Assert.Contains($"esdb://127.0.0.1:{server.Streams.Port}", embedded.Message, StringComparison.Ordinal);
        await using var again = await RunningHost.StartOnAsync(_folder["data"], journal);
        await again.Http.AccountAsync();
    }

    [Theory]
    [InlineData("esdb://user:sec?ret@127.0.0.1:2113")]
    [InlineData("esdb://user:sec/ret@127.0.0.1:2113?tls=maybe")]
    [InlineData("user:secret@127.0.0.1")]
    [InlineData("esdb://user:secret@127.0.0.1:port")]
    public async Task A_bad_connection_string_is_refused_without_a_word_of_its_password(string address)
    {
        var e = await RefusedAsync("data", "--journal.address", address);
        Assert.Equal(ExitCode.Usage, e.Code);
        Assert.Contains("journal.address", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("sec", e.Message, StringComparison.Ordinal);
        Assert.Null(e.InnerException);
    }

    [Fact]
    public async Task A_credential_file_keeps_the_token_out_of_arguments_and_must_be_private()
    {
        await using var server = await RunningHost.StartOnAsync(_folder["server"], ["--auth.mode", "token", .. Connecting.Served]);
        await File.WriteAllTextAsync(_folder["token"], (await server.CreateTokenAsync(server.FirstToken(), "second-host", ["host"])).Token + "\n");
        string[] args = [.. Connecting.JournalAt(server.Streams), "--journal.credentialFile", _folder["token"]];
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_folder["token"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
            Assert.Contains("chmod 600", (await RefusedAsync("data", args)).Message, StringComparison.Ordinal);
            File.SetUnixFileMode(_folder["token"], UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        await using var host = await RunningHost.StartOnAsync(_folder["data"], args);
        await host.Http.AccountAsync();
    }

    private Task<StartupException> RefusedAsync(string data, params string[] args) =>
        Assert.ThrowsAsync<StartupException>(() => RunningHost.StartOnAsync(_folder[data], args));
}
