using System.Net;
using Loom.Api;
using Loom.Journal;

namespace Loom.Host.Tests.Api;

/// <summary>The host itself over the API.</summary>
[Collection(OnLoopback.Name)]
public sealed class OperationTests(LoopbackHost on)
{
    private HttpClient Http => on.Http;

    [Fact]
    public async Task The_host_says_who_the_caller_is_and_what_it_is()
    {
        var me = await Http.GetAsync("/api/whoami", LoomJson.Default.WhoAmI);
        Assert.Equal(("operator", "loopback"), (me.Principal, me.Authentication));
        Assert.Equal(["*"], me.ApplicationRoles);
        var host = await Http.GetAsync("/api/host", LoomJson.Default.HostInfo);
        Assert.Equal(("development", false, on.Host.Data), (host.Environment, host.Production, host.DataFolder));
    }

    [Fact]
    public async Task The_journal_is_described_and_backed_up_while_it_works()
    {
        var actor = await Http.AccountAsync();
        var stats = await Http.GetAsync("/api/journal/stats", LoomJson.Default.JournalStats);
        Assert.True(stats.LastPosition > 0 && stats.ReadOnly is null && stats.Figures.ContainsKey("bytes"));
        using var folder = new Folder();
        using var answer = await Http.PostAsync("/api/journal/backup", Json.Body(new BackupRequest(folder["copy"]), LoomJson.Default.BackupRequest));
        var backup = await answer.ReadAsync(LoomJson.Default.BackupResult);
        Assert.True(backup.LastPosition >= stats.LastPosition);
        await using (var copy = await SegmentedJournal.OpenAsync(new SegmentedJournalOptions { Directory = folder["copy"], ReadOnly = true }, default))
        {
            Assert.Equal(1, await copy.LastRevisionAsync(Core.StreamName.Parse(actor), default));
        }

        using var again = await Http.PostAsync("/api/journal/backup", Json.Body(new BackupRequest(folder["copy"]), LoomJson.Default.BackupRequest));
        Assert.Contains(folder["copy"], (await again.ProblemAsync(400, "invalid-request")).Detail, StringComparison.Ordinal);
        using var relative = await Http.PostAsync("/api/journal/backup", Json.Text("""{"folder":"copy"}"""));
        await relative.ProblemAsync(400, "invalid-request");
    }

    [Fact]
    public async Task The_journal_is_scavenged_while_it_works()
    {
        foreach (var dry in new[] { true, false })
        {
            using var answer = await Http.PostAsync("/api/journal/scavenge", Json.Body(new JournalScavenge(dry), LoomJson.Default.JournalScavenge));
            var done = await answer.ReadAsync(LoomJson.Default.JournalScavenged);
            Assert.Equal((0, 0L, false, dry), (done.Segments, done.Events, done.WasStopped, done.DryRun)); // its one segment is being written
        }
    }

    [Theory]
    [InlineData("/api/journal/scavenge", "[1", 400)]
    [InlineData("/api/journal/backup", "{}", 400)]
    [InlineData("/api/journal/backup", "null", 400)]
    [InlineData("/api/journal/backup", "[1", 400)]
    [InlineData("/api/tokens", """{"name":"x y","roles":["auditor"]}""", 400)]
    [InlineData("/api/tokens", """{"name":"x","roles":[]}""", 400)]
    [InlineData("/api/tokens", """{"name":"x","roles":["admin"]}""", 400)]
    [InlineData("/api/tokens", """{"name":"x","roles":["auditor"],"days":0}""", 400)]
    [InlineData("/api/tokens", """{"name":"x","roles":["auditor"],"applicationRoles":["auditor"]}""", 400)]
    [InlineData("/api/tokens", """{"name":"x","roles":["auditor"],"applicationRoles":["a,b"]}""", 400)]
    [InlineData("/api/tokens", """{"name":"x","name":"y","roles":["auditor"]}""", 400)]
    public async Task Bodies_that_are_not_what_is_expected_are_refused(string path, string body, int status)
    {
        using var answer = await Http.PostAsync(path, Json.Text(body));
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task A_body_without_its_content_type_is_refused()
    {
        using var answer = await Http.PostAsync("/api/tokens", Json.Bytes("{}"u8.ToArray(), "text/plain"));
        await answer.ProblemAsync(415, "unsupported-media-type");
    }

    [Fact]
    public async Task The_directory_is_rebuilt_and_catches_up()
    {
        var actor = await Http.AccountAsync();
        using var none = await Http.PostAsync("/api/projections/sums/rebuild", null);
        await none.ProblemAsync(404, "not-found");
        using var answer = await Http.PostAsync("/api/projections/actors/rebuild", null);
        Assert.Equal("actors", Assert.Single((await answer.ReadAsync(LoomJson.Default.ProjectionList)).Projections).Name);
        var caughtUp = await Commands.UntilAsync(
            async () => (await Http.GetAsync("/api/projections", LoomJson.Default.ProjectionList)).Projections[0], p => p is { Lag: 0, Progress: null });
        Assert.Null(caughtUp.Fault);
        Assert.Equal(1, (await Http.GetAsync($"/api/actors?text={actor[8..]}", LoomJson.Default.ActorList)).Total);
    }

    [Fact]
    public async Task Every_administrative_act_is_in_the_audit_stream_with_who_and_what()
    {
        using var folder = new Folder();
        using (var backup = await Http.PostAsync("/api/journal/backup", Json.Body(new BackupRequest(folder["audited"]), LoomJson.Default.BackupRequest)))
        {
            Assert.Equal(HttpStatusCode.OK, backup.StatusCode);
        }

        var audit = new List<string>();
        await foreach (var e in on.Host.Service<IJournal>().ReadStreamAsync(Core.StreamName.Parse("loom.audit"), Direction.Forwards, 0, long.MaxValue, default))
        {
            audit.Add(System.Text.Encoding.UTF8.GetString(e.Data.Span) + System.Text.Encoding.UTF8.GetString(e.Metadata.Span));
        }

        Assert.Contains(audit, a => a.Contains(folder["audited"], StringComparison.Ordinal) && a.Contains("operator", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Browsers_are_told_to_take_answers_for_what_they_are_and_to_frame_nothing()
    {
        using var answer = await Http.GetAsync("/api/whoami");
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("DENY", Assert.Single(answer.Headers.GetValues("X-Frame-Options")));
        Assert.False(answer.Headers.Contains("Server"));
    }
}
