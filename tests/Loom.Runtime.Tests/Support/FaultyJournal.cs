using Loom.Contracts;
using Loom.Core;
using Loom.Journal;

namespace Loom.Runtime.Tests;

/// <summary>A journal whose next appends go wrong in a chosen way.</summary>
internal sealed class FaultyJournal(IJournal inner) : DelegatingJournal(inner)
{
    /// <summary>Called before an append; may throw, or write something else first.</summary>
    public Func<StreamName, IReadOnlyList<EventData>, Task>? Before { get; set; }

    /// <summary>Called after an append is durable; may throw.</summary>
    public Func<StreamName, Task>? After { get; set; }

    public int Reads { get; private set; }

    public override async Task<AppendResult> AppendAsync(StreamName stream, ExpectedRevision expected, IReadOnlyList<EventData> events, CancellationToken cancellationToken)
    {
        if (Before is { } before)
        {
            await before(stream, events);
        }

        var result = await base.AppendAsync(stream, expected, events, cancellationToken);
        if (After is { } after)
        {
            await after(stream);
        }

        return result;
    }

    public override IAsyncEnumerable<RecordedEvent> ReadStreamAsync(StreamName stream, Direction direction, long from, long maxCount, CancellationToken cancellationToken)
    {
        Reads++;
        return base.ReadStreamAsync(stream, direction, from, maxCount, cancellationToken);
    }
}
