using System.Globalization;
using Loom.Core;
using Loom.Hosting.Actors;
using Loom.Journal;
using Loom.Runtime;
using Loom.Web.Data;

namespace Loom.Hosting.ConsoleViews;

/// <summary>The actor directory as the console asks for it.</summary>
internal sealed class DirectoryView(ActorDirectory directory, ActorTypes types, ActorReader reader, IJournal journal) : IActors
{
    public async Task<ActorPage> FindAsync(ActorQuery query, CancellationToken cancellationToken)
    {
        var wanted = new DirectoryQuery
        {
            Text = Given(query.Text),
            Type = Given(query.Type),
            Label = Given(query.Label),
            Module = Given(query.Module) is { } hash ? MachineId.TryParse($"wasm:sha256:{hash}", out var module) ? module : MachineId.Wasm(default) : null,
            Skip = Math.Max(0, query.Skip),
            Take = Math.Clamp(query.Take, 0, 200),
        };
        var order = query.Order switch { ActorOrder.Name => DirectoryOrder.Name, ActorOrder.Length => DirectoryOrder.Length, _ => DirectoryOrder.Changed };
        var page = await directory.FindAsync(wanted, order, cancellationToken);
        var rows = new List<ActorRow>(page.Entries.Count);
        foreach (var e in page.Entries)
        {
            rows.Add(new ActorRow(
                e.Actor.ToString(), e.Actor.Type, VersionOf(e.ActorType), e.Label, e.Transitions, e.Revision,
                await reader.LastCommandAsync(e.Actor, cancellationToken), e.Changed.Time));
        }

        return new ActorPage(rows, page.Total, await DirectoryLags.EventsAsync(journal, page.Lag, cancellationToken));
    }

    public Task<IReadOnlyList<ActorTypeSummary>> TypesAsync(CancellationToken cancellationToken)
    {
        var counts = directory.Counts.ToLookup(c => c.Type, StringComparer.Ordinal);
        return Task.FromResult<IReadOnlyList<ActorTypeSummary>>(
        [
            .. types.All.Select(t => new ActorTypeSummary(
                t.ActorType, t.Version, t.Machine.Value, counts[t.ActorType].Sum(c => (long)c.Actors),
                [.. counts[t.ActorType].OrderByDescending(c => c.Actors).Select(c => new LabelCount(c.Label, c.Actors))])),
        ]);
    }

    public static int VersionOf(string qualified) =>
        int.TryParse(qualified.AsSpan(qualified.IndexOf('@', StringComparison.Ordinal) + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : 0;

    private static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
