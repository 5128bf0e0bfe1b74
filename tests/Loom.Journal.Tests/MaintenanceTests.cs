using System.Text;
using Loom.Core;

namespace Loom.Journal.Tests;

public sealed class MaintenanceTests : JournalTestBase
{
    [Fact]
    public async Task A_check_counts_everything_and_names_each_damaged_place()
    {
        await using (var journal = await OpenAsync(4000))
        {
            await FillAsync(journal, 120);
        }

        var sound = await JournalMaintenance.CheckAsync(Folder, null, null, None);
        Assert.True(sound.IsSound);
        Assert.Equal((120, 240, 7, Segments().Length), (sound.Appends, sound.Events, sound.Streams, sound.Segments));

        Damage(Segments()[0], 100);
        Damage(Segments()[2], 200);
        var damaged = await JournalMaintenance.CheckAsync(Folder, null, null, None);
        Assert.False(damaged.IsSound);
        Assert.Contains(damaged.Damage, d => d.File == Segments()[0]);
        Assert.Contains(damaged.Damage, d => d.File == Segments()[2]);
        Assert.True(damaged.Events > 200, $"only {damaged.Events} events were found past the damage");
    }

    [Fact]
    public async Task Statistics_tell_the_categories()
    {
        await using var journal = await OpenAsync();
        await FillAsync(journal, 12);
        await journal.AppendAsync(StreamName.Parse("loom.log"), ExpectedRevision.NoStream, [Event()], None);
        var stats = await JournalMaintenance.StatsAsync(Folder, null, None);
        Assert.Equal((13, 25, 8), (stats.Appends, stats.Events, stats.Streams));
        Assert.Equal([new JournalCategory("s", 7, 24), new JournalCategory("loom.log", 1, 1)], stats.Categories);
        Assert.Equal(await journal.LastPositionAsync(None), stats.LastPosition);
    }

    [Fact]
    public async Task A_backup_made_while_writing_goes_on_restores_to_a_prefix()
    {
        var extra = Other("notes.txt");
        await File.WriteAllTextAsync(extra, "kept");
        await using var journal = await OpenAsync(20_000);
        await FillAsync(journal, 100);
        using var stop = new CancellationTokenSource();
        var writing = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                await FillAsync(journal, 20);
            }
        });
        var report = await JournalMaintenance.BackupAsync(journal, Other("backup"), [new BackupFile(extra, "notes/notes.txt")], null, null, None);
        var cold = await JournalMaintenance.BackupAsync(Folder, Other("backup2"), [], null, null, None);
        await stop.CancelAsync();
        await writing;
        Assert.True(cold.LastPosition >= report.LastPosition);

        foreach (var (name, made) in new[] { ("backup", report), ("backup2", cold) })
        {
            await JournalMaintenance.RestoreAsync(Other(name), Other(name + "-restored"), Other(name + "-extra"), null, null, None);
            await using var restored = await OpenAsync(20_000, folder: Other(name + "-restored"));
            var events = (await AllAsync(restored)).ConvertAll(Text);
            Assert.True(events.Count >= 199);
            Assert.Equal((await AllAsync(journal)).Take(events.Count).Select(Text), events);
            Assert.Equal(made.LastPosition, await restored.LastPositionAsync(None));
        }

        Assert.Equal("kept", await File.ReadAllTextAsync(Path.Combine(Other("backup-extra"), "notes", "notes.txt")));
    }

    [Fact]
    public async Task A_restore_refuses_a_filled_folder_a_damaged_backup_and_no_backup()
    {
        await using (var journal = await OpenAsync())
        {
            await FillAsync(journal, 20);
            await JournalMaintenance.BackupAsync(journal, Other("backup"), [], null, null, None);
        }

        Assert.Equal(JournalFailure.Refused, await Fails(Other("backup"), Folder));
        Assert.Equal(JournalFailure.Refused, await Fails(Folder, Other("new")));
        Damage(Segments(Other("backup"))[0], 500);
        Assert.Equal(JournalFailure.Corrupt, await Fails(Other("backup"), Other("new")));

        static async Task<JournalFailure> Fails(string backup, string directory) =>
            (await Assert.ThrowsAsync<JournalException>(() => JournalMaintenance.RestoreAsync(backup, directory, null, null, null, None))).Failure;
    }

    [Fact]
    public async Task A_manifest_cannot_write_outside_the_folder()
    {
        Directory.CreateDirectory(Other("evil"));
        await File.WriteAllTextAsync(
            Path.Combine(Other("evil"), "backup.json"),
            """{"v":1,"end":0,"lastPosition":null,"files":[{"name":"extra/../../out.txt","length":1,"sha256":"00"}]}""");
        var e = await Assert.ThrowsAsync<JournalException>(() => JournalMaintenance.RestoreAsync(Other("evil"), Other("new"), Other("new-extra"), null, null, None));
        Assert.Equal(JournalFailure.Refused, e.Failure);
        Assert.False(File.Exists(Other("out.txt")));
    }

    [Fact]
    public async Task An_export_imports_to_the_same_events_and_exports_to_the_same_lines()
    {
        await using var journal = await OpenAsync();
        await FillAsync(journal, 200);
        await journal.AppendAsync(
            StreamName.Parse("odd ünïcode \"stream\""), ExpectedRevision.NoStream,
            [new EventData(Guid.NewGuid(), "∆🧵", "text/plain", " {} "u8.ToArray(), "[1,\t2]"u8.ToArray()), new EventData(Guid.NewGuid(), "t", EventData.Json, "1 2"u8.ToArray(), "\"ä\""u8.ToArray())],
            None);
        var export = new MemoryStream();
        Assert.Equal(401, (await JournalMaintenance.ExportAsync(journal, export, null, null, None)).Events);

        await using var imported = await OpenAsync(folder: Other("imported"));
        export.Position = 0;
        Assert.Equal(401, (await JournalMaintenance.ImportAsync(imported, export, null, null, None)).Events);
        Assert.Equal((await AllAsync(journal)).Select(Text), (await AllAsync(imported)).Select(Text));
        Assert.Equal(201, (await JournalMaintenance.CheckAsync(Other("imported"), null, null, None)).Appends);

        export.Position = 0;
        var e = await Assert.ThrowsAsync<JournalException>(() => JournalMaintenance.ImportAsync(imported, export, null, null, None));
        Assert.Equal(JournalFailure.Refused, e.Failure);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("not json")]
    [InlineData("""{"stream":"s","revision":0,"position":64,"id":"x","type":"t","contentType":"application/json","created":"2026-01-01T00:00:00Z","data":{},"metadata":{}}""")]
    [InlineData("""{"stream":"s","revision":7,"position":64,"id":"5b9e1f0e-0000-4000-8000-000000000001","type":"t","contentType":"application/json","created":"2026-01-01T00:00:00Z","data":{},"metadata":{"loom":{}}}""")]
    [InlineData("""{"stream":"$s","revision":0,"position":64,"id":"5b9e1f0e-0000-4000-8000-000000000001","type":"t","contentType":"application/json","created":"2026-01-01T00:00:00Z","data":{},"metadata":{}}""")]
    public async Task A_line_that_is_no_event_is_refused_and_nothing_is_written(string line)
    {
        await using var journal = await OpenAsync();
        var e = await Assert.ThrowsAsync<JournalException>(
            () => JournalMaintenance.ImportAsync(journal, new MemoryStream(Encoding.UTF8.GetBytes(line + "\n")), null, null, None));
        Assert.Equal(JournalFailure.Refused, e.Failure);
        Assert.Empty(await AllAsync(journal));
    }
}
