using Loom.Core;
using Loom.Journal.Blobs;

namespace Loom.Journal.Tests.Blobs;

public sealed class BlobGarbageTests : JournalWithBlobs
{
    private static readonly DateTimeOffset InFortyDays = DateTimeOffset.UtcNow.AddDays(40);

    [Fact]
    public async Task Only_blobs_that_no_event_names_and_that_are_old_enough_go_and_only_when_asked()
    {
        await using var journal = await OpenAsync();
        var evidence = await PutAsync("activities", "evidence");
        var named = await AppendAsync(journal, 1, $$"""{"a":"{{new string('0', 63)}} {{new string('a', 65)}}","evidence":"x{{evidence.Content}}"}""");
        var orphan = await PutAsync("commands", "an append that never came");
        var proof = await PutAsync("proofs/case-1", "kept for ever");

        var rules = new[] { new BlobRule("proofs", null), new BlobRule("commands", TimeSpan.FromDays(7)) };
        var young = await BlobGarbage.CollectAsync(journal, Store, rules, DateTimeOffset.UtcNow.AddDays(6), remove: true, None);
        Assert.Equal((0, 0), (young.Removed, young.Areas.Sum(a => a.Garbage)));

        var dry = await BlobGarbage.CollectAsync(journal, Store, rules, InFortyDays, remove: false, None);
        Assert.Equal(
            [
                new BlobAreaGarbage("activities", 1, 1, 0, 0, 0),
                new BlobAreaGarbage("commands", 2, 1, 0, 1, "an append that never came".Length),
                new BlobAreaGarbage("proofs/case-1", 1, 0, 1, 0, 0),
            ],
            dry.Areas);
        Assert.Equal(0, dry.Removed);
        Assert.NotNull(await Store.FindAsync(orphan, None));

        Assert.Equal(1, (await BlobGarbage.CollectAsync(journal, Store, rules, InFortyDays, remove: true, None)).Removed);
        Assert.Equal(new[] { evidence, named, proof }.Select(n => n.ToString()).Order(StringComparer.Ordinal), await NamesAsync(Store));
    }

    [Theory]
    [InlineData("", 0, true)]
    [InlineData("activities", 0, true)]
    [InlineData("activities", 100, false)]
    [InlineData("activit", 0, false)]
    [InlineData("activities/mail", 0, true)]
    public async Task The_longest_rule_that_fits_decides_and_without_one_it_is_thirty_days(string area, int days, bool goes)
    {
        await using var journal = await OpenAsync();
        await PutAsync("activities/mail", "x");
        BlobRule[] rules = [new("activities", TimeSpan.FromDays(1000)), new("activities/mail", TimeSpan.FromDays(1000))];
        rules = area switch
        {
            "activities" => [new(area, TimeSpan.FromDays(days)), new("", null)],
            "activities/mail" => [rules[0], new(area, TimeSpan.FromDays(days))],
            "activit" => [new(area, TimeSpan.FromDays(days)), new("activities", null)],
            _ => [new(area, TimeSpan.FromDays(days))],
        };
        Assert.Equal(goes ? 1 : 0, (await BlobGarbage.CollectAsync(journal, Store, rules, InFortyDays, remove: true, None)).Removed);
        await PutAsync("other", "y");
        Assert.Equal(1, (await BlobGarbage.CollectAsync(journal, Store, [new("x", null)], InFortyDays, remove: false, None)).Areas.Single(a => a.Area == "other").Garbage);
    }

    [Fact]
    public async Task Bodies_of_commands_stay_where_encrypted_transitions_may_name_them_unseen()
    {
        await using var journal = await OpenAsync();
        var orphan = await PutAsync("commands", "perhaps named in a box");
        var metadata = """{"enc":{"key":"subject-1","v":1},"loom":{}}"""u8.ToArray();
        var e = new EventData(Guid.NewGuid(), "noted", EventData.Binary, new byte[16], metadata);
        await journal.AppendAsync(StreamName.Parse("account-b"), ExpectedRevision.NoStream, [e], None);
        var report = await BlobGarbage.CollectAsync(journal, Store, [], InFortyDays, remove: true, None);
        Assert.True(report.EncryptedCommands);
        Assert.NotNull(await Store.FindAsync(orphan, None));
    }

    [Fact]
    public async Task What_a_killed_writer_left_unfinished_is_no_blob_and_goes_after_a_while()
    {
        var name = await PutAsync("commands", "x");
        var left = Store.PathOf(name) + ".0123-1.new";
        await File.WriteAllTextAsync(left, "half");
        Assert.Equal([name.ToString()], await NamesAsync(Store));
        Assert.Equal(0, await Store.RemoveUnfinishedAsync(DateTimeOffset.UtcNow.AddDays(-1), None));
        Assert.Equal(1, await Store.RemoveUnfinishedAsync(DateTimeOffset.UtcNow.AddDays(1), None));
        Assert.False(File.Exists(left));
        Assert.NotNull(await Store.GetAsync(name, None));
    }
}
