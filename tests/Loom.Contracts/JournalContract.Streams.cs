using System.Text;
using Loom.Core;
using Loom.Journal;
using Xunit;

namespace Loom.Contracts;

/// <summary>Deletion, tombstones, metadata: EventStoreDB's semantics for ordinary streams, and refusals for all others.</summary>
public abstract partial class JournalContract
{
    private const string Link = "{\"loom\":{\"v\":1}}";

    protected async Task<DeleteResult> Delete(string stream, ExpectedRevision expected) => await Streams.DeleteAsync(Stream(stream), expected, None);

    protected async Task<DeleteResult> Tombstone(string stream, ExpectedRevision expected) => await Streams.TombstoneAsync(Stream(stream), expected, None);

    protected Task<AppendResult> Metadata(string stream, string json) => Append("$$" + stream, ExpectedRevision.Any, Document(json));

    protected static EventData Document(string json) => new(Guid.NewGuid(), MetadataStreams.EventType, EventData.Json, Encoding.UTF8.GetBytes(json), default);

    protected EventData Linked() => Event() with { Metadata = Encoding.UTF8.GetBytes(Link) };

    private async Task<List<long>> Revisions(string stream, Direction direction = Direction.Forwards, long from = 0) =>
        (await Read(stream, direction, from)).ConvertAll(e => e.Revision);

    private static async Task Fails(JournalFailure failure, Func<Task> act) => Assert.Equal(failure, (await Assert.ThrowsAsync<JournalException>(act)).Failure);

    [ContractFact]
    public async Task A_deleted_stream_is_as_if_it_never_was_and_goes_on_behind_its_last_revision()
    {
        await Appended("orders", ExpectedRevision.NoStream, Events(3));
        var deleted = Assert.IsType<DeleteResult.Deleted>(await Delete("orders", ExpectedRevision.At(2)));
        Assert.Equal((await ReadAll())[^1].Position, deleted.Position);
        Assert.Empty(await Read("orders"));
        Assert.Empty(await Read("orders", Direction.Backwards, long.MaxValue));
        Assert.Equal(-1, await Journal.LastRevisionAsync(Stream("orders"), None));
        Assert.Equal(3, (await ReadAll()).Count(e => e.Stream.Value == "orders"));
        Assert.True((await Journal.ReadMetadataAsync(Stream("orders"), None)).IsSoftDeletion);

        Assert.Equal(4, (await Appended("orders", ExpectedRevision.NoStream, Events(2))).LastRevision);
        Assert.Equal([3, 4], await Revisions("orders"));
        Assert.Equal([4, 3], await Revisions("orders", Direction.Backwards, long.MaxValue));
        Assert.Equal(3, (await Journal.ReadMetadataAsync(Stream("orders"), None)).TruncateBefore);
        Assert.Equal(4, await Journal.LastRevisionAsync(Stream("orders"), None));
    }

    [ContractFact]
    public async Task A_deleted_stream_comes_back_at_any_no_stream_or_its_last_revision()
    {
        foreach (var expected in new[] { ExpectedRevision.Any, ExpectedRevision.NoStream, ExpectedRevision.At(1) })
        {
            var stream = $"s{expected.Value}";
            await Appended(stream, ExpectedRevision.NoStream, Events(2));
            Assert.IsType<DeleteResult.Deleted>(await Delete(stream, ExpectedRevision.Any));
            await Fails(JournalFailure.StreamDeleted, () => Append(stream, ExpectedRevision.StreamExists, Event()));
            await Conflicts(stream, ExpectedRevision.At(0), 1, Event());
            await Conflicts(stream, ExpectedRevision.At(2), 1, Event());
            Assert.Equal(2, (await Appended(stream, expected, Event())).LastRevision);
            Assert.Equal([2], await Revisions(stream));
        }
    }

    [ContractFact]
    public async Task A_repeated_append_to_a_stream_that_came_back_is_answered_as_the_first_was()
    {
        var before = Events(2);
        var old = await Appended("r", ExpectedRevision.NoStream, before);
        Assert.IsType<DeleteResult.Deleted>(await Delete("r", ExpectedRevision.Any));
        Assert.Equal(old, await Append("r", ExpectedRevision.NoStream, before));
        await Conflicts("r", ExpectedRevision.NoStream, 1, before[0], Event());
        var again = Events(2);
        var first = await Appended("r", ExpectedRevision.NoStream, again);
        Assert.Equal(3, first.LastRevision);
        Assert.Equal(first, await Append("r", ExpectedRevision.NoStream, again));
        Assert.Equal(first, await Append("r", ExpectedRevision.At(1), again));
        await Conflicts("r", ExpectedRevision.NoStream, 3, Event());
        Assert.Equal([2, 3], await Revisions("r"));
    }

    [ContractFact]
    public async Task A_deletion_looks_at_what_it_expects()
    {
        foreach (var expected in new[] { ExpectedRevision.Any, ExpectedRevision.NoStream, ExpectedRevision.StreamExists, ExpectedRevision.At(0) })
        {
            Assert.Equal(new DeleteResult.Conflict(-1), await Delete("never", expected));
        }

        await Appended("d", ExpectedRevision.NoStream, Events(2));
        Assert.Equal(new DeleteResult.Conflict(1), await Delete("d", ExpectedRevision.NoStream));
        Assert.Equal(new DeleteResult.Conflict(1), await Delete("d", ExpectedRevision.At(0)));
        Assert.Equal(new DeleteResult.Conflict(1), await Tombstone("d", ExpectedRevision.At(5)));
        Assert.Equal(2, (await Read("d")).Count);
        Assert.IsType<DeleteResult.Deleted>(await Delete("d", ExpectedRevision.StreamExists));
        await Fails(JournalFailure.StreamDeleted, () => Delete("d", ExpectedRevision.StreamExists));
        Assert.IsType<DeleteResult.Deleted>(await Delete("d", ExpectedRevision.At(1)));
        Assert.IsType<DeleteResult.Deleted>(await Delete("d", ExpectedRevision.NoStream));
    }

    [ContractFact]
    public async Task A_stream_with_a_tombstone_is_gone_for_ever()
    {
        await Appended("t", ExpectedRevision.NoStream, Events(2));
        var position = Assert.IsType<DeleteResult.Deleted>(await Tombstone("t", ExpectedRevision.At(1))).Position;
        foreach (var _ in new[] { 1, 2 })
        {
            await Fails(JournalFailure.StreamDeleted, () => Append("t", ExpectedRevision.Any, Event()));
            await Fails(JournalFailure.StreamDeleted, () => Append("t", ExpectedRevision.NoStream, Event()));
            await Fails(JournalFailure.StreamDeleted, () => Append("t", ExpectedRevision.At(1)));
            await Fails(JournalFailure.StreamDeleted, () => Delete("t", ExpectedRevision.Any));
            await Fails(JournalFailure.StreamDeleted, () => Tombstone("t", ExpectedRevision.Any));
            await Fails(JournalFailure.StreamDeleted, () => Metadata("t", "{}"));
            await Fails(JournalFailure.StreamDeleted, () => Read("t"));
            await Fails(JournalFailure.StreamDeleted, () => Read("t", Direction.Backwards, long.MaxValue));
            await Fails(JournalFailure.StreamDeleted, () => Read("$$t", Direction.Backwards, long.MaxValue));
            await Fails(JournalFailure.StreamDeleted, () => Journal.LastRevisionAsync(Stream("t"), None));
            await Fails(JournalFailure.StreamDeleted, () => Take(Journal.SubscribeToStreamAsync(Stream("t"), -1, None), _ => false));
            await InitializeAgainAsync();
        }

        var tombstone = (await ReadAll())[^1];
        Assert.Equal(("t", MetadataStreams.TombstoneType, long.MaxValue, position), (tombstone.Stream.Value, tombstone.Type, tombstone.Revision, tombstone.Position));
        Assert.Equal(3, (await ReadAll()).Count);
    }

    [ContractFact]
    public async Task A_name_can_be_burnt_before_its_first_event()
    {
        Assert.Equal(new DeleteResult.Conflict(-1), await Tombstone("burnt", ExpectedRevision.StreamExists));
        Assert.Equal(new DeleteResult.Conflict(-1), await Tombstone("burnt", ExpectedRevision.At(0)));
        Assert.IsType<DeleteResult.Deleted>(await Tombstone("burnt", ExpectedRevision.NoStream));
        await Fails(JournalFailure.StreamDeleted, () => Append("burnt", ExpectedRevision.NoStream, Event()));
    }

    [ContractFact]
    public async Task Metadata_truncates_by_revision_and_by_count_and_revisions_go_on()
    {
        await Appended("m", ExpectedRevision.NoStream, Events(10));
        await Metadata("m", "{\"$tb\":4,\"mine\":[1]}");
        Assert.Equal([4, 5, 6, 7, 8, 9], await Revisions("m"));
        Assert.Equal([7, 6, 5, 4], await Revisions("m", Direction.Backwards, 7));
        Assert.Equal(9, await Journal.LastRevisionAsync(Stream("m"), None));
        await Metadata("m", "{\"$maxCount\":2}");
        Assert.Equal([8, 9], await Revisions("m"));
        await Appended("m", ExpectedRevision.At(9), Event());
        Assert.Equal([9, 10], await Revisions("m"));
        await Metadata("m", "{\"$maxCount\":5,\"$tb\":9}");
        Assert.Equal([9, 10], await Revisions("m"));
        await Metadata("m", "{\"$tb\":11}");
        Assert.Empty(await Read("m"));
        Assert.Equal(10, await Journal.LastRevisionAsync(Stream("m"), None));
        await Conflicts("m", ExpectedRevision.NoStream, 10, Event());
        Assert.Equal(11, (await Appended("m", ExpectedRevision.StreamExists, Event())).LastRevision);
        Assert.Equal([11], await Revisions("m"));
        await Metadata("m", "{}");
        Assert.Equal(12, (await Read("m")).Count);
        Assert.Equal(12, (await ReadAll()).Count(e => e.Stream.Value == "m"));
    }

    [ContractTheory]
    [InlineData("{\"$maxCount\":0,\"$maxAge\":-1,\"$tb\":-7}")]
    [InlineData("{\"$tb\":9223372036854775808}")]
    [InlineData("{\"$maxCount\":1,\"$tb\":\"3\"}")]
    [InlineData("{\"$maxCount\":1.5}")]
    [InlineData("[{\"$tb\":3}]")]
    [InlineData("{\"$tb\":3")]
    [InlineData("")]
    public async Task Metadata_that_makes_no_sense_hides_nothing(string document)
    {
        await Appended("m", ExpectedRevision.NoStream, Events(4));
        await Metadata("m", document);
        Assert.Equal([0, 1, 2, 3], await Revisions("m"));
        await Append("$$m", ExpectedRevision.Any, Document("{\"$tb\":3}") with { ContentType = EventData.Binary });
        Assert.Equal([0, 1, 2, 3], await Revisions("m"));
    }

    [ContractFact]
    public async Task Metadata_hides_what_is_too_old()
    {
        await Appended("a", ExpectedRevision.NoStream, Events(2));
        await Metadata("a", "{\"$maxAge\":60}");
        Clock.Advance(TimeSpan.FromSeconds(40));
        await Appended("a", ExpectedRevision.At(1), Events(2));
        Assert.Equal([0, 1, 2, 3], await Revisions("a"));
        Clock.Advance(TimeSpan.FromSeconds(21));
        Assert.Equal([2, 3], await Revisions("a"));
        Assert.Equal([3, 2], await Revisions("a", Direction.Backwards, long.MaxValue));
        Clock.Advance(TimeSpan.FromHours(1));
        Assert.Empty(await Read("a"));
        Assert.Equal(3, await Journal.LastRevisionAsync(Stream("a"), None));
        Assert.Equal(4, (await Appended("a", ExpectedRevision.At(3), Event())).LastRevision);
        Assert.Equal([4], await Revisions("a"));
    }

    [ContractFact]
    public async Task A_stream_of_metadata_is_appended_to_like_others_and_shows_its_newest_document()
    {
        Assert.Equal(0, (await Appended("$$x", ExpectedRevision.NoStream, Document("{\"n\":0}"))).LastRevision);
        await Conflicts("$$x", ExpectedRevision.NoStream, 0, Document("{\"n\":1}"));
        Assert.Equal(1, (await Appended("$$x", ExpectedRevision.At(0), Document("{\"n\":1}"))).LastRevision);
        Assert.Equal([1], await Revisions("$$x"));
        Assert.Equal([1], await Revisions("$$x", Direction.Backwards, long.MaxValue));
        Assert.Equal("{\"n\":1}", Encoding.UTF8.GetString((await Read("$$x"))[0].Data.Span));
        Assert.Equal(1, await Journal.LastRevisionAsync(Stream("$$x"), None));
        Assert.Equal(-1, await Journal.LastRevisionAsync(Stream("x"), None));
        Assert.Equal(2, (await ReadAll()).Count);

        // With metadata a stream exists before its first event, as far as an append asks.
        Assert.Equal(0, (await Appended("x", ExpectedRevision.StreamExists, Event())).LastRevision);
    }

    [ContractFact]
    public async Task Metadata_written_to_a_deleted_stream_brings_it_back_empty()
    {
        await Appended("d", ExpectedRevision.NoStream, Events(3));
        Assert.IsType<DeleteResult.Deleted>(await Delete("d", ExpectedRevision.Any));
        Assert.Equal(1, (await Appended("$$d", ExpectedRevision.At(0), Document("{\"$tb\":1,\"mine\":7}"))).LastRevision);
        Assert.Empty(await Read("d"));
        Assert.Equal(2, await Journal.LastRevisionAsync(Stream("d"), None));
        var newest = Assert.Single(await Read("$$d"));
        Assert.Equal((2, 3L), (newest.Revision, StreamMetadata.Parse(newest.ContentType, newest.Data).TruncateBefore));
        Assert.Contains("\"mine\":7", Encoding.UTF8.GetString(newest.Data.Span), StringComparison.Ordinal);
        Assert.Equal(3, (await Appended("d", ExpectedRevision.At(2), Event())).LastRevision);
        Assert.Equal([3], await Revisions("d"));
    }

    [ContractFact]
    public async Task Subscriptions_survive_a_deletion_and_end_at_a_tombstone()
    {
        await Appended("s", ExpectedRevision.NoStream, Events(2));
        await Metadata("s", "{\"$tb\":1}");
        var seen = new List<long>();
        await Fails(JournalFailure.StreamDeleted, async () =>
        {
            await foreach (var message in Journal.SubscribeToStreamAsync(Stream("s"), -1, None))
            {
                switch (message)
                {
                    case SubscriptionMessage.EventArrived { Event.Revision: 1 }:
                        seen.Add(1);
                        Assert.IsType<DeleteResult.Deleted>(await Delete("s", ExpectedRevision.Any));
                        await Appended("s", ExpectedRevision.NoStream, Events(2));
                        break;
                    case SubscriptionMessage.EventArrived { Event: var e }:
                        seen.Add(e.Revision);
                        if (e.Revision == 3)
                        {
                            Assert.IsType<DeleteResult.Deleted>(await Tombstone("s", ExpectedRevision.Any));
                        }

                        break;
                }
            }
        });
        Assert.Equal([1, 2, 3], seen);
    }

    [ContractFact]
    public async Task A_pattern_looks_at_names_or_types_and_goes_with_prefixes()
    {
        foreach (var (stream, type) in new[] { ("orders-1", "placed"), ("orders-22", "paid"), ("bills-1", "paid"), ("orders-3", "Paid"), ("orders-x", "none") })
        {
            await Appended(stream, ExpectedRevision.Any, Event(type));
        }

        async Task Passes(EventFilter filter, params string[] streams)
        {
            Assert.Equal(streams, (await ReadAll(filter: filter)).Select(e => e.Stream.Value));
            Assert.Equal(streams.Reverse(), (await ReadAll(Direction.Backwards, ulong.MaxValue, filter: filter)).Select(e => e.Stream.Value));
            var followed = await Take(Journal.SubscribeToAllAsync(null, filter, None), list => list[^1] is SubscriptionMessage.CaughtUp);
            Assert.Equal(streams, Arrived(followed).Select(e => e.Stream.Value));
            Assert.Contains(followed, m => m is SubscriptionMessage.Checkpoint);
        }

        await Passes(new EventFilter([]) { Pattern = new(PatternOf.Stream, "-[0-9]$") }, "orders-1", "bills-1", "orders-3");
        await Passes(new EventFilter([]) { Pattern = new(PatternOf.EventType, "^p(ai|lace)d$") }, "orders-1", "orders-22", "bills-1");
        await Passes(new EventFilter(["orders-"]) { Pattern = new(PatternOf.EventType, "aid") }, "orders-22", "orders-3");
        foreach (var expression in new[] { "(", "", @"(a)\1", "(?=a)", new string('a', EventPattern.MaxLength + 1) })
        {
            Assert.Equal(JournalFailure.Refused, Assert.Throws<JournalException>(() => new EventPattern(PatternOf.Stream, expression)).Failure);
        }
    }

    // 7: actor streams and loom.* refuse what hides events.
    [ContractTheory]
    [InlineData("account-1")]
    [InlineData("loom.log")]
    [InlineData("loom.cursors-x")]
    [InlineData("$$account-1")]
    [InlineData("$$orders")]
    [InlineData("$settings")]
    public async Task Promise_7_what_hides_events_is_refused(string stream)
    {
        await Appended("account-1", ExpectedRevision.NoStream, Linked(), Event());
        await Appended("loom.log", ExpectedRevision.NoStream, Events(2));
        await Appended("orders", ExpectedRevision.NoStream, Event(), Linked());
        foreach (var expected in new[] { ExpectedRevision.Any, ExpectedRevision.At(1), ExpectedRevision.StreamExists })
        {
            await Fails(JournalFailure.Refused, () => Delete(stream, expected));
            await Fails(JournalFailure.Refused, () => Tombstone(stream, expected));
            await Fails(JournalFailure.Refused, () => Append("$$" + stream, expected, Document("{\"$tb\":1}")));
        }

        Assert.Equal(6, (await ReadAll()).Count);
        Assert.Equal(2, (await Read("account-1")).Count);
        Assert.Equal(2, (await Read("loom.log")).Count);

        // A later event with a link makes no actor stream.
        Assert.IsType<DeleteResult.Deleted>(await Delete("orders", ExpectedRevision.At(1)));
    }

    [ContractFact]
    public async Task Promise_7_metadata_of_before_an_actors_birth_hides_nothing_of_it()
    {
        await Metadata("account-1", "{\"$tb\":9223372036854775807}");
        await Metadata("account-2", "{\"$maxCount\":1}");
        foreach (var stream in new[] { "account-1", "account-2" })
        {
            Assert.Equal(0, (await Appended(stream, ExpectedRevision.NoStream, Linked())).LastRevision);
            await Appended(stream, ExpectedRevision.At(0), Linked(), Linked());
            Assert.Equal([0, 1, 2], await Revisions(stream));
            Assert.Equal([2, 1, 0], await Revisions(stream, Direction.Backwards, long.MaxValue));
            Assert.Equal([0, 1, 2], Arrived(await Take(Journal.SubscribeToStreamAsync(Stream(stream), -1, None), list => list.Count == 3)).Select(e => e.Revision));
            Assert.Equal(2, await Journal.LastRevisionAsync(Stream(stream), None));
        }

        // The name of a deleted stream is not free for an actor, whose first transition stands at revision 0.
        await Appended("account-3", ExpectedRevision.NoStream, Event());
        Assert.IsType<DeleteResult.Deleted>(await Delete("account-3", ExpectedRevision.Any));
        await Conflicts("account-3", ExpectedRevision.NoStream, 0, Linked());
    }

    [ContractFact]
    public async Task What_was_deleted_and_truncated_stays_so_after_the_journal_is_opened_again()
    {
        await Appended("a", ExpectedRevision.NoStream, Events(3));
        await Appended("b", ExpectedRevision.NoStream, Events(3));
        await Delete("a", ExpectedRevision.Any);
        await Metadata("b", "{\"$maxCount\":1}");
        for (var i = 0; i < 40; i++)
        {
            await Appended($"noise-{i % 3}", ExpectedRevision.Any, Event());
        }

        await InitializeAgainAsync();
        Assert.Empty(await Read("a"));
        Assert.Equal([2], await Revisions("b"));
        Assert.Equal(3, (await Appended("a", ExpectedRevision.NoStream, Event())).LastRevision);
        await InitializeAgainAsync();
        Assert.Equal([3], await Revisions("a"));
    }

    protected async Task InitializeAgainAsync() => Journal = await ReopenAsync();
}
