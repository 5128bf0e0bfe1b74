using Loom.Core;
using Loom.Journal.Streams;

namespace Loom.Journal.Embedded;

/// <summary>
/// Deletions, tombstones, metadata, and appends to streams that have metadata. The rules look at durable events: a request whose streams
/// have something in the group that is being put together waits for it.
/// </summary>
internal sealed partial class Decider
{
    private const int MaxRemembered = 1 << 16;

    private readonly Dictionary<StreamKey, (long MetadataRevision, StreamMetadata Effective)> _metadata = [];

    // While no stream has metadata, appends ask for none.
    private bool _mayHaveMetadata = stored.MayHoldMetadata;

    private static Decision DecideImport(AppendRequest request, long head, out AppendResult? answer)
    {
        // After scavenging an ordinary stream (and a subscription's place) has gaps; an actor's and Loom's own have none.
        var mayGap = request.FirstRevision > head && (!request.Stream.IsLoom || StreamRules.KeepsNewestOnly(request.Stream)) && !TransitionReader.CarriesLoom(request.Events[0].Metadata);
        var follows = request.FirstRevision == head + 1 || mayGap;
        answer = head != MetadataStreams.TombstoneRevision && follows ? null : new AppendResult.Conflict(head);
        return answer is null ? Decision.Write : Decision.Answer;
    }

    private Decision DecideDeletion(AppendRequest request, long head, out AppendResult? answer)
    {
        answer = null;
        if (_pending.Count > 0)
        {
            return Decision.Wait;
        }

        var forEver = request.Kind == RequestKind.Tombstone;
        if (rules.CheckDelete(request.Target, request.Expected, forEver) is { } conflict)
        {
            answer = new AppendResult.Conflict(conflict.ActualRevision);
            return Decision.Answer;
        }

        request.FirstRevision = forEver ? MetadataStreams.TombstoneRevision : head + 1;
        return Decision.Write;
    }

    /// <summary>What the append finds; false when something of the group has to be durable first.</summary>
    private bool TryState(AppendRequest request, long head, bool isPending, out AppendState state)
    {
        state = new AppendState(head, head >= 0, TakesNoStream: false, ComesBack: false, Truncated: 0);
        if (request.Stream.IsSystem)
        {
            if (_pending.Count > 0)
            {
                return false;
            }

            state = rules.ForAppend(request.Stream, request.Expected, request.Events);
            return true;
        }

        if (head == MetadataStreams.TombstoneRevision)
        {
            return isPending ? false : throw StreamRules.Deleted(request.Stream);
        }

        if (!_mayHaveMetadata || request.Stream.IsLoom || !StreamName.TryParse("$$" + request.Stream.Value, out var metadata))
        {
            return true;
        }

        var key = StreamKey.Of(metadata);
        if (_pending.ContainsKey(key))
        {
            return false;
        }

        var revision = DurableHead(key);
        if (revision < 0)
        {
            return true;
        }

        if (!_metadata.TryGetValue(key, out var known) || known.MetadataRevision != revision)
        {
            // It may be an actor's first transition that is in the group.
            if (isPending)
            {
                return false;
            }

            known = (revision, rules.Effective(request.Stream));
            if (_metadata.Count >= MaxRemembered)
            {
                _metadata.Clear();
            }

            // Until something is stored an actor may still be born here.
            if (head >= 0)
            {
                _metadata[key] = known;
            }
        }

        if (known.Effective.IsSoftDeletion)
        {
            if (_pending.Count > 0)
            {
                return false;
            }

            state = rules.ForAppend(request.Stream, request.Expected, request.Events);
            return true;
        }

        state = state with { Exists = true, Truncated = known.Effective.TruncateBefore ?? 0 };
        return true;
    }

    /// <summary>Adds what has to be stored with the request so that what was deleted stays deleted.</summary>
    private Decision Completed(AppendRequest request, in AppendState state)
    {
        if (state.ComesBack)
        {
            var metadata = MetadataStreams.Of(request.Stream);
            request.Before = new AppendRequest(metadata, ExpectedRevision.Any, [StreamEvents.Return(Guid.NewGuid(), request.FirstRevision)], CancellationToken.None)
            {
                CreatedTicks = request.CreatedTicks,
                TakesRoom = false,
            };
            request.Before.FirstRevision = DurableHead(request.Before.Key) + 1;
            request.Before.Encode();
        }
        else if (MetadataStreams.TryDescribed(request.Stream, out var described) && rules.MetadataBesides(described.Value, request.Events, Guid.NewGuid()) is { } more)
        {
            request.Extend(more);
        }

        return Decision.Write;
    }
}
