using Loom.Core;
using Loom.Journal;
using Loom.Runtime;

namespace Loom.Hosting.Actors;

/// <summary>A transition with its number.</summary>
internal sealed record NumberedTransition(long Number, Transition Transition);

/// <summary>An actor now.</summary>
internal sealed record ActorNow(ReplayedState State, long Transitions, Link First, Link Last);

/// <summary>What API and console read of actors, from their streams.</summary>
internal sealed class ActorReader(IJournal journal, ActorTypes types, ActorHistory history, TransitionIndex index, CommandBodies bodies)
{
    public ActorHistory History => history;

    public CommandBodies Bodies => bodies;

    /// <summary>The machine's manifest, or null when the type is not registered.</summary>
    public MachineManifest? ManifestOf(ActorId actor) => types.TryGet(actor.Type, out var machine) ? machine.Manifest : null;

    public Task<StreamIndex> IndexAsync(ActorId actor, CancellationToken cancellationToken) => index.OfAsync(actor.Stream, cancellationToken);

    /// <summary>Null when there is no such actor.</summary>
    public async Task<ActorNow?> NowAsync(ActorId actor, CancellationToken cancellationToken)
    {
        if (!types.TryGet(actor.Type, out _) || await history.ReplayAsync(actor, -1, cancellationToken) is not { } state)
        {
            return null;
        }

        var numbers = await IndexAsync(actor, cancellationToken);
        var first = await AtAsync(actor, numbers, 0, cancellationToken);
        var last = await AtAsync(actor, numbers, numbers.NumberOf(state.Revision) ?? numbers.Count - 1, cancellationToken);
        return new ActorNow(state, last.Number + 1, first.Transition.Link, last.Transition.Link);
    }

    /// <summary>Transitions from one number on, oldest first. Beyond the bytes the page loses its end, or its beginning; one transition stays.</summary>
    public async Task<IReadOnlyList<NumberedTransition>> PageAsync(
        ActorId actor, long from, int count, CancellationToken cancellationToken, long maxBytes = long.MaxValue, bool keepNewest = false)
    {
        var numbers = await IndexAsync(actor, cancellationToken);
        var until = Math.Min(numbers.Count, from + count);
        var page = new List<NumberedTransition>();
        if (from < 0 || from >= until)
        {
            return page;
        }

        var start = numbers.At((int)from).First;
        var events = journal.ReadStreamAsync(actor.Stream, Direction.Forwards, start, numbers.At((int)until - 1).Last - start + 1, cancellationToken);
        long bytes = 0;
        await foreach (var transition in TransitionReader.GroupAsync(events))
        {
            page.Add(new NumberedTransition(from++, transition));
            bytes += SizeOf(transition);
            while (bytes > maxBytes && page.Count > 1)
            {
                var dropped = keepNewest ? 0 : page.Count - 1;
                bytes -= SizeOf(page[dropped].Transition);
                page.RemoveAt(dropped);
                if (!keepNewest)
                {
                    return page;
                }
            }
        }

        return page;
    }

    /// <summary>One transition; null beyond the end.</summary>
    public async Task<NumberedTransition?> FindAsync(ActorId actor, long number, CancellationToken cancellationToken) =>
        (await PageAsync(actor, number, 1, cancellationToken)).SingleOrDefault();

    /// <summary>The type of the last command of a stream, for lists; empty when it cannot be read.</summary>
    public async Task<string> LastCommandAsync(ActorId actor, CancellationToken cancellationToken)
    {
        await foreach (var e in journal.ReadStreamAsync(actor.Stream, Direction.Backwards, long.MaxValue, 1, cancellationToken))
        {
            try
            {
                return TransitionReader.ReadLink(e)?.Command.Type ?? "";
            }
            catch (FormatException)
            {
                return "";
            }
        }

        return "";
    }

    // How large a blob is, is not known before it is read; it counts as one of the default limit.
    private static long SizeOf(Transition transition) =>
        transition.Events.Sum(e => (long)e.Data.Length + e.Metadata.Length) + (transition.Opening.CommandBlob is null ? 0 : 1 << 20);

    private async Task<NumberedTransition> AtAsync(ActorId actor, StreamIndex numbers, int number, CancellationToken cancellationToken)
    {
        var (first, last) = numbers.At(number);
        await foreach (var transition in TransitionReader.GroupAsync(
            journal.ReadStreamAsync(actor.Stream, Direction.Forwards, first, last - first + 1, cancellationToken)))
        {
            return new NumberedTransition(number, transition);
        }

        throw new FormatException($"{actor}: the transition at revision {first} is missing.");
    }
}
