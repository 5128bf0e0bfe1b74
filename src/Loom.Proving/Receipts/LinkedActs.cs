using Loom.Core;
using Loom.Journal;
using Loom.Journal.Log;

namespace Loom.Proving;

/// <summary>
/// One of Loom's linked streams, read to its end; appends directly after what was read, so that an act is decided on everything before it.
/// Used by one caller at a time.
/// </summary>
internal sealed class LinkedActs(IJournal journal, LoomStreams streams, StreamName stream, Action<RecordedEvent, Link> take)
{
    private const string Principal = "loom:proving";
    private long _revision = -1;
    private Link? _last;

    /// <exception cref="JournalException">The stream cannot be read.</exception>
    public async Task CatchUpAsync(CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var e in journal.ReadStreamAsync(stream, Direction.Forwards, _revision + 1, long.MaxValue, cancellationToken))
            {
                var link = TransitionReader.ReadLink(e) ?? throw new FormatException("it carries no link.");
                take(e, link);
                (_revision, _last) = (e.Revision, link);
            }
        }
        catch (FormatException e)
        {
            throw new JournalException(JournalFailure.Corrupt, $"{stream} at revision {_revision + 1} cannot be read: {e.Message} Restore the journal from a backup.", e);
        }
    }

    /// <summary>Appends an act, unless <paramref name="isThere"/> says, having read everything, that it need not be.</summary>
    public async Task AppendAsync(string act, byte[] body, CommandId id, Func<bool> isThere, CancellationToken cancellationToken)
    {
        await CatchUpAsync(cancellationToken);
        while (!isThere())
        {
            await streams.TryAppendAsync(stream, _last, act, body, Principal, id, cancellationToken);
            await CatchUpAsync(cancellationToken);
        }
    }
}
