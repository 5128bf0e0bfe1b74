using System.Text.Json;
using Loom.Core;
using Loom.Journal;
using Loom.Journal.Blobs;

namespace Loom.Cli.Tests;

/// <summary><c>loom blob</c> on a data folder, and the blobs in <c>loom journal</c>.</summary>
public sealed class BlobTests : IDisposable
{
    private readonly Folder _folder = new();

    private string Data => _folder["data"];

    public void Dispose() => _folder.Dispose();

    private async Task<BlobName> FillAsync()
    {
        await using var journal = await SegmentedJournal.OpenAsync(new SegmentedJournalOptions { Directory = Path.Combine(Data, "journal") }, default);
        var body = new byte[40_000];
        var written = TransitionWriter.Write(new TransitionDraft
        {
            Stream = StreamName.Parse("account-a"),
            Previous = null,
            ActorType = "account@1",
            Machine = MachineId.DotNet("account", 1),
            CommandId = CommandId.Parse("c-1"),
            CommandType = "note",
            CommandContentType = EventData.Binary,
            Command = body,
            MayUseBlob = true,
            Principal = "alice",
            Events = [new EmittedEvent("noted", EventData.Json, "{}"u8.ToArray())],
            State = "{}"u8.ToArray(),
            Fence = 1,
            At = new Timestamp(DateTimeOffset.UnixEpoch),
            Salt = new byte[Salts.Size],
        });
        await journal.AppendAsync(StreamName.Parse("account-a"), ExpectedRevision.NoStream, written.Events, default);
        _folder.Write("body", body);
        return new BlobName(BlobAreas.Commands, written.CommandBlob!.Value);
    }

    [Fact]
    public async Task A_missing_blob_is_named_by_check_and_mended_by_put()
    {
        var name = await FillAsync();
        var check = await Ran.LoomAsync("journal", "check", "--data", Data);
        Assert.Equal(1, check.Exit);
        Assert.Contains($"DAMAGE {name}: it is missing, and account-a at revision 0 names it", check.Out, StringComparison.Ordinal);

        var put = await Ran.LoomAsync("blob", "put", "commands", _folder["body"], "--data", Data);
        Assert.StartsWith($"{name} (40,000 bytes)", put.Out, StringComparison.Ordinal);
        var again = await Ran.LoomAsync("journal", "check", "--data", Data);
        Assert.Equal(0, again.Exit);
        Assert.Contains("1 blob named by events, 40,000 bytes", again.Out, StringComparison.Ordinal);

        Assert.Equal(0, (await Ran.LoomAsync("blob", "get", name.ToString(), "-o", _folder["out"], "--data", Data)).Exit);
        Assert.Equal(new byte[40_000], await File.ReadAllBytesAsync(_folder["out"]));
    }

    [Fact]
    public async Task Blobs_go_with_backup_restore_export_and_import()
    {
        var name = await FillAsync();
        Assert.Equal(1, (await Ran.LoomAsync("journal", "backup", _folder["lacking"], "--data", Data)).Exit);
        await Ran.LoomAsync("blob", "put", "commands", _folder["body"], "--data", Data);
        Assert.Equal(0, (await Ran.LoomAsync("journal", "backup", _folder["backup"], "--data", Data)).Exit);
        Assert.Equal(0, (await Ran.LoomAsync("journal", "restore", _folder["backup"], "--data", _folder["restored"])).Exit);
        Assert.Equal(0, (await Ran.LoomAsync("journal", "export", "--data", _folder["restored"], "-o", _folder["lines"])).Exit);
        var import = await Ran.LoomAsync("journal", "import", _folder["lines"], "--data", _folder["imported"]);
        Assert.Contains("1 event, 1 blob", import.Out, StringComparison.Ordinal);
        Assert.Equal(0, (await Ran.LoomAsync("journal", "check", "--data", _folder["imported"])).Exit);
        Assert.Contains(name.Content.ToString(), (await Ran.LoomAsync("blob", "ls", "commands", "--data", _folder["imported"])).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_layout_is_listed_and_garbage_goes_only_with_delete()
    {
        await FillAsync();
        await Ran.LoomAsync("blob", "put", "commands", _folder["body"], "--data", Data);
        await Ran.LoomAsync("blob", "put", "proofs/case-1", _folder.Write("p", "p"), "--data", Data);
        await Ran.LoomAsync("blob", "put", "activities", _folder.Write("a", "a"), "--data", Data);
        var areas = JsonDocument.Parse((await Ran.LoomAsync("blob", "ls", "--json", "--data", Data)).Out).RootElement.GetProperty("areas");
        Assert.Equal(["activities", "commands", "proofs/case-1"], areas.EnumerateArray().Select(a => a.GetProperty("area").GetString()));
        var below = JsonDocument.Parse((await Ran.LoomAsync("blob", "ls", "proofs", "--json", "--data", Data)).Out).RootElement;
        Assert.StartsWith("proofs/case-1/", Assert.Single(below.GetProperty("blobs").EnumerateArray()).GetProperty("name").GetString(), StringComparison.Ordinal);

        string[] gc = ["blob", "gc", "--data", Data, "--keep", "0", "--keep", "proofs=forever"];
        Assert.Contains("with --delete 1 blob would be", (await Ran.LoomAsync(gc)).Out, StringComparison.Ordinal);
        await using (await SegmentedJournal.OpenAsync(new SegmentedJournalOptions { Directory = Path.Combine(Data, "journal") }, default))
        {
            Assert.Contains("Stop the host", (await Ran.LoomAsync([.. gc, "--delete"])).Error, StringComparison.Ordinal);
        }

        Assert.Contains("Removed 1 blob.", (await Ran.LoomAsync([.. gc, "--delete"])).Out, StringComparison.Ordinal);
        Assert.Equal(0, (await Ran.LoomAsync("journal", "check", "--data", Data)).Exit);
    }

    [Theory]
    [InlineData(64, "blob", "get", "commands/xyz")]
    [InlineData(1, "blob", "get", "commands/2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881")]
    [InlineData(64, "blob", "put", "../x", "file")]
    [InlineData(64, "blob", "gc", "--keep", "commands=soon")]
    public async Task What_makes_no_sense_is_named(int exit, params string[] args)
    {
        await FillAsync();
        _folder.Write("file", "x");
        var ran = await Ran.LoomAsync([.. args, "--data", Data]);
        Assert.Equal(exit, ran.Exit);
        Assert.NotEmpty(ran.Error);
    }
}
