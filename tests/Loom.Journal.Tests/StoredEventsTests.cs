using Loom.Core;
using Loom.Journal.Embedded;

namespace Loom.Journal.Tests;

/// <summary>
/// An index shows an append a moment before the journal's end covers it. Whoever asks in that moment must not be told of it: a subscription
/// that believed the revision and could not read the event went on behind it, and never delivered it.
/// </summary>
public sealed class StoredEventsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("loom-stored-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_last_revision_is_one_that_can_be_read()
    {
        await using var journal = await SegmentedJournal.OpenAsync(new SegmentedJournalOptions { Directory = _folder }, CancellationToken.None);
        var stream = StreamName.Parse("orders-1");
        for (var i = 0; i < 3; i++)
        {
            await journal.AppendAsync(stream, ExpectedRevision.After(i - 1), [new EventData(Guid.NewGuid(), "placed", EventData.Json, default, default)], CancellationToken.None);
        }

        var positions = new List<ulong>();
        await foreach (var e in journal.ReadStreamAsync(stream, Direction.Forwards, 0, long.MaxValue, CancellationToken.None))
        {
            positions.Add(e.Position);
        }

        var key = StreamKey.Of(stream);
        for (var shown = 0; shown < 3; shown++)
        {
            var now = journal.Durable with { End = positions[shown] };
            var stored = new StoredEvents(() => now, new RecentEvents(now.End, 0));
            Assert.Equal(shown - 1, stored.LastRevision(key));
            Assert.Equal(shown, stored.Forwards(stream, key, 0, long.MaxValue).Count());
        }
    }
}
