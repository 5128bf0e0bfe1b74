using System.Text;
using Loom.Core;
using Loom.Journal.Embedded;
using Loom.Journal.Streams;

namespace Loom.Journal;

/// <summary>What is handed to the writer beside plain appends.</summary>
public sealed partial class SegmentedJournal
{
    /// <inheritdoc/>
    public async Task<DeleteResult> DeleteAsync(StreamName stream, ExpectedRevision expected, CancellationToken cancellationToken)
    {
        ProtectedStreams.Check(stream, "Deletion");
        return Result(await RequestAsync(RequestKind.Delete, MetadataStreams.Of(stream), stream, expected, StreamEvents.SoftDeletion(Guid.NewGuid()), cancellationToken));
    }

    /// <inheritdoc/>
    public async Task<DeleteResult> TombstoneAsync(StreamName stream, ExpectedRevision expected, CancellationToken cancellationToken)
    {
        ProtectedStreams.Check(stream, "A tombstone");
        return Result(await RequestAsync(RequestKind.Tombstone, stream, stream, expected, StreamEvents.Tombstone(Guid.NewGuid()), cancellationToken));
    }

    /// <summary>Stores events again as they were in another journal: with their revisions and the time of then.</summary>
    internal Task<AppendResult> ImportAsync(
        StreamName stream, long firstRevision, IReadOnlyList<EventData> events, DateTimeOffset created, CancellationToken cancellationToken) =>
        HandOverAsync(stream, events, cancellationToken, () => new AppendRequest(stream, ExpectedRevision.Any, events, cancellationToken)
        {
            CreatedTicks = created.UtcTicks,
            Kind = RequestKind.Import,
            FirstRevision = firstRevision,
        });

    private Task<AppendResult> RequestAsync(
        RequestKind kind, StreamName stream, StreamName target, ExpectedRevision expected, EventData e, CancellationToken cancellationToken) =>
        HandOverAsync(stream, [e], cancellationToken, () => new AppendRequest(stream, expected, [e], cancellationToken)
        {
            CreatedTicks = _options.Time.GetUtcNow().UtcTicks,
            Kind = kind,
            Target = target,
        });

    private Task<AppendResult> HandOverAsync(StreamName stream, IReadOnlyList<EventData> events, CancellationToken cancellationToken, Func<AppendRequest> make)
    {
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            ThrowIfClosed();
            if (_options.ReadOnly)
            {
                throw new JournalException(JournalFailure.ReadOnly, $"The journal in {Directory} is open for reading only. Open it for writing.");
            }

            AppendRules.Check(stream, events);
            var request = make();
            request.Encode();
            return _writer.EnqueueAsync(request);
        }
        catch (EncoderFallbackException e)
        {
            return Task.FromException<AppendResult>(
                AppendRules.Refused($"An event for '{stream}' has a type or content type with a lone surrogate. Send well-formed text.", e));
        }
        catch (JournalException e)
        {
            return Task.FromException<AppendResult>(e);
        }
        catch (OperationCanceledException e)
        {
            return Task.FromCanceled<AppendResult>(e.CancellationToken);
        }
    }

    private static DeleteResult Result(AppendResult result) => result switch
    {
        AppendResult.Appended done => new DeleteResult.Deleted(done.Position),
        AppendResult.Conflict conflict => new DeleteResult.Conflict(conflict.ActualRevision),
        _ => throw new InvalidOperationException($"A deletion ended as {result.GetType().Name}."),
    };
}
