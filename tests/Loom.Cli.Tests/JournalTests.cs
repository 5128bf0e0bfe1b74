using System.Text;
using System.Text.Json;
using Loom.Core;
using Loom.Journal;

namespace Loom.Cli.Tests;

public sealed class JournalTests : IDisposable
{
    private readonly Folder _folder = new();

    private string Data => _folder["data"];

    public void Dispose() => _folder.Dispose();

    private async Task FillAsync(int events)
    {
        await using var journal = await SegmentedJournal.OpenAsync(new SegmentedJournalOptions { Directory = Path.Combine(Data, "journal") }, default);
        for (var n = 0; n < events; n++)
        {
            var body = Encoding.UTF8.GetBytes($$"""{"n":{{n}}}""");
            var e = new EventData(new Guid(n + 1, 0, 0, new byte[8]), "noted", EventData.Json, body, ReadOnlyMemory<byte>.Empty);
            Assert.IsType<AppendResult.Appended>(await journal.AppendAsync(StreamName.Parse("notes-a"), ExpectedRevision.After(n - 1), [e], default));
        }
    }

    [Fact]
    public async Task A_sound_journal_checks_and_counts()
    {
        await FillAsync(5);
        var check = await Ran.LoomAsync("journal", "check", "--data", Data);
        Assert.Equal(0, check.Exit);
        Assert.Contains("5 events in 1 stream, 1 segment", check.Out, StringComparison.Ordinal);
        Assert.EndsWith("Sound.\n", check.Out, StringComparison.Ordinal);
        var stats = await Ran.LoomAsync("journal", "stats", "--data", Data, "--json");
        Assert.Equal(5, JsonDocument.Parse(stats.Out).RootElement.GetProperty("events").GetInt64());
    }

    [Fact]
    public async Task A_flipped_byte_is_found_and_named_and_exits_1()
    {
        await FillAsync(50);
        var segment = Directory.EnumerateFiles(Path.Combine(Data, "journal"), "*", SearchOption.AllDirectories).OrderByDescending(f => new FileInfo(f).Length).First();
        var bytes = await File.ReadAllBytesAsync(segment);
        var at = bytes.AsSpan().IndexOf("{\"n\":7}"u8);
        Assert.True(at > 0);
        bytes[at + 5] ^= 1;
        await File.WriteAllBytesAsync(segment, bytes);
        var ran = await Ran.LoomAsync("journal", "check", "--data", Data);
        Assert.Equal(1, ran.Exit);
        Assert.Contains("DAMAGE ", ran.Out, StringComparison.Ordinal);
        Assert.Contains(Path.GetFileName(segment), ran.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_scavenge_tells_what_would_go_then_takes_it_and_then_finds_nothing()
    {
        var options = new SegmentedJournalOptions { Directory = Path.Combine(Data, "journal"), SegmentBytes = 2000 };
        await using (var journal = await SegmentedJournal.OpenAsync(options, default))
        {
            var n = 0;
            EventData Event(string metadata = "") => new(new Guid(++n, 1, 0, new byte[8]), "noted", EventData.Json, "{}"u8.ToArray(), Encoding.UTF8.GetBytes(metadata));
            foreach (var stream in new[] { "notes-a", "order-kept", "draft-a" })
            {
                await journal.WriteMetadataAsync(StreamName.Parse(stream), ExpectedRevision.Any, new StreamMetadata { MaxCount = 1 }, new Guid(++n, 1, 0, new byte[8]), default);
            }

            await journal.AppendAsync(StreamName.Parse("order-actor"), ExpectedRevision.NoStream, [Event("{\"loom\":{\"v\":1}}")], default);
            for (var i = 0; i < 30; i++)
            {
                await journal.AppendAsync(StreamName.Parse("notes-a"), ExpectedRevision.Any, [Event()], default);
                await journal.AppendAsync(StreamName.Parse("order-kept"), ExpectedRevision.Any, [Event()], default); // a stream of an actor's type
                await journal.AppendAsync(StreamName.Parse("draft-a"), ExpectedRevision.Any, [Event()], default);
            }

            await journal.AppendAsync(StreamName.Parse("end"), ExpectedRevision.Any, [Event(), Event(), Event(new string(' ', 2000))], default);
            var busy = await Ran.LoomAsync("journal", "scavenge", "--data", Data);
            Assert.Equal(1, busy.Exit);
            Assert.Contains("in use", busy.Error, StringComparison.Ordinal);
        }

        var dry = await Ran.LoomAsync("journal", "scavenge", "--dry-run", "--json", "--actor-type", "draft", "--data", Data);
        var told = JsonDocument.Parse(dry.Out).RootElement;
        Assert.Equal((0, 29, true), (dry.Exit, told.GetProperty("events").GetInt32(), told.GetProperty("dryRun").GetBoolean()));
        Assert.Equal(95, JsonDocument.Parse((await Ran.LoomAsync("journal", "stats", "--data", Data, "--json")).Out).RootElement.GetProperty("events").GetInt32() - 2);

        var done = await Ran.LoomAsync("journal", "scavenge", "--actor-type", "draft", "--data", Data);
        Assert.Equal(0, done.Exit);
        Assert.StartsWith("29 events went from ", done.Out, StringComparison.Ordinal);
        Assert.StartsWith("Nothing went: ", (await Ran.LoomAsync("journal", "scavenge", "--actor-type", "draft", "--data", Data)).Out, StringComparison.Ordinal);
        Assert.EndsWith("Sound.\n", (await Ran.LoomAsync("journal", "check", "--data", Data)).Out, StringComparison.Ordinal);
        Assert.StartsWith("29 events went", (await Ran.LoomAsync("journal", "scavenge", "--data", Data)).Out, StringComparison.Ordinal);

        var wrong = await Ran.LoomAsync("journal", "scavenge", "--actor-type", "Order", "--data", Data);
        Assert.Equal(64, wrong.Exit);
        Assert.Contains("Order is no actor type", wrong.Error, StringComparison.Ordinal);
        Assert.Equal(2, (await Ran.LoomAsync("journal", "scavenge", "--data", _folder["nothing"])).Exit);
    }

    [Fact]
    public async Task A_backup_restores_to_the_same_events_and_keeps_keys_private()
    {
        await FillAsync(20);
        _folder.Write("data/keys/log.key", "secret");
        Assert.Equal(0, (await Ran.LoomAsync("journal", "backup", _folder["backup"], "--data", Data)).Exit);
        Assert.Equal(0, (await Ran.LoomAsync("journal", "restore", _folder["backup"], "--data", _folder["again"])).Exit);
        Assert.Equal(await ExportedAsync(Data), await ExportedAsync(_folder["again"]));
        Assert.Equal("secret", await File.ReadAllTextAsync(_folder["again/keys/log.key"]));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder["again/keys/log.key"]));
        }

        Assert.NotEqual(0, (await Ran.LoomAsync("journal", "restore", _folder["backup"], "--data", _folder["again"])).Exit);
    }

    [Fact]
    public async Task Exported_lines_import_into_an_empty_journal_only()
    {
        await FillAsync(20);
        var lines = await ExportedAsync(Data);
        Assert.Equal(20, lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        _folder.Write("lines.ndjson", lines);
        Assert.Equal(0, (await Ran.LoomAsync("journal", "import", _folder["lines.ndjson"], "--data", _folder["new"])).Exit);
        Assert.Equal(20, (await ExportedAsync(_folder["new"])).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Equal(2, (await Ran.LoomAsync("journal", "import", _folder["lines.ndjson"], "--data", _folder["new"])).Exit);
    }

    [Fact]
    public async Task An_import_while_another_has_the_journal_says_so()
    {
        await using var open = await SegmentedJournal.OpenAsync(new SegmentedJournalOptions { Directory = Path.Combine(Data, "journal") }, default);
        _folder.Write("lines.ndjson", "");
        var ran = await Ran.LoomAsync("journal", "import", _folder["lines.ndjson"], "--data", Data);
        Assert.Equal(1, ran.Exit);
        Assert.Contains("Stop the host", ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_does_not_exist_is_named()
    {
        var ran = await Ran.LoomAsync("journal", "check", "--data", _folder["nowhere"]);
        Assert.Equal(2, ran.Exit);
        Assert.Contains("is no data folder", ran.Error, StringComparison.Ordinal);
    }

    private async Task<string> ExportedAsync(string data)
    {
        var file = _folder[$"{Guid.NewGuid():N}.ndjson"];
        Assert.Equal(0, (await Ran.LoomAsync("journal", "export", "--data", data, "-o", file)).Exit);
        return await File.ReadAllTextAsync(file);
    }
}
