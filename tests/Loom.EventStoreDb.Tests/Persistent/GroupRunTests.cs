using System.Diagnostics;
using System.Text.Json;
using Loom.Core;
using Loom.EventStoreDb.Grpc;
using Loom.EventStoreDb.Server.Persistent;
using Loom.Journal;
using Loom.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Loom.EventStoreDb.Tests.Persistent;

/// <summary>
/// Groups over a journal, with consumers that acknowledge, refuse, die and forget, servers that end in the middle of everything or take a group from
/// each other, and replays: in the end every event was acknowledged, skipped or is parked.
/// </summary>
public sealed class GroupRunTests
{
    [Fact(Timeout = 600_000)]
    public async Task No_event_is_lost_whoever_dies_when()
    {
        var first = Seeds.First("group runs");
        for (var i = 0; i < Tier.Count(ci: 60, @long: 3_000); i++)
        {
            try
            {
                await new Run(first + i, guarded: true).GoAsync();
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"Seed {first + i}: {e.Message}", e);
            }
        }
    }

    [Fact(Timeout = 600_000)]
    public async Task A_checkpoint_that_runs_ahead_is_found_out()
    {
        var found = 0;
        for (var seed = 1; seed <= 60 && found == 0; seed++)
        {
            try
            {
                await new Run(seed, guarded: false).GoAsync();
            }
            catch (Exception)
            {
                found++;
            }
        }

        Assert.Equal(1, found);
    }

    private sealed class Run
    {
        private const long Id = 0; // of the first group of a journal

        private static readonly GroupKey Key = new(StreamName.Parse("orders"), "g");

        private readonly Random _random;
        private readonly ManualTime _time = new();
        private readonly IJournal _journal;
        private readonly List<Server> _servers = [];
        private readonly List<TestedConsumer> _consumers = [];
        private readonly HashSet<long> _done = [];
        private readonly bool _oneServer;
        private readonly bool _all;
        private readonly GroupKey _key;
        private long _appended;
        private ulong _lastPosition;

        public Run(int seed, bool guarded)
        {
            _random = new Random(seed);
            _journal = guarded ? new InMemoryJournal(_time) : new CarelessJournal(new InMemoryJournal(_time));
            _oneServer = guarded && _random.Next(2) == 0;
            _all = _random.Next(2) == 0;
            _key = _all ? new GroupKey(null, "g") : Key;
        }

        public async Task GoAsync()
        {
            await AppendAsync(_random.Next(5));
            _servers.Add(new Server(_journal, _time));
            var settings = new GroupSettings
            {
                MessageTimeoutMs = 2_000,
                MaxRetryCount = _random.Next(4),
                CheckpointAfterMs = 1_000,
                MinCheckpointCount = _random.Next(1, 3),
                MaxCheckpointCount = _random.Next(3, 8),
                HistoryBufferSize = _random.Next(3, 30),
                LiveBufferSize = _random.Next(0, 10),
                ReadBatchSize = 2,
                Strategy = GroupSettings.Strategies[_random.Next(4)],
            };
            await _servers[0].Groups.CreateAsync(_key, new GroupBody(_key.Source, "g", settings, null, "0", null), CancellationToken.None);
            for (var step = 0; step < 150; step++)
            {
                await StepAsync();
            }

            await DrainAsync();
        }

        private async Task StepAsync()
        {
            switch (_random.Next(14))
            {
                case 0 or 1:
                    await AppendAsync(_random.Next(1, 5));
                    break;
                case 2 or 3 when _consumers.Count < 4:
                    await ConnectAsync(_random.Next(1, 6));
                    break;
                case 4 when _consumers.Count > 0:
                    await LeaveAsync(_consumers[_random.Next(_consumers.Count)]);
                    break;
                case 5:
                    _time.Advance(TimeSpan.FromMilliseconds(_random.Next(3_000)));
                    break;
                case 6 when _random.Next(3) == 0:
                    await EndServerAsync(kill: _random.Next(2) == 0);
                    break;
                case 7 when !_oneServer && _servers.Count < 2:
                    _servers.Add(new Server(_journal, _time));
                    break;
                case 8 when _random.Next(2) == 0:
                    await OrEndedAsync(async () => await (await AnyServer().Groups.ActivateAsync(_key, CancellationToken.None)).ReplayAsync(_random.Next(2) == 0 ? null : _random.Next(6)));
                    break;
                default:
                    await AnswerAsync();
                    break;
            }
        }

        private Server AnyServer() => _servers[_random.Next(_servers.Count)];

        private async Task AppendAsync(int count)
        {
            for (var i = 0; i < count; i++)
            {
                await _journal.AppendAsync(Key.Stream!.Value, ExpectedRevision.Any, [new EventData(Guid.NewGuid(), "t", EventData.Json, "{}"u8.ToArray(), default)], CancellationToken.None);
                _appended++;
            }
        }

        private Task ConnectAsync(int capacity) => OrEndedAsync(async () =>
        {
            var server = AnyServer();
            var consumer = new Consumer(capacity, "", "", "");
            _consumers.Add(new TestedConsumer(consumer, await server.Groups.ConnectAsync(_key, consumer, CancellationToken.None), server));
        });

        private async Task LeaveAsync(TestedConsumer consumer)
        {
            _consumers.Remove(consumer);
            await consumer.Activation.LeaveAsync(consumer.Consumer);
        }

        private async Task EndServerAsync(bool kill)
        {
            var server = AnyServer();
            foreach (var consumer in _consumers.Where(c => c.Server == server).ToList())
            {
                _consumers.Remove(consumer);
                if (!kill)
                {
                    await consumer.Activation.LeaveAsync(consumer.Consumer);
                }
            }

            await server.Stopping.CancelAsync();
            _servers.Remove(server);
            if (_servers.Count == 0)
            {
                _servers.Add(new Server(_journal, _time));
            }
        }

        private async Task AnswerAsync(bool ackOnly = false)
        {
            foreach (var consumer in _consumers.ToList())
            {
                for (var i = _random.Next(4); i >= 0; i--)
                {
                    // What runs beside us has a moment to run; nothing depends on whether it did.
                    await Task.Yield();
                    if (consumer.Consumer.Deliveries.Completion.IsCompleted)
                    {
                        await LeaveAsync(consumer);
                        break;
                    }

                    if (!consumer.Consumer.Deliveries.TryRead(out var delivery) || !consumer.Activation.Send(delivery))
                    {
                        continue;
                    }

                    var e = delivery.Held.Event;
                    if (_oneServer && delivery.Held.Parked < 0)
                    {
                        Assert.False(delivery.Held.Mark <= consumer.Activation.Look((s, _) => s.WrittenCheckpoint), $"{e.Revision} came though a durable checkpoint covers it.");
                    }

                    var answer = ackOnly ? Answer.Ack : (Answer)_random.Next(6);
                    if ((int)answer == 5)
                    {
                        continue; // forgotten
                    }

                    if (answer is Answer.Ack or Answer.Skip && e.Stream == Key.Stream)
                    {
                        _done.Add(e.Revision);
                    }

                    consumer.Activation.Take(consumer.Consumer, [e.Id], answer, "");
                }
            }
        }

        // One server and one consumer, that acknowledges: then nothing is left.
        private async Task DrainAsync()
        {
            while (_servers.Count > 1)
            {
                await EndServerAsync(kill: true);
            }

            foreach (var consumer in _consumers.ToList())
            {
                await LeaveAsync(consumer);
            }

            await AppendAsync(1);
            await foreach (var e in _journal.ReadStreamAsync(Key.Stream!.Value, Direction.Backwards, long.MaxValue, 1, CancellationToken.None))
            {
                _lastPosition = e.Position;
            }

            var since = Stopwatch.GetTimestamp();
            do
            {
                Assert.True(Stopwatch.GetElapsedTime(since) < TimeSpan.FromMinutes(5), $"It comes to no end: {_consumers.FirstOrDefault()?.Activation.Look((s, _) => $"read {s.Read} of {_appended - 1} and {_lastPosition}, fresh {s.Fresh}, again {s.Again}, in flight {s.InFlight}, bytes {s.Bytes}, replaying {s.IsReplaying}, parked {s.Parked}, parking {s.HasParking}")}");
                if (_consumers.Count == 0)
                {
                    await ConnectAsync(50);
                }

                await AnswerAsync(ackOnly: true);
            }
            while (_consumers is not [var last] || !last.Activation.Look((s, _) => IsDone(s)));
            await LeaveAsync(_consumers[0]);
            var parked = await ParkedAsync();
            for (var revision = 0L; revision < _appended; revision++)
            {
                Assert.True(_done.Contains(revision) || parked.Contains(revision), $"Event {revision} is neither acknowledged nor parked.");
            }

            // Durable: whoever takes it up now finds nothing to do.
            var cursor = await new GroupCursor(_journal, new Group(Id, Id, _key, new GroupSettings(), null, "", null)).ReadAsync(CancellationToken.None);
            Assert.NotNull(cursor?.Checkpoint);
            await _servers[0].Stopping.CancelAsync();
        }

        private bool IsDone(GroupState s) =>
            s.Fresh == 0 && s.Again == 0 && s.InFlight == 0 && !s.HasParking && !s.IsReplaying && s.Bytes == 0
            && (_all ? s.Read >= _lastPosition : s.Read >= (ulong)_appended - 1);

        private async Task<HashSet<long>> ParkedAsync()
        {
            var parked = new HashSet<long>();
            await foreach (var e in _journal.ReadStreamAsync(StreamName.Parse("loom.parked-0"), Direction.Forwards, 0, long.MaxValue, CancellationToken.None))
            {
                var body = JsonSerializer.Deserialize(e.Data.Span, PersistentJson.Default.ParkedBody)!;
                if (body.Stream == Key.Source)
                {
                    parked.Add(body.Revision);
                }
            }

            return parked;
        }

        // Another server may have taken the group in between.
        private static async Task OrEndedAsync(Func<Task> act)
        {
            try
            {
                await act();
            }
            catch (GrpcException e) when (e.Trailers.GetValueOrDefault("exception") == Errors.GroupDropped)
            {
            }
        }
    }

    private sealed record TestedConsumer(Consumer Consumer, GroupActivation Activation, Server Server);

    private sealed class Server(IJournal journal, TimeProvider time)
    {
        private PersistentGroups? _groups;

        public CancellationTokenSource Stopping { get; } = new();

        public PersistentGroups Groups => _groups ??= new PersistentGroups(journal, time, NullLogger.Instance, Stopping.Token);
    }

    /// <summary>The planted mistake: a checkpoint covers one event more than is done.</summary>
    private sealed class CarelessJournal(IJournal inner) : Contracts.DelegatingJournal(inner)
    {
        public override Task<AppendResult> AppendAsync(StreamName stream, ExpectedRevision expected, IReadOnlyList<EventData> events, CancellationToken cancellationToken)
        {
            if (stream.Value.StartsWith(GroupCursor.AnyPrefix, StringComparison.Ordinal)
                && JsonSerializer.Deserialize(events[0].Data.Span, PersistentJson.Default.CursorBody) is { Checkpoint: { } at } body)
            {
                events = [events[0] with { Data = JsonSerializer.SerializeToUtf8Bytes(body with { Checkpoint = at + 1 }, PersistentJson.Default.CursorBody) }];
            }

            return base.AppendAsync(stream, expected, events, cancellationToken);
        }
    }
}
