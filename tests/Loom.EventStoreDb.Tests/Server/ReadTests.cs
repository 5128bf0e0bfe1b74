using System.Globalization;
using Google.Protobuf;
using Loom.EventStoreDb.Grpc;
using Loom.EventStoreDb.Protocol.Streams;
using Options = Loom.EventStoreDb.Protocol.Streams.ReadReq.Types.Options;

namespace Loom.EventStoreDb.Tests.Server;

public sealed class ReadTests : ServerTestBase
{
    private const Options.Types.ReadDirection Backwards = Options.Types.ReadDirection.Backwards;

    [Fact]
    public async Task A_stream_that_is_not_there_is_told_by_a_message()
    {
        var only = Assert.Single(await ReadAsync(Read(o =>
        {
            o.Stream = Stream("none", s => s.Start = Wire.Empty);
            o.ControlOption = new() { Compatibility = 1 };
        })));
        Assert.Equal("none", only.StreamNotFound.StreamIdentifier.StreamName.ToStringUtf8());
    }

    [Fact]
    public async Task A_stream_is_read_from_every_start_in_both_directions()
    {
        await FillAsync("s", 5);
        (Action<Options.Types.StreamOptions> From, bool Back, ulong[] Expected)[] cases =
        [
            (s => s.Start = Wire.Empty, false, [0, 1, 2, 3, 4]),
            (s => s.Revision = 3, false, [3, 4]),
            (s => s.Revision = 99, false, []),
            (s => s.End = Wire.Empty, false, []),
            (s => s.Revision = ulong.MaxValue, false, []),
            (s => s.End = Wire.Empty, true, [4, 3, 2, 1, 0]),
            (s => s.Revision = ulong.MaxValue, true, [4, 3, 2, 1, 0]),
            (s => s.Revision = 1, true, [1, 0]),
            (s => s.Revision = 99, true, [4, 3, 2, 1, 0]),
            (s => s.Start = Wire.Empty, true, [0]),
        ];
        foreach (var (from, back, expected) in cases)
        {
            var read = await ReadAsync(Read(o =>
            {
                o.Stream = Stream("s", from);
                o.ReadDirection = back ? Backwards : default;
                o.ControlOption = new() { Compatibility = 21 };
            }));
            Assert.Equal(expected, Revisions(read));
            Assert.Equal(4UL, read[^1].LastStreamPosition);
        }

        Assert.Equal([1UL, 2UL], Revisions(await ReadAsync(Read(o =>
        {
            o.Stream = Stream("s", s => s.Revision = 1);
            o.Count = 2;
        }))));
    }

    [Fact]
    public async Task Without_compatibility_no_positions_are_told()
    {
        await FillAsync("s", 2);
        Assert.Equal(2, (await ReadAsync(Read(o => o.Stream = Stream("s", s => s.Start = Wire.Empty)))).Count);
    }

    [Fact]
    public async Task The_whole_journal_is_inclusive_forwards_and_exclusive_backwards()
    {
        await FillAsync("a", 2);
        await FillAsync("b", 2);
        var all = await ReadAsync(Read(o => o.All = new() { Start = Wire.Empty }));
        Assert.Equal(4, all.Count);
        var third = all[2].Event.CommitPosition;
        var at = new Options.Types.Position { CommitPosition = third, PreparePosition = third };
        Assert.Equal(all.Skip(2), await ReadAsync(Read(o => o.All = new() { Position = at })));
        Assert.Equal([all[1], all[0]], await ReadAsync(Read(o => (o.All, o.ReadDirection) = (new() { Position = at }, Backwards))));
        Assert.Empty(await ReadAsync(Read(o => o.All = new() { End = Wire.Empty })));
        Assert.Empty(await ReadAsync(Read(o => (o.All, o.ReadDirection) = (new() { Start = Wire.Empty }, Backwards))));
        Assert.Equal(all[3], (await ReadAsync(Read(o => (o.All, o.ReadDirection) = (new() { End = Wire.Empty }, Backwards))))[0]);

        // As the .NET client says start and end.
        Assert.Equal(all, await ReadAsync(Read(o => o.All = new() { Position = new() })));
        var end = new Options.Types.Position { CommitPosition = ulong.MaxValue, PreparePosition = ulong.MaxValue };
        Assert.Equal(4, (await ReadAsync(Read(o => (o.All, o.ReadDirection) = (new() { Position = end }, Backwards)))).Count);
    }

    [Fact]
    public async Task An_event_has_its_three_metadata_and_its_id_in_the_form_asked_for()
    {
        var id = Guid.Parse("f81d4fae-7dec-41d0-a765-00a0c91e6bf6");
        var before = DateTimeOffset.UtcNow;
        var message = Event("größe", "{\"a\":1}", id, "text/plain", "meta");
        message.ProposedMessage.Metadata.Add(Property("lost", ByteString.CopyFromUtf8("x")));
        await AppendAsync(Any("s"), message);
        var read = Assert.Single(await ReadAsync(Read(o => o.Stream = Stream("s", s => s.Start = Wire.Empty)))).Event;
        var e = read.Event;
        Assert.Equal(["content-type", "created", "type"], e.Metadata.Select(p => p.Key.ToStringUtf8()).Order(StringComparer.Ordinal));
        Assert.Equal("größe", Value(e.Metadata, "type"));
        Assert.Equal("application/octet-stream", Value(e.Metadata, "content-type"));
        var created = DateTimeOffset.UnixEpoch.AddTicks(long.Parse(Value(e.Metadata, "created"), CultureInfo.InvariantCulture));
        Assert.InRange(created, before.AddSeconds(-1), DateTimeOffset.UtcNow.AddSeconds(1));
        Assert.Equal(("{\"a\":1}", "meta"), (e.Data.ToStringUtf8(), e.CustomMetadata.ToStringUtf8()));
        Assert.Equal((-568210367123275312L, -6384696206158828554L), (e.Id.Structured.MostSignificantBits, e.Id.Structured.LeastSignificantBits));
        Assert.Equal((e.CommitPosition, e.PreparePosition), (read.CommitPosition, read.CommitPosition));
        var text = await ReadAsync(Read(o =>
        {
            o.Stream = Stream("s", s => s.Start = Wire.Empty);
            o.UuidOption = new() { String = Wire.Empty };
        }));
        Assert.Equal("f81d4fae-7dec-41d0-a765-00a0c91e6bf6", text[0].Event.Event.Id.String);
    }

    [Fact]
    public async Task A_filter_takes_prefixes_or_an_expression_of_streams_or_types()
    {
        foreach (var (stream, type) in new[] { ("order-1", "placed"), ("cart-1", "filled"), ("order-2", "$internal"), ("other", "placed-again") })
        {
            await AppendAsync(Any(stream), Event(type));
        }

        async Task<string> Streams(Options.Types.FilterOptions filter, ulong count = long.MaxValue)
        {
            filter.Count = Wire.Empty;
            var read = await ReadAsync(Read(o => (o.All, o.Filter, o.Count) = (new() { Start = Wire.Empty }, filter, count)));
            return string.Join(' ', read.Select(r => r.Event.Event.StreamIdentifier.StreamName.ToStringUtf8()));
        }

        Assert.Equal("order-1 order-2", await Streams(new() { StreamIdentifier = new() { Prefix = { "order-", "nothing" } } }));
        Assert.Equal("order-1", await Streams(new() { StreamIdentifier = new() { Prefix = { "order-" } } }, count: 1));
        Assert.Equal("", await Streams(new() { StreamIdentifier = new() }));
        Assert.Equal("order-1 cart-1", await Streams(new() { StreamIdentifier = new() { Regex = "-1$" } }));
        Assert.Equal("order-1 other", await Streams(new() { EventType = new() { Prefix = { "placed" } } }));
        Assert.Equal("order-1 cart-1 other", await Streams(new() { EventType = new() { Regex = @"^[^\$].*" } }));
        Assert.Equal("cart-1", await Streams(new() { EventType = new() { Regex = "(?<=f)il", Prefix = { "ignored" } } }));
        var unread = await FailsAsync(() => Streams(new() { EventType = new() { Regex = "([" } }));
        Assert.Equal(StatusCode.InvalidArgument, unread.Code);
        var many = await FailsAsync(() => Streams(new() { EventType = new() { Prefix = { Enumerable.Repeat("x", 1001) } } }));
        Assert.Equal(StatusCode.InvalidArgument, many.Code);
    }

    [Fact]
    public async Task An_expression_that_takes_for_ever_is_refused()
    {
        await AppendAsync(Any(new string('a', 60) + "!"), Event());
        var filter = new Options.Types.FilterOptions { StreamIdentifier = new() { Regex = @"^(?=a)(a+)+\1$" }, Count = Wire.Empty };
        var e = await FailsAsync(() => ReadAsync(Read(o => (o.All, o.Filter) = (new() { Start = Wire.Empty }, filter))));
        Assert.Equal(StatusCode.InvalidArgument, e.Code);
    }

    [Fact]
    public async Task Links_are_resolved_where_that_is_asked_for()
    {
        await FillAsync("target", 2);
        await AppendAsync(Any("links"), Event("$>", "1@target"), Event("$>", "7@target"), Event("plain"), Event("$>", "nonsense"));
        var plain = await ReadAsync(Read(o => o.Stream = Stream("links", s => s.Start = Wire.Empty)));
        Assert.All(plain, r => Assert.Null(r.Event.Link));
        var resolved = await ReadAsync(Read(o => (o.Stream, o.ResolveLinks) = (Stream("links", s => s.Start = Wire.Empty), true)));
        Assert.Equal((1UL, "target", 0UL), (resolved[0].Event.Event.StreamRevision, resolved[0].Event.Event.StreamIdentifier.StreamName.ToStringUtf8(), resolved[0].Event.Link.StreamRevision));
        Assert.Equal(resolved[0].Event.Link.CommitPosition, resolved[0].Event.CommitPosition);
        Assert.Null(resolved[1].Event.Event);
        Assert.Null(resolved[2].Event.Link);
        Assert.Null(resolved[3].Event.Event);
    }

    [Fact]
    public async Task Requests_that_mean_nothing_are_invalid_arguments()
    {
        await FillAsync("s", 1);
        var all = new Options.Types.AllOptions { Start = Wire.Empty };
        Action<Options>[] wrong =
        [
            o => o.ClearStreamOption(),
            o => o.ClearCountOption(),
            o => o.ClearFilterOption(),
            o => o.UuidOption = null,
            o => o.Count = 0,
            o => o.ReadDirection = (Options.Types.ReadDirection)7,
            o => (o.Subscription, o.ReadDirection) = (new(), Backwards),
            o => o.Filter = new() { EventType = new() { Prefix = { "x" } }, Count = Wire.Empty },
            o => (o.All, o.Filter) = (all, new() { Count = Wire.Empty }),
            o => (o.All, o.Filter) = (all, new() { EventType = new() { Prefix = { "x" } } }),
            o => (o.All, o.Subscription, o.Filter) = (all, new(), new() { EventType = new() { Prefix = { "x" } }, Count = Wire.Empty }),
            o => o.All = new(),
            o => o.All = new() { Position = new() { CommitPosition = 1, PreparePosition = 2 } },
            o => o.Stream = new() { StreamIdentifier = Name("s") },
            o => o.Stream = Stream("s", s => s.Revision = 1UL << 63),
            o => o.Stream = Stream("", s => s.Start = Wire.Empty),
            o => o.Stream = Stream("$$", s => s.Start = Wire.Empty),
            o => o.Stream = new() { StreamIdentifier = new() { StreamName = ByteString.CopyFrom(0xFF, 0xFE) }, Start = Wire.Empty },
            o => o.Stream = new() { Start = Wire.Empty },
        ];
        for (var i = 0; i < wrong.Length; i++)
        {
            var options = Read(o => o.Stream = Stream("s", s => s.Start = Wire.Empty));
            wrong[i](options);
            var e = await FailsAsync(() => ReadAsync(options));
            Assert.True(e.Code == StatusCode.InvalidArgument, $"case {i}: {e.Message}");
        }

        var empty = await FailsAsync(async () => await Channel.ServerStreamingAsync(Methods.Read, new ReadReq(), GrpcCallOptions.None, None).GetAsyncEnumerator().MoveNextAsync());
        Assert.Equal(StatusCode.InvalidArgument, empty.Code);
    }
}
