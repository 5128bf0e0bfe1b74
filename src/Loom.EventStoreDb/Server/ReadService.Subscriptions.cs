using System.Runtime.CompilerServices;
using Loom.Core;
using Loom.EventStoreDb.Messages;
using Loom.EventStoreDb.Protocol.Streams;
using Loom.Journal;
using Options = Loom.EventStoreDb.Protocol.Streams.ReadReq.Types.Options;

namespace Loom.EventStoreDb.Server;

/// <summary>Subscriptions: confirmation, history, caught up, what arrives.</summary>
internal sealed partial class ReadService
{
    private async IAsyncEnumerable<ReadAnswer> SubscribeToStream(Options options, EventEncoder encoder, [EnumeratorCancellation] CancellationToken ended)
    {
        var stream = Wire.Stream(options.Stream.StreamIdentifier);
        var last = await journal.LastRevisionAsync(stream, ended).ConfigureAwait(false); // a tombstone ends the call before it is confirmed
        var after = options.Stream.RevisionOptionCase == Options.Types.StreamOptions.RevisionOptionOneofCase.Start ? -1 : RevisionOf(options.Stream) ?? last;
        yield return Confirmation();
        var seen = after;
        await foreach (var message in journal.SubscribeToStreamAsync(stream, after, ended).ConfigureAwait(false))
        {
            switch (message)
            {
                case SubscriptionMessage.EventArrived { Event: var e }:
                    seen = e.Revision;
                    yield return await encoder.EncodeAsync(e, ended).ConfigureAwait(false);
                    break;
                case SubscriptionMessage.CaughtUp:
                    var caughtUp = new ReadResp.Types.CaughtUp { Timestamp = Now() };
                    if (seen >= 0)
                    {
                        caughtUp.StreamRevision = seen;
                    }

                    yield return new ReadResp { CaughtUp = caughtUp };
                    break;
            }
        }
    }

    private async IAsyncEnumerable<ReadAnswer> SubscribeToAll(
        Options options, ReadFilter? filter, EventEncoder encoder, [EnumeratorCancellation] CancellationToken ended)
    {
        var from = PositionOf(options.All);
        var isFromStart = options.All.AllOptionCase == Options.Types.AllOptions.AllOptionOneofCase.Start;
        ulong? after = isFromStart ? null
            : from == ulong.MaxValue ? await journal.LastPositionAsync(ended).ConfigureAwait(false)
            : from;
        yield return Confirmation();
        var seen = after;
        var told = after;
        var lookedAt = 0L;
        await foreach (var message in journal.SubscribeToAllAsync(after, null, ended).ConfigureAwait(false))
        {
            switch (message)
            {
                case SubscriptionMessage.EventArrived { Event: var e }:
                    seen = e.Position;
                    if (filter?.Matches(e) != false)
                    {
                        yield return await encoder.EncodeAsync(e, ended).ConfigureAwait(false);
                    }

                    if (filter is not null && ++lookedAt >= filter.CheckpointInterval)
                    {
                        (told, lookedAt) = (seen, 0);
                        yield return Checkpoint(e.Position);
                    }

                    break;
                case SubscriptionMessage.CaughtUp:
                    if (filter is not null && seen is { } position && seen != told)
                    {
                        (told, lookedAt) = (seen, 0);
                        yield return Checkpoint(position);
                    }

                    var caughtUp = new ReadResp.Types.CaughtUp { Timestamp = Now() };
                    if (seen is { } at)
                    {
                        caughtUp.Position = new ReadResp.Types.Position { CommitPosition = at, PreparePosition = at };
                    }

                    yield return new ReadResp { CaughtUp = caughtUp };
                    break;
            }
        }
    }

    private ReadResp Checkpoint(ulong position) =>
        new() { Checkpoint = new() { CommitPosition = position, PreparePosition = position, Timestamp = Now() } };

    private static ReadResp Confirmation() => new() { Confirmation = new() { SubscriptionId = Guid.NewGuid().ToString("D") } };
}
