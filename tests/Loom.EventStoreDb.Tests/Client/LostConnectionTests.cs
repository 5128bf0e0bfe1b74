using Loom.Core;
using Loom.EventStoreDb.Tests.Faults;
using Loom.Journal;
using Loom.Testing;

namespace Loom.EventStoreDb.Tests.Client;

/// <summary>Connections that end in the middle of everything: what is acknowledged is written, once, and readers miss and repeat nothing.</summary>
public sealed class LostConnectionTests
{
    private static CancellationToken None => CancellationToken.None;

    [Fact]
    public async Task Appends_reads_and_subscriptions_survive_cut_connections()
    {
        var run = SeedRun.Start("cut connections", Tier.Count(ci: 2, @long: 2_000));
        foreach (var seed in run.Left)
        {
            run.Finish(await CutAsync(seed).WaitAsync(TimeSpan.FromMinutes(10))); // a seed that hangs fails
        }

        Console.WriteLine(run.Summary());
        Assert.True(run.Counts["cuts"] > 0, "no connection was cut");
    }

    [Fact]
    public async Task A_server_that_does_not_know_repeats_is_found_out()
    {
        var seed = Seeds.First("forgetful server");
        for (var n = 0; n < 100; n++)
        {
            try
            {
                await CutAsync(seed + n, journal => new ForgetfulJournal(journal)).WaitAsync(TimeSpan.FromMinutes(10));
            }
            catch (Xunit.Sdk.XunitException)
            {
                return;
            }
        }

        Assert.Fail("100 seeds did not find it");
    }

    [Fact(Timeout = 600_000)]
    public async Task A_subscription_goes_on_when_the_server_comes_back()
    {
        await using var served = await ServedJournal.StartAsync();
        await using var journal = await served.ConnectAsync();
        var stream = StreamName.Parse("s");
        await journal.AppendAsync(stream, ExpectedRevision.NoStream, Events(3), None);
        var seen = new List<long>();
        var three = new TaskCompletionSource();
        var following = Task.Run(async () =>
        {
            await foreach (var message in journal.SubscribeToStreamAsync(stream, -1, None))
            {
                if (message is SubscriptionMessage.EventArrived { Event: var e })
                {
                    seen.Add(e.Revision);
                    if (seen.Count == 3)
                    {
                        three.SetResult();
                    }
                    else if (e.Revision == 5)
                    {
                        return;
                    }
                }
            }
        });
        await three.Task;
        await served.StopServerAsync();
        var appending = journal.AppendAsync(stream, ExpectedRevision.At(2), Events(3), None); // waits for the server
        await served.StartServerAgainAsync();
        Assert.Equal(5, Assert.IsType<AppendResult.Appended>(await appending).LastRevision);
        await following;
        Assert.Equal([0, 1, 2, 3, 4, 5], seen);
    }

    [Fact(Timeout = 600_000)]
    public async Task A_server_that_stays_away_is_told_as_an_unknown_outcome_or_as_unavailable()
    {
        await using var served = await ServedJournal.StartAsync();
        var options = new EventStoreDbJournalOptions
        {
            Settings = EventStoreDbSettings.Parse(served.ConnectionString(more: "&maxDiscoverAttempts=1")),
            RetryDuring = TimeSpan.FromMilliseconds(200),
        };
        await using var journal = await EventStoreDbJournal.ConnectAsync(options, None);
        await served.StopServerAsync();
        var append = await Assert.ThrowsAsync<JournalException>(() => journal.AppendAsync(StreamName.Parse("s"), ExpectedRevision.NoStream, Events(1), None));
        Assert.Equal(JournalFailure.Unavailable, append.Failure);
        Assert.True(append.Message.Contains("is unknown", StringComparison.Ordinal), append.ToString());
        Assert.Equal(JournalFailure.Unavailable, (await Assert.ThrowsAsync<JournalException>(() => journal.LastPositionAsync(None))).Failure);
        Assert.Equal(JournalFailure.Unavailable, (await Assert.ThrowsAsync<JournalException>(() => EventStoreDbJournal.ConnectAsync(options, None))).Failure);
        await served.StartServerAgainAsync();
    }

    [Fact(Timeout = 600_000)]
    public async Task A_closed_journal_says_so_and_ends_its_subscriptions()
    {
        await using var served = await ServedJournal.StartAsync();
        var journal = await served.ConnectAsync();
        var caughtUp = new TaskCompletionSource();
        var following = Task.Run(async () =>
        {
            await foreach (var message in journal.SubscribeToAllAsync(null, null, None))
            {
                caughtUp.TrySetResult();
            }
        });
        await caughtUp.Task;
        await journal.DisposeAsync();
        Assert.Equal(JournalFailure.Unavailable, (await Assert.ThrowsAsync<JournalException>(() => following)).Failure);
        await Assert.ThrowsAsync<JournalException>(() => journal.AppendAsync(StreamName.Parse("s"), ExpectedRevision.Any, Events(1), None));
        await Assert.ThrowsAsync<JournalException>(() => journal.LastRevisionAsync(StreamName.Parse("s"), None));
    }

    private static async Task<Dictionary<string, long>> CutAsync(int seed, Func<IJournal, IJournal>? around = null)
    {
        const int Writers = 4;
        const int Appends = 12;
        var random = new Random(seed);
        await using var served = await ServedJournal.StartAsync(around: around);
        await using var proxy = new FaultProxy(() => served.Address.Port, () =>
        {
            lock (random)
            {
                // Always more than a frame of HTTP/2, or a connection could bring nothing new.
                var toServer = random.Next(2) == 0;
                return new FaultPlan(Fault.Reset, toServer, toServer ? random.Next(6_000, 40_000) : random.Next(20_000, 60_000), null, 0);
            }
        });
        await using var journal = await EventStoreDbJournal.ConnectAsync(
            new EventStoreDbJournalOptions
            {
                Settings = EventStoreDbSettings.Parse($"esdb://host:pass%3Aw%C3%B6rd@localhost:{proxy.Port}?tls=false{ServedJournal.Patient}"),
                RetryDuring = TimeSpan.FromMinutes(5),
            },
            None);
        var followed = new List<ulong>();
        var following = Task.Run(async () =>
        {
            await foreach (var message in journal.SubscribeToAllAsync(null, null, None))
            {
                if (message is SubscriptionMessage.EventArrived { Event: var e })
                {
                    followed.Add(e.Position);
                    if (followed.Count == Writers * Appends * 2)
                    {
                        return;
                    }
                }
            }
        });
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(async w =>
        {
            // Even writers name a revision each time; odd ones none, so that only the ids tell a repeat.
            var stream = StreamName.Parse($"writer-{w}");
            for (var i = 0; i < Appends; i++)
            {
                var expected = w % 2 == 0 ? ExpectedRevision.After((i * 2) - 1) : ExpectedRevision.Any;
                var result = await journal.AppendAsync(stream, expected, Events(2), None);
                Assert.True(result is AppendResult.Appended done && done.LastRevision == (i * 2) + 1, $"seed {seed}: append {i} of writer {w} ended as {result}");
            }
        }));
        for (var w = 0; w < Writers; w++)
        {
            var through = new List<Guid>();
            await foreach (var e in journal.ReadStreamAsync(StreamName.Parse($"writer-{w}"), Direction.Forwards, 0, long.MaxValue, None))
            {
                through.Add(e.Id);
            }

            var stored = new List<Guid>();
            await foreach (var e in served.Journal.ReadStreamAsync(StreamName.Parse($"writer-{w}"), Direction.Forwards, 0, long.MaxValue, None))
            {
                stored.Add(e.Id);
            }

            Assert.True(stored.Count == Appends * 2 && stored.SequenceEqual(through), $"seed {seed}: writer {w} stored {stored.Count}, read {through.Count}");
        }

        await following;
        var all = new List<ulong>();
        await foreach (var e in served.Journal.ReadAllAsync(Direction.Forwards, 0, long.MaxValue, null, None))
        {
            all.Add(e.Position);
        }

        Assert.True(all.SequenceEqual(followed), $"seed {seed}: followed {followed.Count} of {all.Count}");
        return new Dictionary<string, long> { ["cuts"] = proxy.Happened.GetValueOrDefault(nameof(Fault.Reset)), ["appends"] = Writers * Appends };
    }

    private static EventData[] Events(int count) =>
        [.. Enumerable.Range(0, count).Select(_ => new EventData(Guid.NewGuid(), "happened", EventData.Json, new byte[700], default))];
}
