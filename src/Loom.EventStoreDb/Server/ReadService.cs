using Loom.Core;
using Loom.EventStoreDb.Grpc;
using Loom.EventStoreDb.Messages;
using Loom.EventStoreDb.Protocol.Streams;
using Loom.Journal;
using Options = Loom.EventStoreDb.Protocol.Streams.ReadReq.Types.Options;

namespace Loom.EventStoreDb.Server;

/// <summary>Streams.Read: finite reads and subscriptions, of a stream and of <c>$all</c>.</summary>
internal sealed partial class ReadService(IJournal journal, TimeProvider time)
{
    public IAsyncEnumerable<ReadAnswer> Read(ReadReq request, ServerCall call) =>
        Choose(request.Options ?? throw Wire.Invalid("A read has options."), call.Ended);

    private IAsyncEnumerable<ReadAnswer> Choose(Options options, CancellationToken ended)
    {
        if (options.UuidOption is null)
        {
            throw Wire.Invalid("A read says how it wants ids: uuid_option is not set.");
        }

        var isSubscription = options.CountOptionCase == Options.CountOptionOneofCase.Subscription;
        var backwards = options.ReadDirection == Options.Types.ReadDirection.Backwards;
        var ofStream = options.StreamOptionCase == Options.StreamOptionOneofCase.Stream;
        var filtered = options.FilterOptionCase == Options.FilterOptionOneofCase.Filter;
        if (options.StreamOptionCase == Options.StreamOptionOneofCase.None
            || options.CountOptionCase == Options.CountOptionOneofCase.None
            || options.FilterOptionCase == Options.FilterOptionOneofCase.None
            || !System.Enum.IsDefined(options.ReadDirection)
            || (isSubscription && backwards)
            || (ofStream && filtered))
        {
            throw Wire.Invalid($"The combination of {options.StreamOptionCase}, {options.CountOptionCase}, {options.ReadDirection} and {options.FilterOptionCase} is invalid.");
        }

        if (!isSubscription && options.Count == 0)
        {
            throw Wire.Invalid("A read's count is 1 or more.");
        }

        var encoder = new EventEncoder(journal, options.UuidOption.ContentCase == Options.Types.UUIDOption.ContentOneofCase.String, options.ResolveLinks);
        var count = (long)Math.Min(options.Count, long.MaxValue);
        var filter = filtered ? ReadFilter.Parse(options.Filter, isSubscription) : null;
        return (ofStream, isSubscription) switch
        {
            (true, false) => ReadStream(options, backwards, count, encoder, ended),
            (true, true) => SubscribeToStream(options, encoder, ended),
            (false, false) => ReadAll(options, backwards, count, filter, encoder, ended),
            (false, true) => SubscribeToAll(options, filter, encoder, ended),
        };
    }

    private async IAsyncEnumerable<ReadAnswer> ReadStream(
        Options options, bool backwards, long count, EventEncoder encoder, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ended)
    {
        var stream = Wire.Stream(options.Stream.StreamIdentifier);
        var from = RevisionOf(options.Stream) ?? long.MaxValue;
        if (await journal.LastRevisionAsync(stream, ended).ConfigureAwait(false) < 0)
        {
            yield return new ReadResp { StreamNotFound = new() { StreamIdentifier = options.Stream.StreamIdentifier } };
            yield break;
        }

        var tellsPositions = options.ControlOption?.Compatibility >= 1;
        var isFirst = true;
        await foreach (var e in journal.ReadStreamAsync(stream, backwards ? Direction.Backwards : Direction.Forwards, from, count, ended).ConfigureAwait(false))
        {
            if (isFirst && tellsPositions && !backwards && e.Revision > from)
            {
                yield return new ReadResp { FirstStreamPosition = (ulong)e.Revision };
            }

            isFirst = false;
            yield return await encoder.EncodeAsync(e, ended).ConfigureAwait(false);
        }

        if (tellsPositions)
        {
            yield return new ReadResp { LastStreamPosition = (ulong)await journal.LastRevisionAsync(stream, ended).ConfigureAwait(false) };
        }
    }

    private async IAsyncEnumerable<ReadAnswer> ReadAll(
        Options options, bool backwards, long count, ReadFilter? filter, EventEncoder encoder, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ended)
    {
        var from = PositionOf(options.All);
        var direction = backwards ? Direction.Backwards : Direction.Forwards;
        await foreach (var e in journal.ReadAllAsync(direction, from, filter is null ? count : long.MaxValue, null, ended).ConfigureAwait(false))
        {
            if (filter is not null && !filter.Matches(e))
            {
                continue;
            }

            yield return await encoder.EncodeAsync(e, ended).ConfigureAwait(false);
            if (--count == 0)
            {
                yield break;
            }
        }
    }

    // Null: the end.
    private static long? RevisionOf(Options.Types.StreamOptions stream) => stream.RevisionOptionCase switch
    {
        Options.Types.StreamOptions.RevisionOptionOneofCase.Start => 0,
        Options.Types.StreamOptions.RevisionOptionOneofCase.End => null,
        Options.Types.StreamOptions.RevisionOptionOneofCase.Revision when stream.Revision == ulong.MaxValue => null,
        Options.Types.StreamOptions.RevisionOptionOneofCase.Revision when stream.Revision <= long.MaxValue => (long)stream.Revision,
        _ => throw Wire.Invalid("A read of a stream says where it begins: revision, start or end."),
    };

    private static ulong PositionOf(Options.Types.AllOptions all) => all.AllOptionCase switch
    {
        Options.Types.AllOptions.AllOptionOneofCase.Start => 0,
        Options.Types.AllOptions.AllOptionOneofCase.End => ulong.MaxValue,
        Options.Types.AllOptions.AllOptionOneofCase.Position when all.Position.CommitPosition >= all.Position.PreparePosition => all.Position.CommitPosition,
        _ => throw Wire.Invalid("A read of $all says where it begins: start, end, or a position whose commit is not before its prepare."),
    };

    private Google.Protobuf.WellKnownTypes.Timestamp Now() => Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(time.GetUtcNow());
}
