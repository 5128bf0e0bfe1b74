using Loom.Core;
using Loom.EventStoreDb.Server.Persistent;
using Loom.Testing;

namespace Loom.EventStoreDb.Tests.Persistent;

/// <summary>The arithmetic of a group against a model that keeps a list of everything.</summary>
public sealed class GroupStateTests
{
    [Fact]
    public void Whatever_consumers_do_it_is_as_the_model_says()
    {
        var first = Seeds.First("groups");
        for (var i = 0; i < Tier.Count(ci: 400, @long: 20_000); i++)
        {
            try
            {
                new Run(first + i).Go();
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"Seed {first + i}: {e.Message}", e);
            }
        }
    }

    [Fact]
    public void Bytes_bound_what_is_read()
    {
        var state = new GroupState(Settings(GroupSettings.RoundRobin, 3, 0), null, GroupCursor.Unused(Guid.Empty), 0);
        ulong mark = 0;
        while (state.HasRoom)
        {
            state.Add(EventOf("s", (long)mark, new byte[20 << 20]), mark++, TimeSpan.Zero);
        }

        Assert.Equal(4UL, mark);
        var consumer = new Consumer(10, "", "", "");
        state.Connect(consumer, TimeSpan.Zero);
        state.Pump(TimeSpan.Zero);
        Assert.False(state.HasRoom);
        state.Take(consumer, consumer.InFlight.Values.First().Event.Id, Answer.Ack, "", TimeSpan.Zero);
        Assert.True(state.HasRoom);
    }

    [Fact]
    public void A_consumer_that_reads_nothing_is_given_no_more_than_its_buffer()
    {
        var state = new GroupState(Settings(GroupSettings.RoundRobin, 1_000, 1), null, GroupCursor.Unused(Guid.Empty), 0);
        var consumer = new Consumer(3, "", "", "");
        state.Connect(consumer, TimeSpan.Zero);
        for (ulong mark = 0; mark < 50; mark++)
        {
            state.Add(EventOf("s", (long)mark), mark, TimeSpan.Zero);
        }

        for (var second = 0; second < 100; second++)
        {
            state.Expire(TimeSpan.FromSeconds(second));
            state.Pump(TimeSpan.FromSeconds(second));
            Assert.True(consumer.Queued <= 3);
        }
    }

    [Fact]
    public void Pinned_events_move_only_when_their_consumer_leaves()
    {
        var dispatch = new Dispatch(GroupSettings.Pinned);
        var consumers = Enumerable.Range(0, 4).Select(_ => new Consumer(1_000_000, "", "", "")).ToList();
        consumers.ForEach(dispatch.Add);
        var events = Enumerable.Range(0, 500).Select(i => EventOf($"stream-{i}", 0)).Select(e => new HeldEvent(e, 0) { Bucket = dispatch.BucketOf(e) }).ToList();
        var before = events.Select(dispatch.Choose).ToList();
        Assert.All(consumers, c => Assert.InRange(before.Count(b => b == c), 50, 250));
        dispatch.Remove(consumers[1]);
        var after = events.Select(dispatch.Choose).ToList();
        for (var i = 0; i < events.Count; i++)
        {
            Assert.True(before[i] == consumers[1] ? after[i] != consumers[1] : after[i] == before[i]);
        }
    }

    [Theory]
    [InlineData("{\"$correlationId\":\"x\"}", true)]
    [InlineData("{\"a\":{\"$correlationId\":\"y\"},\"$correlationId\":\"x\"}", true)]
    [InlineData("{\"$correlationId\":7}", false)]
    [InlineData("{\"$correl", false)]
    [InlineData("[1]", false)]
    [InlineData("", false)]
    public void What_correlates_goes_together(string metadata, bool isTogether)
    {
        var dispatch = new Dispatch(GroupSettings.PinnedByCorrelation);
        var buckets = Enumerable.Range(0, 20)
            .Select(i => dispatch.BucketOf(EventOf($"stream-{i}", 0) with { Metadata = System.Text.Encoding.UTF8.GetBytes(metadata) })).Distinct().Count();
        Assert.Equal(isTogether, buckets == 1);
    }

    private static GroupSettings Settings(string strategy, int retries, int timeout) => new()
    {
        Strategy = strategy,
        MaxRetryCount = retries,
        MessageTimeoutMs = timeout * 1_000,
        HistoryBufferSize = 20,
        LiveBufferSize = 5,
        ReadBatchSize = 3,
        MinCheckpointCount = 2,
        MaxCheckpointCount = 6,
        CheckpointAfterMs = 5_000,
    };

    private static RecordedEvent EventOf(string stream, long revision, byte[]? data = null, Guid? id = null) =>
        new(StreamName.Parse(stream), revision, (ulong)revision, id ?? Guid.NewGuid(), "t", EventData.Json, data ?? [], default, default);

    /// <summary>One random history. The model: what happened to each event, and where it is, by its mark.</summary>
    private sealed class Run(int seed)
    {
        private enum Place
        {
            Buffered,
            With,
            Parking,
            Settled,
        }

        private readonly Random _random = new(seed);
        private readonly List<(Place Place, int Retries, Guid Id, Consumer? Consumer)> _model = [];
        private readonly List<Consumer> _consumers = [];
        private readonly List<(Consumer Consumer, Delivery Delivery)> _got = [];
        private readonly List<ulong> _parked = []; // marks, by revision
        private int _retries;
        private GroupState _state = null!;
        private TimeSpan _now;
        private string _strategy = "";
        private ulong _written;
        private ulong? _lastFresh;

        public void Go()
        {
            _strategy = GroupSettings.Strategies[_random.Next(4)];
            _retries = _random.Next(4);
            var timeout = _random.Next(3) * 2;
            _state = new GroupState(Settings(_strategy, _retries, timeout), null, GroupCursor.Unused(Guid.Empty), 0);
            for (var step = 0; step < 300; step++)
            {
                Step();
                Check();
            }

            Drain();
        }

        private void Step()
        {
            switch (_random.Next(12))
            {
                case 0 when _consumers.Count < 4:
                    var consumer = new Consumer(_random.Next(1, 5), "", "", "");
                    _consumers.Add(consumer);
                    _state.Connect(consumer, _now);
                    break;
                case 1 when _consumers.Count > 0 && _random.Next(3) == 0:
                    Leave(_consumers[_random.Next(_consumers.Count)]);
                    break;
                case 2:
                    _now += TimeSpan.FromSeconds(_random.Next(3));
                    var due = _consumers.SelectMany(c => c.InFlight.Values).Where(h => h.Delivery!.Due <= _now).ToList();
                    _state.Expire(_now);
                    due.ForEach(h => Again(h));
                    break;
                case 3 or 4 or 5 when _state.HasRoom:
                    // Sometimes the id of another event again: what is the same to answers must not mix the events up.
                    var id = _model.Count > 0 && _random.Next(10) == 0 ? _model[_random.Next(_model.Count)].Id : Guid.NewGuid();
                    var mark = (ulong)_model.Count;
                    _model.Add((Place.Buffered, 0, id, null));
                    _state.Add(EventOf($"s-{_random.Next(6)}", (long)mark, id: id), mark, _now);
                    break;
                case 6:
                    foreach (var taken in _state.TakeParking(_random.Next(1, 4)) is { Count: > 0 } some ? [some] : new List<List<Parking>>())
                    {
                        var from = _parked.Count;
                        foreach (var p in taken)
                        {
                            Assert.Equal(Place.Parking, _model[(int)p.Held.Mark].Place);
                            _parked.Add(p.Held.Mark);
                            Set(p.Held, m => m with { Place = Place.Settled });
                        }

                        _state.HaveParked(taken, from, _now);
                    }

                    break;
                case 7 when _state.Due(_now, force: _random.Next(5) == 0) is { } body:
                    Assert.True(body.Checkpoint >= _written || _written == 0);
                    _written = body.Checkpoint ?? 0;
                    _state.Wrote(body);
                    break;
                case 8:
                    // Answers of events that nobody has.
                    if (_consumers.Count > 0)
                    {
                        _state.Take(_consumers[0], Guid.NewGuid(), (Answer)_random.Next(5), "", _now);
                    }

                    break;
                default:
                    Reply();
                    break;
            }

            _state.Pump(_now);
            Receive();
        }

        private void Leave(Consumer consumer)
        {
            var had = consumer.InFlight.Values.ToList();
            _consumers.Remove(consumer);
            _got.RemoveAll(g => g.Consumer == consumer);
            _state.Disconnect(consumer);
            had.ForEach(h => Again(h));
        }

        private void Reply()
        {
            var current = _got.Where(g => g.Delivery.IsCurrent).ToList();
            if (current.Count == 0)
            {
                return;
            }

            var (consumer, delivery) = current[_random.Next(current.Count)];
            var answer = (Answer)_random.Next(5);
            _state.Take(consumer, delivery.Held.Event.Id, answer, "", _now);
            switch (answer)
            {
                case Answer.Ack or Answer.Skip:
                    Set(delivery.Held, m => m with { Place = Place.Settled, Consumer = null });
                    break;
                case Answer.Park:
                    Set(delivery.Held, m => m with { Place = Place.Parking, Consumer = null });
                    break;
                case Answer.Retry:
                    Again(delivery.Held);
                    break;
            }
        }

        private void Again(HeldEvent held) => Set(held, m => m.Retries >= _retries
            ? m with { Place = Place.Parking, Consumer = null }
            : m with { Place = Place.Buffered, Retries = m.Retries + 1, Consumer = null });

        private void Receive()
        {
            foreach (var consumer in _consumers)
            {
                while (_random.Next(4) > 0 && consumer.Deliveries.TryRead(out var delivery))
                {
                    if (_state.Send(delivery))
                    {
                        _got.Add((consumer, delivery));
                    }
                }
            }

            // Where the state says that events are: each given once, in order the first time.
            foreach (var held in _consumers.SelectMany(c => c.InFlight.Values).Where(h => _model[(int)h.Mark].Place == Place.Buffered).OrderBy(h => h.Mark))
            {
                var known = _model[(int)held.Mark];
                Assert.Equal(known.Retries, held.Delivery!.Retries);
                if (known.Retries == 0 && !_strategy.StartsWith(GroupSettings.Pinned, StringComparison.Ordinal))
                {
                    Assert.True(!(held.Mark <= _lastFresh), $"{held.Mark} came first after {_lastFresh}.");
                    _lastFresh = held.Mark;
                }

                Set(held, m => m with { Place = Place.With, Consumer = held.Delivery.To });
            }
        }

        private void Check()
        {
            foreach (var consumer in _consumers)
            {
                Assert.True(consumer.InFlight.Count <= consumer.Capacity && consumer.Queued <= consumer.Capacity);
                Assert.Equal(_model.Count(m => m.Place == Place.With && m.Consumer == consumer), consumer.InFlight.Count);
            }

            Assert.Equal(_model.Count(m => m.Place == Place.With), _state.InFlight);
            Assert.Equal(_model.Count(m => m.Place == Place.Buffered), _state.Fresh + _state.Again);
            var lowest = _model.FindIndex(m => m.Place != Place.Settled);
            var done = (lowest < 0 ? _model.Count : lowest) - 1;
            Assert.Equal(done < 0 ? null : (ulong)done, _state.Checkpoint);
            Assert.Equal(_parked.Count, _state.Parked);
        }

        // Everybody acknowledges everything: nothing is left, nothing was lost.
        private void Drain()
        {
            _consumers.ToList().ForEach(Leave);
            var last = new Consumer(1_000, "", "", "");
            _state.Connect(last, _now);
            _state.Pump(_now);
            while (last.InFlight.Count > 0)
            {
                foreach (var held in last.InFlight.Values.ToList())
                {
                    _state.Take(last, held.Event.Id, Answer.Ack, "", _now);
                    Set(held, m => m with { Place = Place.Settled });
                }

                _state.Pump(_now);
            }

            var parking = _state.TakeParking(int.MaxValue);
            parking.ForEach(p => Set(p.Held, m => m with { Place = Place.Settled }));
            _state.HaveParked(parking, _parked.Count, _now);
            Assert.All(_model, m => Assert.Equal(Place.Settled, m.Place));
            Assert.Equal(0, _state.Bytes);
            Assert.Equal(_model.Count == 0 ? null : (ulong)_model.Count - 1, _state.Checkpoint);
        }

        private void Set(HeldEvent held, Func<(Place Place, int Retries, Guid Id, Consumer? Consumer), (Place, int, Guid, Consumer?)> change) =>
            _model[(int)held.Mark] = change(_model[(int)held.Mark]);
    }
}
