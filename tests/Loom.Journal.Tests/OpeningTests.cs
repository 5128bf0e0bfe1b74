using System.Globalization;
using Loom.Core;

namespace Loom.Journal.Tests;

public sealed class OpeningTests : JournalTestBase
{
    [Theory]
    [InlineData(256 << 20)]
    [InlineData(2000)]
    public async Task What_was_written_is_there_after_reopening(int segmentBytes)
    {
        List<string> before;
        await using (var journal = await OpenAsync(segmentBytes))
        {
            await FillAsync(journal, 100);
            before = (await AllAsync(journal)).ConvertAll(Text);
        }

        for (var i = 0; i < 2; i++)
        {
            await using var again = await OpenAsync(segmentBytes);
            Assert.Null(again.Recovery);
            Assert.Equal(before, (await AllAsync(again)).ConvertAll(Text));
            await FillAsync(again, 5);
            before = (await AllAsync(again)).ConvertAll(Text);
        }
    }

    [Fact]
    public async Task A_second_opening_is_refused_and_names_folder_and_process()
    {
        await using var journal = await OpenAsync();
        var e = await Assert.ThrowsAsync<JournalException>(() => OpenAsync());
        Assert.Equal(JournalFailure.InUse, e.Failure);
        Assert.Contains(Folder, e.Message, StringComparison.Ordinal);
        Assert.Contains(Environment.ProcessId.ToString(CultureInfo.InvariantCulture), e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_journal_open_for_reading_reads_and_refuses_appends()
    {
        await using var writer = await OpenAsync(2000);
        await FillAsync(writer, 50);
        await using var reader = await OpenAsync(2000, readOnly: true);
        Assert.Equal((await AllAsync(writer)).ConvertAll(Text), (await AllAsync(reader)).ConvertAll(Text));
        var e = await Assert.ThrowsAsync<JournalException>(() => reader.AppendAsync(StreamName.Parse("x"), ExpectedRevision.Any, [Event()], None));
        Assert.Equal(JournalFailure.ReadOnly, e.Failure);
    }

    [Fact]
    public async Task A_torn_tail_is_cut_and_told()
    {
        await using (var journal = await OpenAsync())
        {
            await FillAsync(journal, 10);
        }

        var before = new FileInfo(Segments()[0]).Length;
        await File.AppendAllBytesAsync(Segments()[0], new byte[77]);
        await using var again = await OpenAsync();
        Assert.Equal(new JournalRecovery(Segments()[0], before, 77), again.Recovery);
        await FillAsync(again, 1);
        Assert.Equal(20, (await AllAsync(again)).Count);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(64)]
    [InlineData(3)]
    public async Task Damage_in_the_middle_is_refused_and_names_file_and_offset(int offset)
    {
        await using (var journal = await OpenAsync())
        {
            await FillAsync(journal, 10);
        }

        Damage(Segments()[0], offset);
        var before = await File.ReadAllBytesAsync(Segments()[0]);
        var e = await Assert.ThrowsAsync<JournalException>(() => OpenAsync());
        Assert.Equal(JournalFailure.Corrupt, e.Failure);
        Assert.Contains(Segments()[0], e.Message, StringComparison.Ordinal);
        Assert.Contains("offset", e.Message, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(Segments()[0]));
    }

    [Fact]
    public async Task Damage_in_a_sealed_segment_is_refused_when_it_is_read()
    {
        await using (var journal = await OpenAsync(2000))
        {
            await FillAsync(journal, 60);
        }

        Damage(Segments()[1], 100);
        await using var again = await OpenAsync(2000);
        var e = await Assert.ThrowsAsync<JournalException>(() => AllAsync(again));
        Assert.Equal(JournalFailure.Corrupt, e.Failure);
        Assert.Contains(Segments()[1], e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_or_shortened_segment_is_refused()
    {
        await using (var journal = await OpenAsync(2000))
        {
            await FillAsync(journal, 60);
        }

        var second = Segments()[1];
        var bytes = await File.ReadAllBytesAsync(second);
        await File.WriteAllBytesAsync(second, bytes[..^10]);
        Assert.Equal(JournalFailure.Corrupt, (await Assert.ThrowsAsync<JournalException>(() => OpenAsync(2000))).Failure);
        File.Delete(second);
        Assert.Equal(JournalFailure.Corrupt, (await Assert.ThrowsAsync<JournalException>(() => OpenAsync(2000))).Failure);
        await File.WriteAllBytesAsync(second, bytes);
        await using var whole = await OpenAsync(2000);
        Assert.Equal(120, (await AllAsync(whole)).Count);
    }

    [Theory]
    [InlineData("delete")]
    [InlineData("damage")]
    [InlineData("truncate")]
    public async Task An_index_that_is_absent_or_wrong_is_built_again(string how)
    {
        List<string> before;
        await using (var journal = await OpenAsync(20_000))
        {
            await FillAsync(journal, 400);
            before = (await AllAsync(journal)).ConvertAll(Text);
        }

        var indexes = Directory.GetFiles(Folder, "*.idx");
        Assert.NotEmpty(indexes);
        foreach (var index in indexes)
        {
            switch (how)
            {
                case "delete":
                    File.Delete(index);
                    break;
                case "damage":
                    Damage(index, 4096 + 100);
                    break;
                default:
                    await File.WriteAllBytesAsync(index, (await File.ReadAllBytesAsync(index))[..5000]);
                    break;
            }
        }

        await using var again = await OpenAsync(20_000);
        var streams = new List<string>();
        for (var s = 0; s < 7; s++)
        {
            await foreach (var e in again.ReadStreamAsync(StreamName.Parse($"s-{s}"), Direction.Forwards, 0, long.MaxValue, None))
            {
                streams.Add(Text(e));
            }
        }

        Assert.Equal(before.Order(StringComparer.Ordinal), streams.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_closed_journal_says_so()
    {
        var journal = await OpenAsync();
        await journal.DisposeAsync();
        await journal.DisposeAsync();
        var e = await Assert.ThrowsAsync<JournalException>(() => journal.AppendAsync(StreamName.Parse("x"), ExpectedRevision.Any, [Event()], None));
        Assert.Equal(JournalFailure.Unavailable, e.Failure);
        Assert.Equal(JournalFailure.Unavailable, (await Assert.ThrowsAsync<JournalException>(() => AllAsync(journal))).Failure);
    }
}
