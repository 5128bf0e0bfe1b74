using Loom.Core;

namespace Loom.Runtime;

/// <summary>
/// Rebuilds the states of a module's actor: every journaled command is run again by the module that its link names, and the state that this
/// gives has to open the link's <c>to</c>.
/// </summary>
internal sealed class Reexecution(StreamName stream, ModuleRegistry modules, CommandBodies bodies)
{
    private readonly List<RecordedEvent> _parts = [];

    /// <summary>Takes an event; the state after, once its transition is complete, else <paramref name="state"/>.</summary>
    /// <exception cref="HistoryException">The module is not there, or gives something else than the journal has.</exception>
    public async ValueTask<MachineState?> AcceptAsync(MachineState? state, RecordedEvent e, bool isLast, CancellationToken cancellationToken)
    {
        _parts.Add(e);
        if (!isLast)
        {
            return _parts.Count <= TransitionWriter.MaxEvents ? state : throw new HistoryException(stream, e.Revision, "history-unreadable", "the transition has no end.");
        }

        var (link, opening) = StreamFold.Read(e) ?? throw new HistoryException(stream, e.Revision, "history-unreadable", "no link.");
        if (_parts.Count != link.Count)
        {
            throw new HistoryException(stream, link.Revision, "history-unreadable", $"the link counts {link.Count} events, the stream has {_parts.Count}.");
        }

        state = link.Kind == LinkKind.Upgrade ? Upgraded(state, link) : await RunAsync(state, link, opening, cancellationToken);
        _parts.Clear();
        Compare(state, link, opening);
        return state;
    }

    // An upgrade passes the bytes on; the label is the new module's business.
    private MachineState Upgraded(MachineState? state, Link link) =>
        state is null ? throw new HistoryException(stream, link.Revision, "history-unreadable", "a stream cannot begin with an upgrade.")
        : modules.Find(link.Machine) is { } module ? new WasmState(state.Bytes, module.Manifest.Label)
        : state;

    private async ValueTask<MachineState> RunAsync(MachineState? state, Link link, Opening opening, CancellationToken cancellationToken)
    {
        if (!link.Machine.IsWasm)
        {
            throw new HistoryException(stream, link.LastRevision, "machine-changed-kind", $"it was decided by {link.Machine}, and this host runs a module for it. A stream never changes between dotnet and wasm.");
        }

        var machine = await modules.MachineOfAsync(link, cancellationToken);
        var command = await bodies.LoadAsync(link, opening, cancellationToken);
        var (after, events, _) = machine.Again(state, command, link);
        if (!events.Select(e => e.Type).SequenceEqual(link.Events.Select(e => e.Type), StringComparer.Ordinal))
        {
            throw new HistoryException(
                stream, link.Revision, "replay-differs",
                $"running '{link.Command.Type}' again by {link.Machine} gives the events {Names(events.Select(e => e.Type))}, the journal has {Names(link.Events.Select(e => e.Type))}.");
        }

        return after;
    }

    private void Compare(MachineState state, Link link, Opening opening)
    {
        if (opening.PartSalt(Salts.To) is not { } salt)
        {
            throw new HistoryException(stream, link.LastRevision, "history-unreadable", "the state's salt is erased or hidden; the actor loads no more.");
        }

        var actual = Salts.DigestOf(salt, state.Bytes.Span);
        if (actual != link.To)
        {
            throw new HistoryException(
                stream, link.LastRevision, "state-mismatch",
                $"running '{link.Command.Type}' again by {link.Machine} gives a state with digest {actual}, the link says {link.To}. The events were changed, or somebody without this module wrote them.");
        }
    }

    private static string Names(IEnumerable<string> types) => string.Join(", ", types.Take(10)) is { Length: > 0 } names ? names : "none";
}
