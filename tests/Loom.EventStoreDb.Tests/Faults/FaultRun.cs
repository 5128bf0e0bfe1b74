using Loom.Core;
using Loom.Journal;
using Xunit.Sdk;

namespace Loom.EventStoreDb.Tests.Faults;

/// <summary>
/// One seed: writers, followers and readers through connections that fail in every way, and a server that may end and come back meanwhile. Two
/// clients: one makes calls again for as long as it takes, one leaves every unknown outcome to its caller, who appends the same events again.
/// </summary>
/// <param name="seed">Decides everything but when the machine does what.</param>
/// <param name="served">What is served in place of the journal.</param>
/// <param name="impatience">What the impatient caller has in place of its client.</param>
/// <param name="leaves">Whether followers leave and come back.</param>
/// <param name="killed">Served by a process of its own that is killed instead of ended; null: served here.</param>
internal sealed class FaultRun(
    int seed, Func<IJournal, IJournal>? served = null, Func<IJournal, IJournal>? impatience = null, bool leaves = true, KilledProcess? killed = null)
{
    private const int Appends = 8;
    private const string End = "end";

    private readonly Random _random = new(seed);
    private readonly Dictionary<string, long> _counts = [];

    private static CancellationToken None => CancellationToken.None;

    /// <exception cref="XunitException">A promise was broken.</exception>
    public async Task<IReadOnlyDictionary<string, long>> RunAsync()
    {
        var batches = _random.Next(3) > 0;
        await using IFaultServer server = killed is null ? await RestartableServer.StartAsync(batches, served ?? (j => j)) : await KilledServer.StartAsync(killed.AnswersEarly);
        await using var proxy = new FaultProxy(() => server.Port, new FaultPlans(_random.Next(), most: 40).Next);
        await using var patient = await ConnectAsync(proxy.Port, TimeSpan.FromMinutes(20));
        await using var hasty = await ConnectAsync(proxy.Port, TimeSpan.Zero);
        var impatient = impatience?.Invoke(hasty) ?? hasty;
        HashSet<int> restartAt = _random.Next(2) == 0 || killed is not null ? [_random.Next(Appends)] : [];
        if (killed is not null)
        {
            restartAt.UnionWith([_random.Next(Appends), _random.Next(Appends)]);
        }

        var all = FollowAsync(patient, null, leaves: false, _random.Next());
        var some = FollowAsync(patient, new EventFilter(["a-"]), leaves, _random.Next());
        var one = FollowStreamAsync(patient, Named("a-0"));
        await Task.WhenAll(
            WriteAsync(patient, Named("a-0"), exact: true, _random.Next(), i => restartAt.Contains(i) ? RestartAsync(server) : Task.CompletedTask),
            WriteAsync(patient, Named("b-1"), exact: false, _random.Next(), _ => Task.CompletedTask),
            WriteImpatientlyAsync(server, impatient, Named("a-2"), _random.Next()));
        var stored = await server.LookAsync(j => ListAsync(j.ReadAllAsync(Direction.Forwards, 0, long.MaxValue, null, None)));
        await server.LookAsync(async j => await j.AppendAsync(Named("a-0"), ExpectedRevision.Any, Events(new Random(seed), 20, End), None));

        await Task.WhenAll(ReadAsync(proxy.Port, stored), killed is null ? Task.CompletedTask : RestartAsync(server));
        Same("the follower of all", stored, await all);
        Same("the follower with a filter", stored.Where(e => e.Stream.Value.StartsWith("a-", StringComparison.Ordinal)), await some);
        Same("the follower of a stream", stored.Where(e => e.Stream.Value == "a-0"), await one);
        foreach (var (what, times) in proxy.Happened)
        {
            Count(what, times);
        }

        if (server is KilledServer process)
        {
            var left = await process.AfterwardsAsync(j => ListAsync(j.ReadAllAsync(Direction.Forwards, 0, long.MaxValue, null, None)));
            Same("what is on disk", stored, [.. left.Where(e => e.Type != End)]);
        }

        Count(batches ? "seeds with BatchAppend" : "seeds with Append", 1);
        return _counts;
    }

    private async Task RestartAsync(IFaultServer server)
    {
        if (killed is not null)
        {
            int moment;
            lock (_random)
            {
                moment = _random.Next(8);
            }

            await Task.Delay(moment); // anywhere in what is under way
        }

        await server.RestartAsync();
        Count(killed is null ? "restarts" : "kills", 1);
    }

    private static async Task<EventStoreDbJournal> ConnectAsync(int port, TimeSpan retryDuring) => await EventStoreDbJournal.ConnectAsync(
        new EventStoreDbJournalOptions
        {
            Settings = EventStoreDbSettings.Parse(
                $"esdb://localhost:{port}?tls=false&defaultDeadline=250&gossipTimeout=250&discoveryInterval=1&maxDiscoverAttempts=1000000&keepAliveInterval=-1"),
            RetryDuring = retryDuring,
        },
        None);

    private async Task WriteAsync(EventStoreDbJournal journal, StreamName stream, bool exact, int own, Func<int, Task> between)
    {
        var random = new Random(own);
        var ids = new List<Guid>();
        for (var i = 0; i < Appends; i++)
        {
            var events = Events(random, random.Next(1, 4), "happened");
            var expected = exact ? ExpectedRevision.After(ids.Count - 1) : ExpectedRevision.Any;
            var appending = journal.AppendAsync(stream, expected, events, None);
            await between(i);
            var result = await appending;
            ids.AddRange(events.Select(e => e.Id));
            Holds(result is AppendResult.Appended done && done.LastRevision == ids.Count - 1, $"append {i} to {stream} ended as {result}, not at {ids.Count - 1}");
            Count("appends", 1);
        }

        await StoredAsync(journal, stream, ids);
    }

    private async Task WriteImpatientlyAsync(IFaultServer server, IJournal journal, StreamName stream, int own)
    {
        var random = new Random(own);
        var ids = new List<Guid>();
        for (var i = 0; i < Appends; i++)
        {
            var events = Events(random, random.Next(1, 4), "happened");
            var head = ids.Count - 1;
            ids.AddRange(events.Select(e => e.Id));
            var mayBeWritten = false;
            while (true)
            {
                try
                {
                    var result = await journal.AppendAsync(stream, ExpectedRevision.After(head), events, None);
                    if (result is AppendResult.Conflict)
                    {
                        await server.LookAsync(async j =>
                        {
                            await StoredAsync(j, stream, ids); // says what is there
                            return true;
                        });
                    }

                    Holds(result is AppendResult.Appended done && done.LastRevision == ids.Count - 1, $"append {i} to {stream} ended as {result}, not at {ids.Count - 1}");
                    var now = await server.LookAsync(j => j.LastRevisionAsync(stream, None));
                    Holds(now == ids.Count - 1, $"append {i} to {stream} was acknowledged at {ids.Count - 1}, and the stream ends at {now}");
                    break;
                }
                catch (JournalException e)
                {
                    Holds(e.Failure == JournalFailure.Unavailable, $"an append whose outcome is unknown was reported as {e.Failure}: {e.Message}");
                    var saysUnknown = e.Message.Contains("is unknown", StringComparison.Ordinal);
                    mayBeWritten |= saysUnknown;
                    Count(saysUnknown ? "unknown outcomes" : "appends not handed over", 1);
                    var now = await server.LookAsync(j => j.LastRevisionAsync(stream, None));
                    Holds(mayBeWritten || now == head, $"append {i} to {stream} was reported as not written, and it is: {e.Message}");
                }
            }
        }

        await server.LookAsync(async j =>
        {
            await StoredAsync(j, stream, ids);
            return true;
        });
    }

    private async Task StoredAsync(IJournal journal, StreamName stream, List<Guid> ids)
    {
        var stored = await ListAsync(journal.ReadStreamAsync(stream, Direction.Forwards, 0, long.MaxValue, None));
        Holds(stored.Select(e => e.Id).SequenceEqual(ids), $"{stream} holds {stored.Count} events, {stored.Count(e => ids.Contains(e.Id))} of them this run's; {ids.Count} were appended, each once");
    }

    // Each on connections of its own, so that each has faults of its own.
    private async Task ReadAsync(int port, List<RecordedEvent> stored)
    {
        var b = stored.Where(e => e.Stream.Value == "b-1").ToList();
        (string What, IEnumerable<RecordedEvent> Expected, Func<IJournal, IAsyncEnumerable<RecordedEvent>> Read)[] reads =
        [
            ("forwards", b, j => j.ReadStreamAsync(Named("b-1"), Direction.Forwards, 0, long.MaxValue, None)),
            ("backwards", b.AsEnumerable().Reverse(), j => j.ReadStreamAsync(Named("b-1"), Direction.Backwards, long.MaxValue, long.MaxValue, None)),
            ("a part", b.Skip(1).Take(5), j => j.ReadStreamAsync(Named("b-1"), Direction.Forwards, 1, 5, None)),
            ("all, backwards", stored.AsEnumerable().Reverse(), j => j.ReadAllAsync(Direction.Backwards, stored[^1].Position + 1, long.MaxValue, null, None)),
            ("all", stored, j => j.ReadAllAsync(Direction.Forwards, 0, stored.Count, null, None)),
            ("all, with a filter", b, j => j.ReadAllAsync(Direction.Forwards, 0, long.MaxValue, new EventFilter(["b-"]), None)),
        ];
        await Task.WhenAll(reads.Select(async read =>
        {
            await using var journal = await ConnectAsync(port, TimeSpan.FromMinutes(20));
            Same(read.What, read.Expected, await ListAsync(read.Read(journal)));
            Count("reads", 1);
        }));
    }

    // A follower that leaves comes back behind the last checkpoint or event that it saw.
    private async Task<List<RecordedEvent>> FollowAsync(EventStoreDbJournal journal, EventFilter? filter, bool leaves, int own)
    {
        var random = new Random(own);
        var seen = new List<RecordedEvent>();
        ulong? after = null;
        while (true)
        {
            var stay = leaves ? random.Next(1, 12) : int.MaxValue;
            await foreach (var message in journal.SubscribeToAllAsync(after, filter, None))
            {
                switch (message)
                {
                    case SubscriptionMessage.EventArrived { Event.Type: End }:
                        return seen;
                    case SubscriptionMessage.EventArrived { Event: var e }:
                        seen.Add(e);
                        after = e.Position;
                        break;
                    case SubscriptionMessage.Checkpoint { Position: var position }:
                        Holds(after is null || position >= after, $"the checkpoint {position} lies before {after}");
                        after = position;
                        break;
                }

                if (--stay == 0)
                {
                    Count("subscriptions left", 1);
                    break;
                }
            }
        }
    }

    private static async Task<List<RecordedEvent>> FollowStreamAsync(EventStoreDbJournal journal, StreamName stream)
    {
        var seen = new List<RecordedEvent>();
        await foreach (var message in journal.SubscribeToStreamAsync(stream, -1, None))
        {
            if (message is SubscriptionMessage.EventArrived { Event: var e })
            {
                if (e.Type == End)
                {
                    break;
                }

                seen.Add(e);
            }
        }

        return seen;
    }

    private void Same(string what, IEnumerable<RecordedEvent> expected, List<RecordedEvent> seen)
    {
        var wanted = expected.Select(e => (e.Position, e.Id, e.Revision)).ToList();
        var got = seen.Select(e => (e.Position, e.Id, e.Revision)).ToList();
        Holds(
            wanted.SequenceEqual(got),
            $"{what}: saw {seen.Count} of {wanted.Count} events, or not in order; missing {string.Join(' ', wanted.Except(got).Select(e => $"{e.Revision}@{e.Position}"))}, "
            + $"not there {string.Join(' ', got.Except(wanted).Select(e => $"{e.Revision}@{e.Position}"))}, the last seen {(got is [.., var last] ? last.Revision : -1)}");
    }

    private void Holds(bool promise, string broken)
    {
        if (!promise)
        {
            throw new XunitException($"seed {seed}: {broken}");
        }
    }

    private void Count(string what, long times)
    {
        lock (_counts)
        {
            _counts[what] = _counts.GetValueOrDefault(what) + times;
        }
    }

    private static async Task<List<RecordedEvent>> ListAsync(IAsyncEnumerable<RecordedEvent> events)
    {
        var list = new List<RecordedEvent>();
        await foreach (var e in events)
        {
            list.Add(e);
        }

        return list;
    }

    private static StreamName Named(string name) => StreamName.Parse(name);

    private static EventData[] Events(Random random, int count, string type) =>
        [.. Enumerable.Range(0, count).Select(_ => new EventData(Guid.NewGuid(), type, EventData.Json, new byte[random.Next(300, 900)], default))];
}

/// <summary>The server is a process that is killed.</summary>
/// <param name="AnswersEarly">Planted: it acknowledges appends before it writes them.</param>
internal sealed record KilledProcess(bool AnswersEarly);
