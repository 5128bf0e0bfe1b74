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
        [.. figures.Read().Select(f => Readable(f.Key, f.Value))]);

    private static Figure Readable(string name, string value) => name switch
    {
        "bytes" => new Figure("size", Size(value)),
        "free bytes on disk" => new Figure("free on disk", Size(value)),
        _ => new Figure(name, value),
    };

    private static string Size(string bytes) => double.Parse(bytes, CultureInfo.InvariantCulture) switch
    {
        < 1024 * 1024 and var b => string.Create(CultureInfo.InvariantCulture, $"{b / 1024:0.0} KiB"),
        < 1024.0 * 1024 * 1024 and var b => string.Create(CultureInfo.InvariantCulture, $"{b / 1048576:0.0} MiB"),
        var b => string.Create(CultureInfo.InvariantCulture, $"{b / 1073741824:0.0} GiB"),
    };

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
