using Loom.Core;
using Loom.Journal;

namespace Loom.Runtime;

/// <summary>Brings an actor from the journal into memory: from the nearest snapshot when there is one, else from its birth.</summary>
internal sealed class StreamLoader(IJournal journal, SnapshotStore snapshots, RuntimeMetrics metrics, int maxCommandIds, Replays replays)
{
    /// <exception cref="HistoryException">The history does not load.</exception>
    /// <exception cref="JournalException">The journal cannot be read now.</exception>
    public async Task<ActorMemory> LoadAsync(StreamName stream, Machine machine, CancellationToken cancellationToken)
    {
        metrics.Loaded();
        await Replays.PrepareAsync(stream, machine, cancellationToken);
        if (await journal.LastRevisionAsync(stream, cancellationToken) < 0)
        {
            return new ActorMemory(new CommandIndex(maxCommandIds)); // not born yet: no snapshot to look for, nothing to read
        }

        return await FromSnapshotAsync(stream, machine, cancellationToken) ?? await FromBirthAsync(stream, machine, cancellationToken);
    }

    /// <summary>Reads what came after the memory's head and folds it in; the links of the new transitions, in order.</summary>
    public async Task<List<Link>> CatchUpAsync(StreamName stream, Machine machine, ActorMemory memory, CancellationToken cancellationToken)
    {
        var links = new List<Link>();
        var parts = new List<RecordedEvent>();
        var again = replays.Of(stream, machine);
        await foreach (var e in journal.ReadStreamAsync(stream, Direction.Forwards, memory.Revision + 1, long.MaxValue, cancellationToken))
        {
            var next = memory.Revision + 1 + parts.Count;
            if (e.Revision != next)
            {
                throw new HistoryException(stream, next, "events-hidden", $"the event is missing; the next visible one has revision {e.Revision}.");
            }

            metrics.LoadedEvent();
            parts.Add(e);
            if (StreamFold.Read(e) is not { } read)
            {
                continue;
            }

            links.Add(read.Link);
            if (read.Link.Machine != machine.Manifest.Machine)
            {
                return links; // another version has taken over: the activation ends, and a fresh one decides what that means
            }

            var state = memory.State;
            foreach (var part in parts)
            {
                state = again is not null ? await again.AcceptAsync(state, part, ReferenceEquals(part, e), cancellationToken)
                    : part.Type == StreamFold.UpgradedEvent ? state
                    : Apply(machine, state, part);
            }

            Compare(stream, read.Link, read.Opening, state!);
            memory.Advance(read.Link, state!);
            parts.Clear();
        }

        return links;
    }

    private async Task<ActorMemory?> FromSnapshotAsync(StreamName stream, Machine machine, CancellationToken cancellationToken)
    {
        if (snapshots.Find(stream, machine.Manifest.Machine) is not { } snapshot)
        {
            return null;
        }

        var commands = new CommandIndex(maxCommandIds);
        var fold = replays.FoldOf(stream, machine, commands);
        var started = false;
        await foreach (var e in journal.ReadStreamAsync(stream, Direction.Forwards, snapshot.LastRevision, long.MaxValue, cancellationToken))
        {
            metrics.LoadedEvent();
            if (started)
            {
                await fold.AcceptAsync(e, cancellationToken);
                continue;
            }

            // The journal may have been restored or rolled back since: only a snapshot of this very link counts.
            if (StreamFold.Read(e) is not { } read || read.Link.Hash != snapshot.Link || Restore(machine, snapshot, read) is not { } state)
            {
                break;
            }

            foreach (var (id, lastRevision) in snapshot.Commands)
            {
                commands.Add(id, lastRevision);
            }

            fold.ContinueFrom(state, e);
            started = true;
        }

        if (!started)
        {
            snapshots.Delete(stream);
            return null;
        }

        metrics.SnapshotUsed();
        return new ActorMemory(commands) { Head = fold.Complete(), State = fold.State, SinceSnapshot = fold.Transitions };
    }

    private async Task<ActorMemory> FromBirthAsync(StreamName stream, Machine machine, CancellationToken cancellationToken)
    {
        var commands = new CommandIndex(maxCommandIds);
        var fold = replays.FoldOf(stream, machine, commands);
        await foreach (var e in journal.ReadStreamAsync(stream, Direction.Forwards, 0, long.MaxValue, cancellationToken))
        {
            metrics.LoadedEvent();
            await fold.AcceptAsync(e, cancellationToken);
        }

        return new ActorMemory(commands) { Head = fold.Complete(), State = fold.State, SinceSnapshot = fold.Transitions };
    }

    private static MachineState? Restore(Machine machine, Snapshot snapshot, (Link Link, Opening Opening) read)
    {
        if (read.Opening.PartSalt(Salts.To) is not { } salt || Salts.DigestOf(salt, snapshot.State.Span) != read.Link.To)
        {
            return null;
        }

        try
        {
            return machine.Restore(snapshot.State);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static MachineState Apply(Machine machine, MachineState? state, RecordedEvent e)
    {
        try
        {
            return machine.Evolve(state, e.Type, e.Data);
        }
        catch (Exception ex) when (ex is not OutOfMemoryException)
        {
            throw new HistoryException(e.Stream, e.Revision, "history-unreadable", $"{machine.Manifest.QualifiedType} cannot apply '{e.Type}': {ex.Message}", ex);
        }
    }

    private static void Compare(StreamName stream, Link link, Opening opening, MachineState state)
    {
        var actual = opening.PartSalt(Salts.To) is { } salt ? Salts.DigestOf(salt, state.Bytes.Span) : default;
        if (actual != link.To)
        {
            throw new HistoryException(stream, link.LastRevision, "state-mismatch", $"the events fold to a state with digest {actual}, the link says {link.To}.");
        }
    }
}
