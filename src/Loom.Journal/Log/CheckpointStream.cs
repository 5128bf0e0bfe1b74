using System.Runtime.CompilerServices;
using System.Text;
using Loom.Core;

namespace Loom.Journal.Log;

/// <summary>The stream <c>loom.checkpoints</c>: signed notes, their sizes growing, so that a size is found by halving.</summary>
internal sealed class CheckpointStream(IJournal journal)
{
    public const string EventType = "loom.checkpoint";

    private CheckpointInfo? _latest;

    /// <summary>The newest that was read or written.</summary>
    public CheckpointInfo? Latest => Volatile.Read(ref _latest);

    /// <summary>Reads what was appended since.</summary>
    public async Task CatchUpAsync(CancellationToken cancellationToken)
    {
        await foreach (var e in journal.ReadStreamAsync(LoomStreams.Checkpoints, Direction.Backwards, long.MaxValue, 1, cancellationToken).ConfigureAwait(false))
        {
            if (e.Revision != Latest?.Revision)
            {
                Volatile.Write(ref _latest, Read(e));
            }
        }
    }

    /// <summary>Appends after the newest; false when another one stands there by now.</summary>
    public async Task<bool> TryAppendAsync(Checkpoint checkpoint, SignedNote note, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var e = new EventData(Guid.NewGuid(), EventType, EventData.Binary, Encoding.UTF8.GetBytes(note.Format()), ReadOnlyMemory<byte>.Empty);
        var expected = ExpectedRevision.After(Latest?.Revision ?? -1);
        if (await journal.AppendAsync(LoomStreams.Checkpoints, expected, [e], cancellationToken).ConfigureAwait(false) is not AppendResult.Appended appended)
        {
            return false;
        }

        Volatile.Write(ref _latest, new CheckpointInfo(appended.LastRevision, checkpoint, note, now));
        return true;
    }

    /// <summary>The first checkpoint of at least this size; null when there is none yet.</summary>
    public async Task<CheckpointInfo?> FirstFromAsync(long size, CancellationToken cancellationToken)
    {
        CheckpointInfo? found = null;
        var (low, high) = (0L, Latest?.Revision ?? -1);
        while (low <= high)
        {
            var middle = low + ((high - low) / 2);
            var at = await AtAsync(middle, cancellationToken).ConfigureAwait(false);
            if (at.Checkpoint.Size >= size)
            {
                (found, high) = (at, middle - 1);
            }
            else
            {
                low = middle + 1;
            }
        }

        return found;
    }

    /// <summary>From a revision towards the first.</summary>
    public async IAsyncEnumerable<CheckpointInfo> NewestFirstAsync(long from, long count, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var e in journal.ReadStreamAsync(LoomStreams.Checkpoints, Direction.Backwards, from, count, cancellationToken).ConfigureAwait(false))
        {
            yield return Read(e);
        }
    }

    private async Task<CheckpointInfo> AtAsync(long revision, CancellationToken cancellationToken)
    {
        await foreach (var e in journal.ReadStreamAsync(LoomStreams.Checkpoints, Direction.Forwards, revision, 1, cancellationToken).ConfigureAwait(false))
        {
            return Read(e);
        }

        throw new JournalException(JournalFailure.Corrupt, $"loom.checkpoints has no revision {revision}. Restore the journal from a backup.");
    }

    private static CheckpointInfo Read(RecordedEvent e) =>
        SignedNote.TryParse(e.Data.Span, out var note) && Checkpoint.TryParse(note.Text, out var checkpoint)
            ? new CheckpointInfo(e.Revision, checkpoint, note, e.Created)
            : throw new JournalException(JournalFailure.Corrupt, $"loom.checkpoints at revision {e.Revision} holds no signed checkpoint. Restore the journal from a backup.");
}
