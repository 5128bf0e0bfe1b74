using System.Runtime.CompilerServices;
using Loom.Core;
using Loom.Journal;
using Loom.Journal.Blobs;

namespace Loom.Runtime;

/// <summary>A state rebuilt from the journal.</summary>
/// <param name="Actor">Whose.</param>
/// <param name="Revision">The last revision that it includes.</param>
/// <param name="State">The state as bytes.</param>
/// <param name="Label">The machine's words for it.</param>
/// <param name="Link">Hash of the link after which it stands.</param>
/// <param name="Salt">Part salt <c>to</c> of that link: opens its digest.</param>
/// <param name="ActorType"><c>TYPE@VERSION</c> of that link.</param>
/// <param name="Matches">
/// Whether the bytes open the link's <c>to</c>. False only where an older version of the machine wrote the link: its state had another form.
/// </param>
public sealed record ReplayedState(
    ActorId Actor, long Revision, ReadOnlyMemory<byte> State, string Label, Digest Link, byte[] Salt, string ActorType, bool Matches);

/// <summary>One transition and the state after it.</summary>
/// <param name="Transition">The transition.</param>
/// <param name="State">The state after it, as bytes.</param>
/// <param name="Label">The machine's words for it.</param>
public sealed record TransitionState(Transition Transition, ReadOnlyMemory<byte> State, string Label);

/// <summary>Reads what actors did, straight from the journal: activates nothing, changes nothing. Thread-safe.</summary>
/// <param name="journal">The journal.</param>
/// <param name="types">The machines.</param>
/// <param name="blobs">Where bodies of commands above 32 KiB are, which modules' actors are replayed with; null when there is no such place.</param>
public sealed class ActorHistory(IJournal journal, ActorTypes types, IBlobStore? blobs = null)
{
    private readonly Replays _replays = new(types, blobs);

    /// <summary>The actor's transitions, oldest first, from the one that holds <paramref name="fromRevision"/>. Empty for an unknown actor.</summary>
    /// <exception cref="HistoryException">An event carries no readable link, or is missing.</exception>
    public async IAsyncEnumerable<Transition> ReadAsync(
        ActorId actor, long fromRevision = 0, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var stream = actor.Stream;
        var start = await StartOfTransitionAsync(stream, fromRevision, cancellationToken);
        var parts = new List<RecordedEvent>();
        await foreach (var e in journal.ReadStreamAsync(stream, Direction.Forwards, start, long.MaxValue, cancellationToken))
        {
            if (e.Revision != start)
            {
                throw new HistoryException(stream, start, "events-hidden", $"the event is missing; the next visible one has revision {e.Revision}.");
            }

            start++;
            parts.Add(e);
            if (StreamFold.Read(e) is { } read)
            {
                yield return new Transition(read.Link, [.. parts], read.Opening);
                parts.Clear();
            }
        }
    }

    /// <summary>
    /// The state after the last transition that ends at or before <paramref name="toRevision"/> (−1: the head); null when there is none.
    /// </summary>
    /// <exception cref="HistoryException">The history does not load.</exception>
    /// <exception cref="KeyNotFoundException">The actor type is not registered here.</exception>
    public async Task<ReplayedState?> ReplayAsync(ActorId actor, long toRevision = -1, CancellationToken cancellationToken = default)
    {
        var stream = actor.Stream;
        var fold = _replays.FoldOf(stream, MachineOf(actor), commands: null);
        var until = toRevision < 0 ? long.MaxValue : await EndOfTransitionAsync(stream, toRevision, cancellationToken);
        RecordedEvent? last = null;
        if (until >= 0)
        {
            await foreach (var e in journal.ReadStreamAsync(stream, Direction.Forwards, 0, until == long.MaxValue ? until : until + 1, cancellationToken))
            {
                await fold.AcceptAsync(e, cancellationToken);
                last = e;
            }
        }

        return last is null ? null : StateAfter(actor, fold, last);
    }

    /// <summary>Every transition with the state after it, oldest first, from the one that holds <paramref name="fromRevision"/>: for a view of differences.</summary>
    /// <exception cref="HistoryException">The history does not load.</exception>
    /// <exception cref="KeyNotFoundException">The actor type is not registered here.</exception>
    public async IAsyncEnumerable<TransitionState> StatesAsync(
        ActorId actor, long fromRevision = 0, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var machine = MachineOf(actor);
        var fold = _replays.FoldOf(actor.Stream, machine, commands: null);
        await foreach (var transition in ReadAsync(actor, 0, cancellationToken))
        {
            foreach (var e in transition.Events)
            {
                await fold.AcceptAsync(e, cancellationToken);
            }

            if (transition.Link.LastRevision >= fromRevision)
            {
                yield return new TransitionState(transition, fold.State!.Bytes, fold.State.Label);
            }
        }
    }

    private static ReplayedState StateAfter(ActorId actor, StreamFold fold, RecordedEvent last)
    {
        var (link, opening) = StreamFold.Read(last)
            ?? throw new HistoryException(last.Stream, last.Revision, "history-unreadable", "the transition's last event is missing.");
        var salt = opening.PartSalt(Salts.To) ?? [];
        var matches = salt.Length > 0 && Salts.DigestOf(salt, fold.State!.Bytes.Span) == link.To;
        return new ReplayedState(actor, link.LastRevision, fold.State!.Bytes, fold.State.Label, link.Hash, salt, link.ActorType, matches);
    }

    // A transition has at most 1,000 events; its first says by its metadata (or its link) where it begins.
    private async Task<long> StartOfTransitionAsync(StreamName stream, long revision, CancellationToken cancellationToken)
    {
        if (revision <= 0)
        {
            return 0;
        }

        await foreach (var e in journal.ReadStreamAsync(stream, Direction.Backwards, revision - 1, TransitionWriter.MaxEvents + 1, cancellationToken))
        {
            if (StreamFold.Read(e) is not null)
            {
                return e.Revision + 1;
            }
        }

        return 0;
    }

    private async Task<long> EndOfTransitionAsync(StreamName stream, long revision, CancellationToken cancellationToken)
    {
        await foreach (var e in journal.ReadStreamAsync(stream, Direction.Backwards, revision, TransitionWriter.MaxEvents + 1, cancellationToken))
        {
            if (StreamFold.Read(e) is not null)
            {
                return e.Revision;
            }
        }

        return -1;
    }

    private Machine MachineOf(ActorId actor) => types.TryGet(actor.Type, out var machine)
        ? machine
        : throw new KeyNotFoundException($"This host runs no actor type '{actor.Type}', so it cannot replay {actor}. Its transitions can still be read.");
}
