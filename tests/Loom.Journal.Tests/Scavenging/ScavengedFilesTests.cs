using System.Buffers.Binary;
using Loom.Core;
using Loom.Journal.Embedded;

namespace Loom.Journal.Tests.Scavenging;

/// <summary>Files of a scavenged journal: their bytes, and everything that reads them.</summary>
public sealed class ScavengedFilesTests : ScavengingTestBase
{
    [Fact]
    public void The_bytes_are_those_of_the_format()
    {
        var filler = new byte[RecordHeader.Size];
        RecordHeader.Filler(0x1040, 0x2000).Write(filler, Crc32C.Start);
        Assert.Equal(
            "4C46494CF0F76753D01F0000000000004010000000000000401000000000000000000000000000000000000000000000",
            Convert.ToHexString(filler));
        var header = new byte[SegmentHeader.Size];
        SegmentHeader.Write(header, 0x1000, new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        using var gone = new GoneRecords();
        gone.Add(0x40, 0x2000);
        SegmentHeader.WriteGone(header, gone.Finish());
        Assert.Equal(
            "4C4F4F4D53454731020000004000000000100000000000000000F8B4C848DE0802A64C731B7C8587000000000000000000000000000000000000000026AEEA5E",
            Convert.ToHexString(header));
        Assert.True(SegmentHeader.IsValid(header, 0x1000));
    }

    [Fact]
    public async Task A_scavenged_journal_opens_checks_counts_backs_up_and_restores()
    {
        await using var journal = await ScavengedAsync();
        var all = (await AllAsync(journal)).ConvertAll(Text);
        var check = await JournalMaintenance.CheckAsync(Folder, null, null, None);
        Assert.Empty(check.Damage);
        Assert.Equal(all.Count, check.Events);
        Assert.Equal(all.Count, (await JournalMaintenance.StatsAsync(Folder, null, None)).Events);

        await JournalMaintenance.BackupAsync(journal, Other("backup"), [], null, null, None);
        await JournalMaintenance.RestoreAsync(Other("backup"), Other("restored"), null, null, null, None);
        Assert.Equal(Segments().SkipLast(1).Select(File.ReadAllBytes), Segments(Other("restored")).SkipLast(1).Select(File.ReadAllBytes));
        await using (var restored = await SegmentedJournal.OpenAsync(Options with { Directory = Other("restored") }, None))
        {
            Assert.Equal(all, (await AllAsync(restored)).Select(Text));
            Assert.Equal(0, (await restored.ScavengeAsync(new ScavengeRequest(), null, None)).Events);
        }

        await using var reading = await SegmentedJournal.OpenAsync(Options with { ReadOnly = true }, None);
        Assert.Equal(all, (await AllAsync(reading)).Select(Text));
    }

    [Fact]
    public async Task An_export_of_it_imports_with_its_gaps()
    {
        await using var journal = await ScavengedAsync();
        await AppendAsync(journal, "loom.cursors-log", 9);
        await RollAsync(journal);
        await journal.ScavengeAsync(new ScavengeRequest(), null, None);
        var export = new MemoryStream();
        await JournalMaintenance.ExportAsync(journal, export, null, null, None);
        export.Position = 0;
        await using var imported = await SegmentedJournal.OpenAsync(Options with { Directory = Other("imported") }, None);
        await JournalMaintenance.ImportAsync(imported, export, null, null, None);
        Assert.Equal((await AllAsync(journal)).Select(Text), (await AllAsync(imported)).Select(Text));
        Assert.Equal(["8"], Revisions(await AllAsync(imported), "loom.cursors-log"));
        Assert.Empty((await JournalMaintenance.CheckAsync(Other("imported"), null, null, None)).Damage);
    }

    [Theory]
    [InlineData(8)]
    [InlineData(RecordHeader.Size + 3)]
    public async Task A_damaged_filler_is_damage(int at)
    {
        string file;
        long offset;
        await using (var journal = await ScavengedAsync())
        {
            (file, offset) = FirstFiller();
        }

        Damage(file, offset + at);
        var report = await JournalMaintenance.CheckAsync(Folder, null, null, None);
        Assert.Contains(report.Damage, d => d.File == file);
    }

    [Fact]
    public async Task A_gap_in_an_actors_stream_or_a_hole_that_was_made_otherwise_is_damage()
    {
        await using (var journal = await ScavengedAsync())
        {
        }

        // Somebody takes an actor's event out as a scavenge would; positions and checksums hold.
        var file = Segments()[0];
        var bytes = await File.ReadAllBytesAsync(file);
        for (var offset = SegmentHeader.Size; offset < bytes.Length;)
        {
            Assert.True(RecordHeader.TryRead(bytes.AsSpan(offset), (ulong)offset, out var header));
            if (!header.IsFiller && RecordDecoder.TryStream(bytes.AsSpan(offset + RecordHeader.Size), out var name) && name.SequenceEqual("order-1"u8) && header.FirstRevision == 1)
            {
                bytes.AsSpan(offset, header.Length).Clear();
                RecordHeader.Filler((ulong)offset, header.Length).Write(bytes.AsSpan(offset), Crc32C.Start);
            }

            offset += header.Length;
        }

        await File.WriteAllBytesAsync(file, bytes);
        var report = await JournalMaintenance.CheckAsync(Folder, null, null, None);
        Assert.Contains(report.Damage, d => d.What.Contains("order-1", StringComparison.Ordinal) && d.What.Contains("revision 2 where 1", StringComparison.Ordinal));
        Assert.Contains(report.Damage, d => d.File == file && d.Offset == 0 && d.What.Contains("taken out", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_index_of_before_is_not_taken_for_that_of_after()
    {
        Dictionary<string, byte[]> old;
        List<string> all;
        await using (var journal = await OpenSmallAsync())
        {
            await HideSomeAsync(journal);
            old = Directory.GetFiles(Folder, "*.idx").ToDictionary(f => f, File.ReadAllBytes);
            Assert.NotEmpty(old);
            await journal.ScavengeAsync(new ScavengeRequest(), null, None);
            await MetadataAsync(journal, "kept", StreamMetadata.Empty); // what was hidden would show again
            all = (await ReadAsync(journal, "kept")).ConvertAll(Text);
        }

        var after = Files("*.idx");
        foreach (var (file, bytes) in old)
        {
            await File.WriteAllBytesAsync(file, bytes);
        }

        await using (var again = await OpenSmallAsync())
        {
            Assert.Equal(all, (await ReadAsync(again, "kept")).Select(Text));
        }

        Assert.Equal(after, Files("*.idx"));
    }

    [Fact]
    public async Task What_a_crash_left_of_a_scavenge_is_cleared_away()
    {
        string left;
        await using (var journal = await ScavengedAsync())
        {
            left = Path.Combine(Folder, SegmentHeader.NewName(journal.Durable.Segments[0].Start));
        }

        await File.WriteAllTextAsync(left, "half");
        await using (var reading = await SegmentedJournal.OpenAsync(Options with { ReadOnly = true }, None))
        {
            Assert.True(File.Exists(left));
        }

        await using var again = await OpenSmallAsync();
        Assert.False(File.Exists(left));
    }

    private async Task<SegmentedJournal> ScavengedAsync()
    {
        var journal = await OpenSmallAsync();
        await HideSomeAsync(journal);
        Assert.True((await journal.ScavengeAsync(new ScavengeRequest(), null, None)).Events > 0);
        return journal;
    }

    private (string File, long Offset) FirstFiller()
    {
        foreach (var file in Segments())
        {
            var bytes = File.ReadAllBytes(file);
            var start = BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(16));
            for (var offset = SegmentHeader.Size; offset < bytes.Length;)
            {
                Assert.True(RecordHeader.TryRead(bytes.AsSpan(offset), start + (ulong)offset, out var header));
                if (header.IsFiller)
                {
                    return (file, offset);
                }

                offset += header.Length;
            }
        }

        throw new InvalidOperationException("There is no filler.");
    }
}
