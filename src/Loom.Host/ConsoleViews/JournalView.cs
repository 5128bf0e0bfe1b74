using System.Globalization;
using Loom.Core;
using Loom.Hosting.Operations;
using Loom.Journal;
using Loom.Runtime;
using Loom.Web.Data;

namespace Loom.Hosting.ConsoleViews;

/// <summary>The journal as the console asks for it.</summary>
internal sealed class JournalView(IJournal journal, JournalFigures figures, ActorTypes types, HostState state) : IJournalInfo
{
    public async Task<JournalFacts> FactsAsync(CancellationToken cancellationToken) => new(
        state.ReadOnly is not null, state.ReadOnly, await journal.LastPositionAsync(cancellationToken),
        [.. figures.Read().Select(f => new Figure(f.Key, f.Value))]);

    public async Task<IReadOnlyList<JournalEvent>> EventsAsync(ulong? before, int count, string? prefix, CancellationToken cancellationToken)
    {
        var filter = string.IsNullOrWhiteSpace(prefix) ? null : new EventFilter([prefix.Trim()]);
        var events = new List<JournalEvent>();
        await foreach (var e in journal.ReadAllAsync(Direction.Backwards, before ?? ulong.MaxValue, Math.Clamp(count, 0, 1000), filter, cancellationToken))
        {
            events.Add(new JournalEvent(
                e.Position, e.Stream.Value, e.Revision, e.Type, e.Data.Length + e.Metadata.Length, e.Created,
                ActorId.TryParse(e.Stream.Value, out var actor) && types.TryGet(actor.Type, out _)));
        }

        return events;
    }
}
