using Loom.Core;
using Loom.Testing;

namespace Loom.Journal.Tests.Scavenging;

/// <summary>A journal of small segments and a clock.</summary>
public abstract class ScavengingTestBase : JournalTestBase
{
    protected ManualTime Clock { get; } = new();

    protected SegmentedJournalOptions Options => new() { Directory = Folder, SegmentBytes = 1500, RecentBytes = 0, Time = Clock };

    protected Task<SegmentedJournal> OpenSmallAsync() => SegmentedJournal.OpenAsync(Options, None);

    protected static StreamName Name(string stream) => StreamName.Parse(stream);

    protected async Task AppendAsync(SegmentedJournal journal, string stream, int appends, bool linked = false)
    {
        for (var i = 0; i < appends; i++)
        {
            var e = new EventData(Guid.NewGuid(), "t", EventData.Json, "{\"n\":1}"u8.ToArray(), linked ? "{\"loom\":{\"v\":1}}"u8.ToArray() : default);
            Assert.IsType<AppendResult.Appended>(await journal.AppendAsync(Name(stream), ExpectedRevision.Any, [e], None));
        }
    }

    protected static Task MetadataAsync(IJournal journal, string stream, StreamMetadata metadata) =>
        journal.WriteMetadataAsync(Name(stream), ExpectedRevision.Any, metadata, Guid.NewGuid(), None);

    /// <summary>Fills the segment that is being written, so that all before is in complete ones.</summary>
    protected async Task RollAsync(SegmentedJournal journal)
    {
        var segments = journal.Durable.Segments.Length;
        var large = new EventData(Guid.NewGuid(), "large", EventData.Binary, new byte[1400], default);
        while (journal.Durable.Segments.Length == segments)
        {
            await journal.AppendAsync(Name("filling"), ExpectedRevision.Any, [large with { Id = Guid.NewGuid() }], None);
        }
    }

    /// <summary>Streams of which something may go, among others, with enough neighbours that whole blocks are freed.</summary>
    protected async Task HideSomeAsync(SegmentedJournal journal)
    {
        for (var i = 0; i < 10; i++)
        {
            await AppendAsync(journal, "kept", 1);
            await AppendAsync(journal, "gone", 3);
            await AppendAsync(journal, "order-1", 1, linked: true);
        }

        await journal.AppendAsync(Name("gone"), ExpectedRevision.Any, [new EventData(Guid.NewGuid(), "large", EventData.Binary, new byte[20_000], default)], None);
        await AppendAsync(journal, "gone", 1);
        await journal.TombstoneAsync(Name("gone"), ExpectedRevision.Any, None);
        await MetadataAsync(journal, "kept", new StreamMetadata { TruncateBefore = 5 });
        await RollAsync(journal);
    }

    protected static List<string> Revisions(List<RecordedEvent> all, string stream) =>
        [.. all.Where(e => e.Stream.Value == stream).Select(e => $"{e.Revision}")];

    protected static async Task<List<RecordedEvent>> ReadAsync(IJournal journal, string stream)
    {
        var events = new List<RecordedEvent>();
        await foreach (var e in journal.ReadStreamAsync(Name(stream), Direction.Forwards, 0, long.MaxValue, None))
        {
            events.Add(e);
        }

        return events;
    }

    /// <summary>Every segment file (or other kind) with its content's hash.</summary>
    protected List<string> Files(string pattern = "*.seg*") =>
        [.. Directory.GetFiles(Folder, pattern).Order(StringComparer.Ordinal)
            .Select(f => $"{Path.GetFileName(f)} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(f)))}")];
}
