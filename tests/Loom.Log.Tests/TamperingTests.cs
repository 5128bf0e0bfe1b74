using Loom.Core;
using Loom.Journal;
using Loom.Journal.Log;
using Xunit;

namespace Loom.Log.Tests;

public sealed class TamperingTests
{
    [Fact]
    public async Task A_link_that_does_not_follow_is_not_added_but_recorded_and_found()
    {
        await using var fixture = await LogFixture.StartAsync();
        await using var log = await fixture.OpenLogAsync();
        var fork = fixture.Next("account-a"); // another birth of the same stream
        await fixture.AppendAsync("account-a");
        await fixture.AppendAsync("account-b");
        await fixture.Journal.AppendAsync(fork.Link.Stream, ExpectedRevision.At(0), fork.Events, default);
        var flushed = await log.FlushAsync(default);

        Assert.Null(log.IndexOf(fork.Link.Stream, 1));
        var finding = Assert.Single(log.Health.Findings);
        Assert.Equal("account-a", finding.Subject);
        Assert.Contains("revision 1", finding.Problem, StringComparison.Ordinal);
        await log.FlushAsync(default);
        Assert.True(log.IndexOf(LoomStreams.Audit, 0) >= 0);
        Assert.Equal(1, await CountAsync(fixture, "loom.audit.linkRefused"));

        // The stream stays out, and the finding survives a restart without being recorded again.
        await fixture.AppendAsync("account-b");
        await using var again = await fixture.OpenLogAsync();
        var later = await again.FlushAsync(default);
        Assert.True(later.Size > flushed.Size);
        Assert.Equal(finding, Assert.Single(again.Health.Findings));
        Assert.Equal(1, await CountAsync(fixture, "loom.audit.linkRefused"));
    }

    [Fact]
    public async Task An_event_without_a_link_and_a_changed_link_in_an_actor_stream_are_refused()
    {
        await using var fixture = await LogFixture.StartAsync();
        await using var log = await fixture.OpenLogAsync();
        await fixture.AppendAsync("account-a");
        await fixture.AppendAsync("account-b");
        var bare = new EventData(Guid.NewGuid(), "deposited", EventData.Json, "{}"u8.ToArray(), "{}"u8.ToArray());
        await fixture.Journal.AppendAsync(StreamName.Parse("account-a"), ExpectedRevision.At(0), [bare], default);
        var next = fixture.Next("account-b").Events[0];
        var metadata = System.Text.Encoding.UTF8.GetString(next.Metadata.Span).Replace("\"principal\":\"alice\"", "\"principal\":\"malle\"", StringComparison.Ordinal);
        await fixture.Journal.AppendAsync(
            StreamName.Parse("account-b"), ExpectedRevision.At(0), [next with { Metadata = System.Text.Encoding.UTF8.GetBytes(metadata) }], default);
        await log.FlushAsync(default);
        Assert.Equal(["account-a", "account-b"], log.Health.Findings.Select(f => f.Subject).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_damaged_log_is_not_opened()
    {
        await using var fixture = await LogFixture.StartAsync();
        await using (var log = await fixture.OpenLogAsync())
        {
            await log.FlushAsync(default);
        }

        var e = new EventData(Guid.NewGuid(), "loom.log.batch", EventData.Binary, new byte[] { 1, 2, 3 }, ReadOnlyMemory<byte>.Empty);
        await fixture.Journal.AppendAsync(LoomStreams.Log, ExpectedRevision.Any, [e], default);
        var refusal = await Assert.ThrowsAsync<JournalException>(() => fixture.OpenLogAsync());
        Assert.Equal(JournalFailure.Corrupt, refusal.Failure);
    }

    [Fact]
    public async Task A_journal_that_lacks_the_last_checkpoint_is_read_only_until_the_rollback_is_accepted()
    {
        await using var fixture = await LogFixture.StartAsync();
        await using (var log = await fixture.OpenLogAsync(o => o with { CheckpointFile = fixture.CheckpointFile }))
        {
            await fixture.AppendAsync("account-a");
            await log.FlushAsync(default);
        }

        var kept = await File.ReadAllTextAsync(fixture.CheckpointFile);
        await fixture.Journal.DisposeAsync();
        Directory.Delete(fixture.JournalFolder, recursive: true);
        await fixture.OpenJournalAsync();

        await using (var swapped = await fixture.OpenLogAsync(o => o with { CheckpointFile = fixture.CheckpointFile }))
        {
            Assert.Equal(LogState.RollbackDetected, swapped.Health.State);
            Assert.NotEmpty(swapped.Health.Findings);
            await Assert.ThrowsAsync<JournalException>(() => swapped.FlushAsync(default));
            Assert.Equal(kept, await File.ReadAllTextAsync(fixture.CheckpointFile));
            var accepted = await swapped.AcceptRollbackAsync("operator", default);
            Assert.True(Checkpoint.TryParse(accepted.Note.Text, out var checkpoint));
            Assert.Equal(2, checkpoint.Epoch);
            Assert.Equal(LogState.Building, swapped.Health.State);
            Assert.Equal(1, await CountAsync(fixture, "loom.audit.rollbackAccepted"));
        }

        await using var after = await fixture.OpenLogAsync(o => o with { CheckpointFile = fixture.CheckpointFile });
        Assert.Equal(LogState.Building, after.Health.State);
        Assert.Equal(2, after.Epoch);
    }

    [Fact]
    public async Task A_checkpoint_file_that_somebody_changed_is_found()
    {
        await using var fixture = await LogFixture.StartAsync();
        await using (var log = await fixture.OpenLogAsync(o => o with { PublishTo = fixture.CheckpointFile }))
        {
            await log.FlushAsync(default);
        }

        using var stranger = new TestSigner();
        Assert.True(SignedNote.TryParse(await File.ReadAllBytesAsync(fixture.CheckpointFile), out var note));
        await File.WriteAllTextAsync(fixture.CheckpointFile, SignedNote.Sign(note.Text, LogFixture.Origin, stranger).Format());
        await using var changed = await fixture.OpenLogAsync(o => o with { PublishTo = fixture.CheckpointFile });
        Assert.Equal(LogState.RollbackDetected, changed.Health.State);
    }

    private static async Task<int> CountAsync(LogFixture fixture, string type)
    {
        var count = 0;
        await foreach (var e in fixture.Journal.ReadStreamAsync(LoomStreams.Audit, Direction.Forwards, 0, long.MaxValue, default))
        {
            count += e.Type == type ? 1 : 0;
        }

        return count;
    }
}
