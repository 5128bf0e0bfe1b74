using System.Text;
using Loom.Core;
using Loom.Journal.Blobs;

namespace Loom.Journal.Tests.Blobs;

/// <summary>Check, backup, restore, export and import carry the blobs that a journal names, and name those that are not there.</summary>
public sealed class BlobMaintenanceTests : JournalWithBlobs
{
    [Fact]
    public async Task A_check_counts_sound_blobs_and_names_missing_changed_and_redirected_ones()
    {
        var evidence = await PutAsync("activities", "evidence");
        BlobName missing, changed;
        await using (var journal = await OpenAsync())
        {
            await AppendAsync(journal, 1, $$"""{"evidence":"{{evidence.Content}}"}""");
            missing = await AppendAsync(journal, 2);
            changed = await AppendAsync(journal, 3);
        }

        var sound = await JournalMaintenance.CheckAsync(Folder, Store, null, None);
        Assert.True(sound.IsSound, string.Join(", ", sound.Damage));
        Assert.Equal((4, (3L * Body(1).Length) + 8), (sound.Blobs, sound.BlobBytes));

        await Store.DeleteAsync(missing, None);
        await File.AppendAllTextAsync(Store.PathOf(changed), "x");
        await using (var journal = await OpenAsync())
        {
            await AppendAsync(journal, 4, reopen: o => o with { CommandBlob = Digest.Of(Body(1)) });
        }

        var report = await JournalMaintenance.CheckAsync(Folder, Store, null, None);
        var found = report.Damage.ToDictionary(d => d.File, d => d.What);
        Assert.Equal(new[] { missing.ToString(), changed.ToString(), $"commands/{Digest.Of(Body(1))}" }.Order(), found.Keys.Order());
        Assert.Contains("account-a at revision 1", found[missing.ToString()], StringComparison.Ordinal);
        Assert.Contains("account-a at revision 2", found[changed.ToString()], StringComparison.Ordinal);
        Assert.Contains("account-a at revision 3", found[$"commands/{Digest.Of(Body(1))}"], StringComparison.Ordinal);

        var without = await JournalMaintenance.CheckAsync(Folder, null, null, None);
        Assert.Equal(3, without.Damage.Count);
    }

    [Fact]
    public async Task A_backup_restores_with_the_blobs_that_the_journal_names_and_no_others()
    {
        var evidence = await PutAsync("activities", "evidence");
        await PutAsync("activities", "nobody names it");
        await using var journal = await OpenAsync();
        await AppendAsync(journal, 1, $$"""{"evidence":"{{evidence.Content}}"}""");
        await AppendAsync(journal, 2);
        var report = await JournalMaintenance.BackupAsync(journal, Other("backup"), [], Store, null, None);
        Assert.Empty(report.Missing);

        var restored = new FileBlobStore(Other("restored-blobs"));
        await JournalMaintenance.RestoreAsync(Other("backup"), Other("restored"), null, restored, null, None);
        Assert.Equal([evidence.ToString(), .. new[] { 1, 2 }.Select(n => BlobName.Of("commands", Body(n))).Order().Select(n => n.ToString())], await NamesAsync(restored));
        Assert.True((await JournalMaintenance.CheckAsync(Other("restored"), restored, null, None)).IsSound);
    }

    [Fact]
    public async Task A_backup_names_what_it_lacks_and_a_restore_refuses_a_changed_blob()
    {
        await using var journal = await OpenAsync();
        var missing = await AppendAsync(journal, 1, store: false);
        var kept = await AppendAsync(journal, 2);
        var report = await JournalMaintenance.BackupAsync(journal, Other("backup"), [], Store, null, None);
        Assert.StartsWith(missing.ToString(), Assert.Single(report.Missing), StringComparison.Ordinal);
        var file = Path.Combine(Other("backup"), "blobs", "commands", kept.Content.ToString());
        var bytes = await File.ReadAllBytesAsync(file);
        bytes[100] ^= 1;
        await File.WriteAllBytesAsync(file, bytes);
        var e = await Assert.ThrowsAsync<JournalException>(
            () => JournalMaintenance.RestoreAsync(Other("backup"), Other("restored"), null, new FileBlobStore(Other("restored-blobs")), null, None));
        Assert.Equal(JournalFailure.Corrupt, e.Failure);
        Assert.Contains(kept.ToString(), e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_manifest_cannot_write_a_blob_outside_the_store()
    {
        Directory.CreateDirectory(Other("evil"));
        await File.WriteAllTextAsync(
            Path.Combine(Other("evil"), "backup.json"),
            """{"v":1,"end":0,"lastPosition":null,"files":[{"name":"blobs/../../out/2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881","length":1,"sha256":"00"}]}""");
        var e = await Assert.ThrowsAsync<JournalException>(() => JournalMaintenance.RestoreAsync(Other("evil"), Other("new"), null, Store, null, None));
        Assert.Equal(JournalFailure.Refused, e.Failure);
    }

    [Fact]
    public async Task Exported_lines_carry_each_blob_once_before_its_event_and_import_with_them()
    {
        var evidence = await PutAsync("activities", "evidence");
        await using var journal = await OpenAsync();
        await AppendAsync(journal, 1);
        await AppendAsync(journal, 2, $$"""{"evidence":"{{evidence.Content}}"}""");
        await AppendAsync(journal, 3, $$"""{"evidence":"{{evidence.Content}}"}""");
        var lines = await ExportAsync(journal, blobs: 4);
        Assert.Equal(["blob", "stream", "blob", "blob", "stream", "blob", "stream"], lines.Select(l => l[2..l.IndexOf('"', 2)]));

        var imported = new FileBlobStore(Other("imported-blobs"));
        await using (var again = await OpenAsync(folder: Other("imported")))
        {
            var report = await ImportAsync(again, imported, lines);
            Assert.Equal((3, 4), (report.Events, report.Blobs));
            Assert.Equal(lines.Select(Unplaced), (await ExportAsync(again, 4, imported)).Select(Unplaced));
        }

        Assert.Equal(await NamesAsync(Store), await NamesAsync(imported));
        Assert.True((await JournalMaintenance.CheckAsync(Other("imported"), imported, null, None)).IsSound);
    }

    [Fact]
    public async Task An_import_refuses_an_event_whose_blob_is_nowhere_and_a_blob_that_is_another()
    {
        await using var journal = await OpenAsync();
        await AppendAsync(journal, 1);
        var lines = await ExportAsync(journal, blobs: 1);
        var imported = new MemoryBlobStore();
        await using var again = await OpenAsync(folder: Other("imported"));

        Assert.Contains("Line 1 names the blob commands/", await RefusedAsync(again, imported, lines[1..]), StringComparison.Ordinal);
        var other = lines[0].Replace(Convert.ToBase64String(Body(1)), Convert.ToBase64String(Body(2)), StringComparison.Ordinal);
        Assert.Contains("Line 1 cannot be taken", await RefusedAsync(again, imported, [other, lines[1]]), StringComparison.Ordinal);
        Assert.Contains("Line 1 is no blob", await RefusedAsync(again, imported, ["""{"blob":"../x","dataBase64":""}"""]), StringComparison.Ordinal);
        Assert.Contains("Line 1 is a blob", await RefusedAsync(again, null, lines), StringComparison.Ordinal);
        Assert.Empty(await AllAsync(again));

        await imported.PutAsync(BlobName.Of("commands", Body(1)), Body(1), None);
        Assert.Equal(1, (await ImportAsync(again, imported, lines[1..])).Events);
    }

    [Fact]
    public async Task An_export_names_what_it_lacks()
    {
        await using var journal = await OpenAsync();
        var missing = await AppendAsync(journal, 1, store: false);
        var report = await JournalMaintenance.ExportAsync(journal, new MemoryStream(), Store, null, None);
        Assert.Equal((1, 0), (report.Events, report.Blobs));
        Assert.StartsWith(missing.ToString(), Assert.Single(report.Missing), StringComparison.Ordinal);
    }

    private async Task<string[]> ExportAsync(IJournal journal, int blobs, IBlobStore? store = null)
    {
        var output = new MemoryStream();
        var report = await JournalMaintenance.ExportAsync(journal, output, store ?? Store, null, None);
        Assert.Equal(blobs, report.Blobs);
        Assert.Empty(report.Missing);
        return Encoding.UTF8.GetString(output.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static Task<LinesReport> ImportAsync(SegmentedJournal journal, IBlobStore? store, IEnumerable<string> lines) =>
        JournalMaintenance.ImportAsync(journal, new MemoryStream(Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n")), store, null, None);

    private static async Task<string> RefusedAsync(SegmentedJournal journal, IBlobStore? store, IEnumerable<string> lines)
    {
        var e = await Assert.ThrowsAsync<JournalException>(() => ImportAsync(journal, store, lines));
        Assert.Equal(JournalFailure.Refused, e.Failure);
        return e.Message;
    }

    // Positions are each journal's own.
    private static string Unplaced(string line) => System.Text.RegularExpressions.Regex.Replace(line, "\"position\":[0-9]+", "");
}
