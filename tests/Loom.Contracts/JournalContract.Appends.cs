using System.Text;
using Loom.Core;
using Loom.Journal;
using Xunit;

namespace Loom.Contracts;

public abstract partial class JournalContract
{
    // 1: an append is atomic and contiguous in its stream.
    [ContractFact]
    public async Task Promise_1_an_append_of_many_events_is_contiguous()
    {
        var events = Events(50);
        var result = await Appended("a-1", ExpectedRevision.NoStream, events);
        Assert.Equal(49, result.LastRevision);
        var read = await Read("a-1");
        Assert.Equal(Enumerable.Range(0, 50).Select(i => (long)i), read.Select(e => e.Revision));
        Assert.Equal(read[^1].Position, result.Position);
        foreach (var (given, stored) in events.Zip(read))
        {
            Same(given, stored);
            Assert.Equal("a-1", stored.Stream.Value);
        }
    }

    [ContractFact]
    public async Task Promise_1_appends_from_many_callers_do_not_mix()
    {
        await Task.WhenAll(Enumerable.Range(0, 40).Select(i => Append("mixed", ExpectedRevision.Any, [.. Events(5).Select(e => e with { Type = $"caller-{i}" })])));
        var read = await Read("mixed");
        Assert.Equal(200, read.Count);
        foreach (var chunk in read.Chunk(5))
        {
            Assert.Single(chunk.Select(e => e.Type).Distinct());
        }
    }

    [ContractFact]
    public async Task An_event_comes_back_byte_for_byte()
    {
        var all = Enumerable.Range(0, 256).Select(i => (byte)i).ToArray();
        EventData[] events =
        [
            new(Guid.NewGuid(), "bytes", EventData.Binary, all, all),
            new(Guid.NewGuid(), "nothing", EventData.Binary, default, default),
            new(Guid.NewGuid(), "Größe ∆ 🧵", EventData.Json, "{ \"a\" : 1.0 }"u8.ToArray(), "[]"u8.ToArray()),
        ];
        await Appended("stream with spaces / ünïcode", ExpectedRevision.NoStream, events);
        var read = await Read("stream with spaces / ünïcode");
        Assert.Equal(3, read.Count);
        for (var i = 0; i < events.Length; i++)
        {
            Same(events[i], read[i]);
        }
    }

    [ContractFact]
    public async Task The_largest_append_is_taken_and_one_byte_more_is_refused()
    {
        var fits = Event("t") with { Data = new byte[1_048_576 - 2], Metadata = default, ContentType = EventData.Binary };
        await Appended("large", ExpectedRevision.NoStream, fits);
        Same(fits, Assert.Single(await Read("large")));
        var e = await Assert.ThrowsAsync<JournalException>(() => Append("large", ExpectedRevision.At(0), fits with { Id = Guid.NewGuid(), Data = new byte[1_048_576 - 1] }));
        Assert.Equal(JournalFailure.Refused, e.Failure);
        Assert.Equal(0, await Journal.LastRevisionAsync(Stream("large"), None));
    }

    // 2: it is acknowledged only when durable (crashes: the simulated disk); what is acknowledged is read.
    [ContractFact]
    public async Task Promise_2_an_acknowledged_append_is_read_at_once()
    {
        for (var i = 0; i < 100; i++)
        {
            await Appended("own", ExpectedRevision.After(i - 1), Event());
            Assert.Equal(i, await Journal.LastRevisionAsync(Stream("own"), None));
            Assert.Equal(i, Assert.Single(await Read("own", Direction.Backwards, long.MaxValue, 1)).Revision);
        }
    }

    // 3: an append whose expectation does not hold writes nothing and says what is there.
    [ContractFact]
    public async Task Promise_3_append_at_a_stale_or_future_revision_is_a_conflict()
    {
        await Conflicts("c", ExpectedRevision.At(0), -1, Event());
        await Conflicts("c", ExpectedRevision.StreamExists, -1, Event());
        await Appended("c", ExpectedRevision.NoStream, Events(3));
        await Conflicts("c", ExpectedRevision.NoStream, 2, Event());
        await Conflicts("c", ExpectedRevision.At(0), 2, Event());
        await Conflicts("c", ExpectedRevision.At(3), 2, Event());
        Assert.Equal(3, (await Read("c")).Count);
        Assert.Equal(3, (await Appended("c", ExpectedRevision.StreamExists, Event())).LastRevision);
        Assert.Equal(4, (await Appended("c", ExpectedRevision.At(3), Event())).LastRevision);
        Assert.Equal(5, (await Appended("c", ExpectedRevision.Any, Event())).LastRevision);
    }

    [ContractFact]
    public async Task Promise_3_of_many_appends_at_one_revision_one_wins()
    {
        await Appended("race", ExpectedRevision.NoStream, Event());
        var results = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Append("race", ExpectedRevision.At(0), Event())));
        Assert.Single(results.OfType<AppendResult.Appended>());
        Assert.All(results.OfType<AppendResult.Conflict>(), c => Assert.Equal(1, c.ActualRevision));
        Assert.Equal(2, (await Read("race")).Count);
    }

    [ContractFact]
    public async Task An_append_of_no_events_only_checks_the_expectation()
    {
        Assert.Equal(new AppendResult.Appended(-1, null), await Append("empty", ExpectedRevision.Any));
        Assert.Equal(new AppendResult.Appended(-1, null), await Append("empty", ExpectedRevision.NoStream));
        await Conflicts("empty", ExpectedRevision.At(0), -1);
        await Appended("empty", ExpectedRevision.NoStream, Events(2));
        Assert.Equal(1, (await Appended("empty", ExpectedRevision.At(1))).LastRevision);
        await Conflicts("empty", ExpectedRevision.NoStream, 1);
        await Conflicts("empty", ExpectedRevision.At(0), 1);
        Assert.Equal(2, (await Read("empty")).Count);
    }

    // 4: a repeated append is answered as the first was.
    [ContractFact]
    public async Task Promise_4_a_repeated_append_at_its_revision_is_answered_as_the_first_was()
    {
        var first = Events(2);
        var second = Events(3);
        var a = await Appended("r", ExpectedRevision.NoStream, first);
        var b = await Appended("r", ExpectedRevision.At(1), second);
        await Appended("r", ExpectedRevision.At(4), Events(2));
        Assert.Equal(a, await Append("r", ExpectedRevision.NoStream, first));
        Assert.Equal(b, await Append("r", ExpectedRevision.At(1), second));
        Assert.Equal(7, (await Read("r")).Count);

        // Part of an append, and parts of two, are equal to what is stored as well.
        Assert.Equal(0, (await Appended("r", ExpectedRevision.NoStream, first[0])).LastRevision);
        Assert.Equal(2, (await Appended("r", ExpectedRevision.At(0), first[1], second[0])).LastRevision);
        Assert.Equal(7, (await Read("r")).Count);
    }

    [ContractFact]
    public async Task Promise_4_an_append_that_is_equal_only_in_part_is_a_conflict()
    {
        var events = Events(3);
        await Appended("p", ExpectedRevision.NoStream, events);
        await Conflicts("p", ExpectedRevision.NoStream, 2, Event(), events[1]);
        await Conflicts("p", ExpectedRevision.NoStream, 2, events[0], Event());
        await Conflicts("p", ExpectedRevision.NoStream, 2, [.. events, Event()]);
        await Conflicts("p", ExpectedRevision.At(0), 2, events[0]);
        Assert.Equal(3, (await Read("p")).Count);
    }

    [ContractFact]
    public async Task Promise_4_the_same_append_sent_twice_at_once_is_written_once()
    {
        var events = Events(4);
        var results = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Append("twice", ExpectedRevision.NoStream, events)));
        Assert.Single(results.Distinct());
        Assert.Equal(4, (await Read("twice")).Count);
        var any = Events(2);
        results = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Append("twice", ExpectedRevision.Any, any)));
        Assert.Single(results.Distinct());
        Assert.Equal(6, (await Read("twice")).Count);
    }

    [ContractFact]
    public async Task Promise_4_without_a_revision_recent_ids_decide()
    {
        var events = Events(2);
        var first = await Appended("any", ExpectedRevision.Any, events);
        await Appended("any", ExpectedRevision.Any, Event());
        Assert.Equal(first, await Append("any", ExpectedRevision.Any, events));
        Assert.Equal(first, await Append("any", ExpectedRevision.StreamExists, events));
        await Conflicts("any", ExpectedRevision.Any, 2, events[0], Event());

        // First id unknown: written, whatever follows. Ids of another stream are other ids.
        Assert.Equal(4, (await Appended("any", ExpectedRevision.Any, Event(), events[1])).LastRevision);
        Assert.Equal(1, (await Appended("other", ExpectedRevision.Any, events)).LastRevision);
    }

    [ContractFact]
    public async Task Equal_ids_in_one_append_or_two_streams_are_not_refused()
    {
        var e = Event();
        Assert.Equal(1, (await Appended("d", ExpectedRevision.NoStream, e, e)).LastRevision);
        Assert.Equal(0, (await Appended("d2", ExpectedRevision.NoStream, e)).LastRevision);
        Assert.Equal(2, (await Appended("d", ExpectedRevision.At(1), e)).LastRevision);
    }

    // 5: revisions run 0, 1, 2… and positions strictly increase.
    [ContractFact]
    public async Task Promise_5_revisions_run_on_and_positions_increase()
    {
        for (var i = 0; i < 60; i++)
        {
            await Appended($"s-{i % 7}", ExpectedRevision.Any, Events(1 + (i % 3)));
        }

        var all = await ReadAll();
        Assert.Equal(120, all.Count);
        Assert.Equal(all.Select(e => e.Position).Order(), all.Select(e => e.Position));
        Assert.Equal(all.Count, all.Select(e => e.Position).Distinct().Count());
        foreach (var stream in all.GroupBy(e => e.Stream))
        {
            Assert.Equal(Enumerable.Range(0, stream.Count()).Select(i => (long)i), stream.Select(e => e.Revision));
        }

        Assert.Equal(all[^1].Position, await Journal.LastPositionAsync(None));
    }

    [ContractFact]
    public async Task An_event_without_a_type_or_an_id_is_refused()
    {
        Assert.Equal(JournalFailure.Refused, (await Assert.ThrowsAsync<JournalException>(() => Append("x", ExpectedRevision.Any, Event("")))).Failure);
        Assert.Equal(JournalFailure.Refused, (await Assert.ThrowsAsync<JournalException>(() => Append("x", ExpectedRevision.Any, Event() with { Id = default }))).Failure);
        Assert.Equal(-1, await Journal.LastRevisionAsync(Stream("x"), None));
    }

    [ContractFact]
    public async Task A_cancelled_append_writes_nothing()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => Journal.AppendAsync(Stream("x"), ExpectedRevision.Any, Events(1), new CancellationToken(canceled: true)));
        Assert.Equal(-1, await Journal.LastRevisionAsync(Stream("x"), None));
    }
}
