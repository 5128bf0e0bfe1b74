using Loom.Core;
using Loom.Journal;
using Loom.Journal.Blobs;
using Loom.Wasm;

namespace Loom.Runtime;

/// <summary>A transition of a module's actor, with the bytes that went into the module and came out of it (ABI v1).</summary>
/// <param name="Transition">The transition.</param>
/// <param name="Module">The module that its link names.</param>
/// <param name="Input">The input frame: state before, command, context.</param>
/// <param name="Output">The output frame: status, state after, events.</param>
public sealed record TransitionFrames(Transition Transition, RegisteredModule Module, ReadOnlyMemory<byte> Input, ReadOnlyMemory<byte> Output);

/// <summary>
/// Rebuilds the frames of transitions from the journal, by running the commands again as loading an actor does. What comes out is compared
/// with the link: state and events have to open its digests. Remembers the last state of a few streams, so that going along a stream runs
/// every command once. Thread-safe.
/// </summary>
/// <param name="journal">The journal.</param>
/// <param name="modules">The modules that links name.</param>
/// <param name="blobs">Where bodies of commands above 32 KiB are; null when there is no such place.</param>
public sealed class FrameReader(IJournal journal, ModuleRegistry modules, IBlobStore? blobs)
{
    private const int MaxStates = 64;
    private readonly CommandBodies _bodies = new(blobs);
    private readonly Lock _gate = new();
    private readonly Dictionary<StreamName, Reached> _reached = [];

    /// <summary>The frames of the transition that begins at <paramref name="revision"/>.</summary>
    /// <exception cref="HistoryException">
    /// There is none (<c>no-transition</c>), no module made it (<c>not-a-module</c>, <c>upgrade</c>), or it cannot be rebuilt: the message says why.
    /// </exception>
    /// <exception cref="JournalException">The journal cannot be read now.</exception>
    public async Task<TransitionFrames> ReadAsync(ActorId actor, long revision, CancellationToken cancellationToken)
    {
        var stream = actor.Stream;
        var again = new Reexecution(stream, modules, _bodies);
        var (state, next) = await StartAsync(stream, revision, cancellationToken);
        var (before, parts) = (state, new List<RecordedEvent>());
        await foreach (var e in journal.ReadStreamAsync(stream, Direction.Forwards, next, long.MaxValue, cancellationToken))
        {
            if (e.Revision != next++)
            {
                throw new HistoryException(stream, next - 1, "events-hidden", $"the event is missing; the next visible one has revision {e.Revision}.");
            }

            parts.Add(e);
            var read = StreamFold.Read(e);
            if (read is { Link: var link } && link.Revision == revision)
            {
                RefuseOthers(link);
            }

            state = await again.AcceptAsync(state, e, read is not null, cancellationToken);
            if (read is not { } last)
            {
                continue;
            }

            Remember(stream, new Reached(last.Link, state!));
            if (last.Link.Revision == revision)
            {
                return await FramesAsync(new Transition(last.Link, parts, last.Opening), before, cancellationToken);
            }

            if (last.Link.LastRevision >= revision)
            {
                break;
            }

            (before, parts) = (state, []);
        }

        throw new HistoryException(stream, revision, "no-transition", "no transition begins here. Name the revision of a transition's first event.");
    }

    private static void RefuseOthers(Link link)
    {
        if (!link.Machine.IsWasm)
        {
            throw new HistoryException(link.Stream, link.Revision, "not-a-module", $"it was decided by {link.Machine}, which is no WebAssembly module: there is nothing that a prover could run.");
        }

        if (link.Kind == LinkKind.Upgrade)
        {
            throw new HistoryException(link.Stream, link.Revision, "upgrade", "it is an upgrade: no module ran.");
        }
    }

    private async Task<TransitionFrames> FramesAsync(Transition transition, MachineState? before, CancellationToken cancellationToken)
    {
        var (link, opening) = (transition.Link, transition.Opening);
        var machine = await modules.MachineOfAsync(link, cancellationToken);
        var command = await _bodies.LoadAsync(link, opening, cancellationToken);
        var (_, events, output) = machine.Again(before, command, link);
        for (var i = 0; i < link.Count; i++)
        {
            if (i >= events.Count || opening.PartSalt(Salts.Event(i)) is not { } salt || Salts.DigestOf(salt, events[i].Data.Span) != link.Events[i].Digest)
            {
                throw new HistoryException(
                    link.Stream, link.Revision + i, "replay-differs", $"running '{link.Command.Type}' again by {link.Machine} gives another event than the journal has.");
            }
        }

        var context = MachineContext.Of(link).ToCanonicalJson();
        var input = Frames.Encode(before is null ? default : before.Bytes.Span, command.Span, context);
        return new TransitionFrames(transition, modules.Find(link.Machine)!, input, output);
    }

    // Where to begin: after a remembered transition, if it is still the one in the journal, else at the birth.
    private async Task<(MachineState? State, long Next)> StartAsync(StreamName stream, long revision, CancellationToken cancellationToken)
    {
        Reached? reached;
        lock (_gate)
        {
            reached = _reached.GetValueOrDefault(stream);
        }

        if (reached is null || reached.Link.LastRevision >= revision)
        {
            return (null, 0);
        }

        await foreach (var e in journal.ReadStreamAsync(stream, Direction.Forwards, reached.Link.LastRevision, 1, cancellationToken))
        {
            if (StreamFold.Read(e) is { Link: var there } && there.Hash == reached.Link.Hash)
            {
                return (reached.State, there.LastRevision + 1);
            }
        }

        return (null, 0);
    }

    private void Remember(StreamName stream, Reached reached)
    {
        lock (_gate)
        {
            if (_reached.Count >= MaxStates && !_reached.ContainsKey(stream))
            {
                _reached.Remove(_reached.Keys.First());
            }

            _reached[stream] = reached;
        }
    }

    private sealed record Reached(Link Link, MachineState State);
}
