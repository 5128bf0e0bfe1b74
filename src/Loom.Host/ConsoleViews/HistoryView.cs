using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;
using Loom.Core;
using Loom.Hosting.Actors;
using Loom.Hosting.Api;
using Loom.Journal;
using Loom.Runtime;
using Loom.Web.Data;

namespace Loom.Hosting.ConsoleViews;

/// <summary>One actor's life as the console asks for it.</summary>
internal sealed class HistoryView(ActorReader reader, IJournal journal, ILeafFinder leaves, ModuleRegistry modules) : IActorHistory
{
    public async Task<ActorHead?> HeadAsync(string stream, CancellationToken cancellationToken)
    {
        if (!ActorId.TryParse(stream, out var actor) || await reader.NowAsync(actor, cancellationToken) is not { } now)
        {
            return null;
        }

        var current = modules.Find(now.Last.Machine) is null ? null : modules.All.FirstOrDefault(m => m.Current && m.Manifest.ActorType == actor.Type);
        return new ActorHead(
            stream, actor.Type, DirectoryView.VersionOf(now.Last.ActorType), now.Last.Machine.Value, now.State.Label, now.Transitions, now.State.Revision,
            now.First.At.Time, now.Last.At.Time, reader.ManifestOf(actor)?.Capabilities ?? [])
        {
            Module = NameOf(modules.Find(now.Last.Machine)),
            Next = current?.Machine == now.Last.Machine ? null : NameOf(current),
        };
    }

    public async Task<IReadOnlyList<TransitionRow>> TransitionsAsync(string stream, long from, int count, CancellationToken cancellationToken)
    {
        if (!ActorId.TryParse(stream, out var actor))
        {
            return [];
        }

        var page = await reader.PageAsync(actor, from, Math.Clamp(count, 0, 1000), cancellationToken);
        var rows = new List<TransitionRow>(page.Count);
        foreach (var transition in page)
        {
            rows.Add(await RowAsync(transition, cancellationToken));
        }

        return rows;
    }

    public async Task<TransitionDetail?> TransitionAsync(string stream, long number, CancellationToken cancellationToken)
    {
        if (!ActorId.TryParse(stream, out var actor) || await reader.FindAsync(actor, number, cancellationToken) is not { } found)
        {
            return null;
        }

        var (link, events, _) = found.Transition;
        var command = await reader.Bodies.ReadAsync(found.Transition, cancellationToken);
        var effects = reader.ManifestOf(actor)?.Effects;
        return new TransitionDetail(
            await RowAsync(found, cancellationToken), link.Command.Id.Value, command.Bytes is { } body ? Text(body, link.Command.ContentType) : null,
            link.Command.Digest.ToString(), link.Machine.Value, link.From?.ToString(), link.To.ToString(), link.Prev?.ToString(),
            [.. events.Select((e, i) => new EventView(
                e.Revision, e.Id, e.Type, link.Events[i].Digest.ToString(), Text(e.Data, e.ContentType),
                effects is not null && effects.TryGetValue(e.Type, out var kind) ? kind.ToString().ToLowerInvariant() : null))],
            link.Correlation, link.Causation, link.Traceparent, LinkText(link), command.Problem)
        {
            Module = NameOf(modules.Find(link.Machine)),
        };
    }

    public async Task<long?> NumberOfAsync(string stream, long revision, CancellationToken cancellationToken) =>
        ActorId.TryParse(stream, out var actor) ? (await reader.IndexAsync(actor, cancellationToken)).NumberOf(revision) : null;

    public async Task<StateAt?> StateAsync(string stream, long number, CancellationToken cancellationToken)
    {
        if (!ActorId.TryParse(stream, out var actor) || reader.ManifestOf(actor) is null)
        {
            return null;
        }

        var index = await reader.IndexAsync(actor, cancellationToken);
        return number >= 0 && number < index.Count && await reader.History.ReplayAsync(actor, index.At((int)number).Last, cancellationToken) is { } state
            ? new StateAt(number, state.Revision, state.Label, Text(state.State, EventData.Json), state.Matches)
            : null;
    }

    public async IAsyncEnumerable<ActorHead> WatchAsync(string stream, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (!StreamName.TryParse(stream, out var name))
        {
            yield break;
        }

        var last = await journal.LastRevisionAsync(name, cancellationToken);
        if (await HeadAsync(stream, cancellationToken) is { } head)
        {
            yield return head;
            last = head.Revision;
        }

        await foreach (var message in journal.SubscribeToStreamAsync(name, last, cancellationToken))
        {
            if (message is SubscriptionMessage.EventArrived { Event: var e } && e.Revision > last && TransitionReader.ReadLink(e) is not null
                && await HeadAsync(stream, cancellationToken) is { } now)
            {
                last = now.Revision;
                yield return now;
            }
        }
    }

    private static ModuleName? NameOf(RegisteredModule? module) => module is null ? null : new(module.Manifest.Name, module.Manifest.Version, module.Hash.ToString());

    private async Task<TransitionRow> RowAsync(NumberedTransition numbered, CancellationToken cancellationToken)
    {
        var link = numbered.Transition.Link;
        var place = await leaves.FindAsync(link, cancellationToken);
        return new TransitionRow(
            numbered.Number, link.Revision, link.At.Time, link.Kind == LinkKind.Upgrade, link.Command.Type, link.Command.Principal, link.Command.Roles, link.Fence,
            [.. link.Events.Select(e => e.Type)], link.Hash.ToString(), place?.Leaf, place?.CheckpointSize);
    }

    public static string? Text(ReadOnlyMemory<byte> bytes, string contentType) =>
        Answer.Element(bytes, contentType) is null ? null : Encoding.UTF8.GetString(bytes.Span);

    private static string LinkText(Link link)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        LinkJson.Write(new CanonicalJsonWriter(buffer), link);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}

/// <summary>Where a link is in the transparency log.</summary>
/// <param name="Leaf">Its leaf index.</param>
/// <param name="CheckpointSize">Size of the first checkpoint known to cover it; null while none does.</param>
internal sealed record LeafPlace(long Leaf, long? CheckpointSize);

/// <summary>Finds links in the transparency log.</summary>
internal interface ILeafFinder
{
    /// <summary>Null while the link is not yet in.</summary>
    ValueTask<LeafPlace?> FindAsync(Link link, CancellationToken cancellationToken);
}
