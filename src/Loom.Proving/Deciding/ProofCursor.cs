using System.Text.Json;
using Loom.Core;
using Loom.Journal;

namespace Loom.Proving;

/// <summary>Up to where policies were asked, with an event that stands there: positions are not the same in every copy of a journal.</summary>
internal sealed record CursorBody(ulong Position, StreamName Stream, long Revision);

/// <summary>
/// Where to go on. The last decision says so by itself; the newest event of <c>loom.cursors-proofs</c> only saves reading again what came
/// after it and needed none.
/// </summary>
internal sealed class ProofCursor(IJournal journal)
{
    private const string EventType = "loom.cursor";
    private const string CursorPrefix = "loom.cursors-";
    private static readonly StreamName Stream = StreamName.Parse(CursorPrefix + "proofs");
    private long _revision = -1;
    private ulong _own;

    /// <summary>The position after which nothing was decided yet; null for the start.</summary>
    public async Task<ulong?> ReadAsync(ProofEvent.Decided? last, CancellationToken cancellationToken)
    {
        CursorBody? body = null;
        await foreach (var e in journal.ReadStreamAsync(Stream, Direction.Backwards, long.MaxValue, 1, cancellationToken))
        {
            (_revision, body) = (e.Revision, JsonSerializer.Deserialize(e.Data.Span, ProofJson.Default.CursorBody));
        }

        var decided = last is null ? null : await PositionOfAsync(last.Stream, last.LastRevision, cancellationToken);
        var cursor = body is not null && await PositionOfAsync(body.Stream, body.Revision, cancellationToken) == body.Position ? body.Position : (ulong?)null;
        return decided is null || cursor > decided ? cursor : decided;
    }

    /// <summary>Says that everything up to the position was looked at; false when somebody else wrote since.</summary>
    public async Task<bool> WriteAsync(ulong position, CancellationToken cancellationToken)
    {
        if (position <= _own || await AnchorAsync(position, cancellationToken) is not { } anchor)
        {
            return true; // nothing but this cursor's own event is new
        }

        var id = UuidV5.Create(UuidV5.EventNamespace, $"{Stream.Value}\n{_revision + 1}\n{anchor.Position}");
        var body = CanonicalJson.Canonicalize(JsonSerializer.SerializeToUtf8Bytes(anchor, ProofJson.Default.CursorBody));
        if (await journal.AppendAsync(Stream, ExpectedRevision.After(_revision), [new EventData(id, EventType, EventData.Json, body, ReadOnlyMemory<byte>.Empty)], cancellationToken)
            is not AppendResult.Appended appended)
        {
            return false;
        }

        (_revision, _own) = (appended.LastRevision, appended.Position ?? position);
        return true;
    }

    // The last event at or before the position that is there to stay: cursors' own streams keep only their newest.
    private async Task<CursorBody?> AnchorAsync(ulong position, CancellationToken cancellationToken)
    {
        await foreach (var e in journal.ReadAllAsync(Direction.Backwards, position == ulong.MaxValue ? position : position + 1, 16, null, cancellationToken))
        {
            if (!e.Stream.Value.StartsWith(CursorPrefix, StringComparison.Ordinal))
            {
                return new CursorBody(e.Position, e.Stream, e.Revision);
            }
        }

        return null;
    }

    private async Task<ulong?> PositionOfAsync(StreamName stream, long revision, CancellationToken cancellationToken)
    {
        await foreach (var e in journal.ReadStreamAsync(stream, Direction.Forwards, revision, 1, cancellationToken))
        {
            return e.Revision == revision ? e.Position : null;
        }

        return null;
    }
}
