using Loom.Contracts;
using Loom.Core;
using Loom.Journal;

namespace Loom.Proving.Tests;

/// <summary>A process's way to a journal that outlives it: at a chosen append the process dies, before or after the append is durable.</summary>
internal sealed class MortalJournal(IJournal inner) : DelegatingJournal(inner)
{
    private int _appends;

    /// <summary>Dies at this append (from 1); 0 never.</summary>
    public int DiesAt { get; init; }

    /// <summary>Whether that append is durable all the same.</summary>
    public bool AfterIt { get; init; }

    public bool IsDead { get; private set; }

    public override async Task<AppendResult> AppendAsync(StreamName stream, ExpectedRevision expected, IReadOnlyList<EventData> events, CancellationToken cancellationToken)
    {
        Asked();
        var dies = Interlocked.Increment(ref _appends) == DiesAt;
        if (dies && !AfterIt)
        {
            IsDead = true;
            Asked();
        }

        var result = await Inner.AppendAsync(stream, expected, events, cancellationToken);
        IsDead |= dies;
        Asked();
        return result;
    }

    protected override void Asked()
    {
        if (IsDead)
        {
            throw new JournalException(JournalFailure.Unavailable, "The process died here.");
        }
    }
}
