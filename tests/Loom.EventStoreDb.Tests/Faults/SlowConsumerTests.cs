using System.Runtime.CompilerServices;
using Loom.Contracts;
using Loom.Core;
using Loom.EventStoreDb.Grpc;
using Loom.EventStoreDb.Protocol.Streams;
using Loom.EventStoreDb.Tests.Grpc;
using Loom.EventStoreDb.Tests.Server;
using Loom.Journal;
using Google.Protobuf;

namespace Loom.EventStoreDb.Tests.Faults;

/// <summary>Callers that do not read what they asked for: what is held for them has a bound, however much there is.</summary>
public sealed class SlowConsumerTests : IAsyncLifetime
{
    private const int EventBytes = 32 << 10;
    private const int ManyEvents = 1_000; // 32 MB
    private const int MostHeld = 24 << 20; // windows of HTTP/2 on both sides, and a flush

    private readonly EndlessJournal _journal = new(new InMemoryJournal(TimeProvider.System));
    private TestServer _server = null!;

    private static CancellationToken None => CancellationToken.None;

    public async Task InitializeAsync() => _server = await TestServer.StartAsync(
        app => app.MapEventStoreDb(_journal, new EventStoreDbServerOptions { Authenticate = _ => ValueTask.FromResult<EventStoreCaller?>(EventStoreCaller.Host("any")) }),
        limits: kestrel => kestrel.UseEventStoreDbLimits());

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact(Timeout = 600_000)]
    public async Task A_subscriber_that_never_reads_is_sent_no_more_than_its_window()
    {
        using var raw = await RawHttp2.OpenAsync(_server.Address.Port);
        await SubscribeAsync(raw, 1);
        Assert.Equal((RawHttp2.Data, 65_535), await FilledAsync(raw));

        // Another goes through everything meanwhile: what is written for the first is bounded at any time.
        await GoThroughAsync();
        Assert.InRange(_journal.FirstYielded * (long)EventBytes, 1, MostHeld);
        Assert.True(_journal.FirstYielded < ManyEvents, "everything was made ready for a caller that reads nothing");
    }

    [Fact(Timeout = 600_000)]
    public async Task A_reader_of_ours_that_stops_half_way_holds_no_more_than_its_window()
    {
        await using var journal = await ConnectAsync();
        var reading = journal.SubscribeToAllAsync(null, null, None).GetAsyncEnumerator(None);
        for (var i = 0; i < 10; i++)
        {
            Assert.True(await reading.MoveNextAsync());
        }

        await GoThroughAsync();
        Assert.InRange(_journal.FirstYielded * (long)EventBytes, 1, MostHeld);
        Assert.True(_journal.FirstYielded < ManyEvents, "everything was read ahead");

        // And when it reads on, nothing was lost.
        for (var next = 10; next < 500; next++)
        {
            Assert.True(await reading.MoveNextAsync());
            Assert.Equal((ulong)next + 1, Assert.IsType<SubscriptionMessage.EventArrived>(reading.Current).Event.Position);
        }

        await reading.DisposeAsync();
    }

    [Fact(Timeout = 600_000)]
    public async Task Appends_whose_answers_are_not_read_are_not_taken_for_ever()
    {
        using var raw = await RawHttp2.OpenAsync(_server.Address.Port);
        await raw.SendAsync(RawHttp2.Frame(RawHttp2.Settings, 0, 0, [0, 4, 0, 0, 0, 0])); // no window for answers at all
        await raw.SendAsync(RawHttp2.Frame(RawHttp2.Headers, RawHttp2.EndHeaders, 1, RawHttp2.Post(Methods.BatchAppend.Path)));
        var taken = await UntilNoMoreIsTakenAsync(raw, () => Batch(isFinal: true, ServerTestBase.Proposed()));
        Assert.InRange(taken, 1, MostHeld);
        Assert.InRange(_journal.Appended, 0, 8 * 1024);
    }

    [Fact(Timeout = 600_000)]
    public async Task Appends_that_time_out_before_their_end_are_not_taken_for_ever_either()
    {
        using var raw = await RawHttp2.OpenAsync(_server.Address.Port);
        await raw.SendAsync(RawHttp2.Frame(RawHttp2.Settings, 0, 0, [0, 4, 0, 0, 0, 0]));
        await raw.SendAsync(RawHttp2.Frame(RawHttp2.Headers, RawHttp2.EndHeaders, 1, RawHttp2.Post(Methods.BatchAppend.Path)));
        var taken = await UntilNoMoreIsTakenAsync(raw, () =>
        {
            var part = Batch(isFinal: false);
            part.Options.Deadline = new(); // none: it times out at once
            return part;
        });
        Assert.InRange(taken, 1, MostHeld);
    }

    [Fact(Timeout = 600_000)]
    public async Task Appends_given_up_by_their_deadline_still_count_while_the_journal_has_them()
    {
        _journal.Hold();
        using var raw = await RawHttp2.OpenAsync(_server.Address.Port);
        await raw.SendAsync(RawHttp2.Frame(RawHttp2.Headers, RawHttp2.EndHeaders, 1, RawHttp2.Post(Methods.BatchAppend.Path)));
        var taken = await UntilNoMoreIsTakenAsync(raw, () =>
        {
            var append = Batch(isFinal: true, ServerTestBase.Proposed(data: new string('x', 8 << 10)));
            append.Options.Deadline = new() { Nanos = 1_000_000 };
            return append;
        });
        Assert.InRange(taken, 1, MostHeld);
        Assert.InRange(_journal.Appended, 0, 3 * 1024);
        _journal.Release();
    }

    private static BatchAppendReq Batch(bool isFinal, params AppendReq.Types.ProposedMessage[] events)
    {
        var request = new BatchAppendReq
        {
            CorrelationId = Wire.Text(Guid.NewGuid()),
            IsFinal = isFinal,
            Options = new() { StreamIdentifier = new() { StreamName = ByteString.CopyFromUtf8("s") }, Any = Wire.Nothing },
        };
        request.ProposedMessages.AddRange(events);
        return request;
    }

    // Sends until the server's window is used up and it takes nothing more (it answers a ping and gives no window), or far too much was taken.
    private static async Task<long> UntilNoMoreIsTakenAsync(RawHttp2 raw, Func<BatchAppendReq> next)
    {
        long sent = 0, streamWindow = 65_535, connectionWindow = 65_535;
        var isSettled = false;
        while (sent <= MostHeld * 2L)
        {
            var frame = HostileServer.Frame(next());
            for (var at = 0; at < frame.Length;)
            {
                var some = (int)Math.Min(Math.Min(frame.Length - at, 16_000), Math.Min(streamWindow, connectionWindow));
                if (some > 0)
                {
                    await raw.SendAsync(RawHttp2.Frame(RawHttp2.Data, 0, 1, frame[at..(at + some)]));
                    (at, sent, streamWindow, connectionWindow, isSettled) = (at + some, sent + some, streamWindow - some, connectionWindow - some, false);
                    continue;
                }

                // No window. Whatever comes until a ping is answered is looked at; the server needs rounds to work through what it has.
                var grew = false;
                for (var rounds = 0; rounds < 200 && !grew; rounds++)
                {
                    await raw.SendAsync(RawHttp2.Frame(RawHttp2.Ping, 0, 0, new byte[8]));
                    while (await raw.NextAsync() is { } come)
                    {
                        var more = come.Type == RawHttp2.WindowUpdate ? System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(come.Payload) : 0;
                        streamWindow += come.Stream == 1 ? more : 0;
                        connectionWindow += come.Stream == 0 ? more : 0;
                        if (come.Type == RawHttp2.Settings && (come.Flags & 1) == 0)
                        {
                            for (var i = 0; i + 6 <= come.Payload.Length; i += 6)
                            {
                                streamWindow += come.Payload[i + 1] == 4 ? System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(come.Payload.AsSpan(i + 2)) - 65_535 : 0;
                            }
                        }

                        if (come.Type == RawHttp2.Ping && (come.Flags & 1) != 0)
                        {
                            break;
                        }
                    }

                    grew = streamWindow > 0 && connectionWindow > 0;
                }

                if (!grew)
                {
                    isSettled = true;
                    break;
                }
            }

            if (isSettled)
            {
                return sent;
            }
        }

        return sent;
    }

    private static async Task SubscribeAsync(RawHttp2 raw, int stream)
    {
        var request = new ReadReq
        {
            Options = new() { All = new() { Start = Wire.Empty }, Subscription = new(), NoFilter = Wire.Empty, UuidOption = new() { Structured = Wire.Empty } },
        };
        await raw.SendAsync(RawHttp2.Frame(RawHttp2.Headers, RawHttp2.EndHeaders, stream, RawHttp2.Post(Methods.Read.Path)));
        await raw.SendAsync(RawHttp2.Frame(RawHttp2.Data, RawHttp2.EndStream, stream, HostileServer.Frame(request)));
    }

    // Takes data until the default window is used up, and never gives more.
    private static async Task<(byte, int)> FilledAsync(RawHttp2 raw)
    {
        var bytes = 0;
        while (bytes < 65_535 && await raw.NextAsync() is { } frame)
        {
            bytes += frame.Type == RawHttp2.Data ? frame.Payload.Length : 0;
        }

        return (RawHttp2.Data, bytes);
    }

    private async Task GoThroughAsync()
    {
        await using var other = await ConnectAsync();
        var count = 0;
        await foreach (var message in other.SubscribeToAllAsync(null, null, None))
        {
            if (message is SubscriptionMessage.EventArrived && ++count == ManyEvents)
            {
                return;
            }
        }
    }

    private Task<EventStoreDbJournal> ConnectAsync() => EventStoreDbJournal.ConnectAsync(
        new EventStoreDbJournalOptions { Settings = EventStoreDbSettings.Parse($"esdb://localhost:{_server.Address.Port}?tls=false") }, None);

    /// <summary>Its subscriptions never end, and are ready at once; it counts what the first was given.</summary>
    private sealed class EndlessJournal(IJournal inner) : DelegatingJournal(inner)
    {
        private static readonly byte[] Body = new byte[EventBytes];

        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _subscriptions;
        private int _firstYielded;
        private int _appended;
        private volatile bool _isHeld;

        public int FirstYielded => Volatile.Read(ref _firstYielded);

        public int Appended => Volatile.Read(ref _appended);

        public void Hold() => _isHeld = true;

        public void Release() => _released.SetResult();

        public override async Task<AppendResult> AppendAsync(StreamName stream, ExpectedRevision expected, IReadOnlyList<EventData> events, CancellationToken cancellationToken)
        {
            var number = Interlocked.Increment(ref _appended);
            if (_isHeld)
            {
                await _released.Task;
            }

            return new AppendResult.Appended(number, (ulong)number);
        }

        public override async IAsyncEnumerable<SubscriptionMessage> SubscribeToAllAsync(
            ulong? after, EventFilter? filter, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await Task.CompletedTask;
            var isFirst = Interlocked.Increment(ref _subscriptions) == 1;
            for (var position = (after ?? 0) + 1; !cancellationToken.IsCancellationRequested; position++)
            {
                _firstYielded += isFirst ? 1 : 0;
                yield return new SubscriptionMessage.EventArrived(new RecordedEvent(
                    StreamName.Parse("s"), (long)position, position, Guid.NewGuid(), "t", EventData.Binary, Body, default, DateTimeOffset.UnixEpoch));
            }
        }
    }
}
