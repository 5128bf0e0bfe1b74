using Loom.Core;

namespace Loom.Runtime;

/// <summary>
/// Folds a stream's events, in order, into a state (of a module: runs its commands again); checks that none is missing and that transitions
/// are whole.
/// </summary>
internal sealed class StreamFold(StreamName stream, Machine machine, CommandIndex? commands, Reexecution? again = null)
{
    /// <summary>Type of the one event of an upgrade; machines never see it.</summary>
    public const string UpgradedEvent = "loom.upgraded";

    private RecordedEvent? _last;

    public MachineState? State { get; private set; }

    /// <summary>The revision that has to come next.</summary>
    public long Next { get; private set; }

    public int Transitions { get; private set; }

    /// <summary>Continues after a state that was kept.</summary>
    public void ContinueFrom(MachineState state, RecordedEvent last)
    {
        (State, _last, Next) = (state, last, last.Revision + 1);
    }

    /// <summary>Takes the next event. Completes at once unless a module has to run.</summary>
    public ValueTask AcceptAsync(RecordedEvent e, CancellationToken cancellationToken)
    {
        Accept(e);
        return again is null ? ValueTask.CompletedTask : RunAgainAsync(e, cancellationToken);
    }

    private async ValueTask RunAgainAsync(RecordedEvent e, CancellationToken cancellationToken) =>
        State = await again!.AcceptAsync(State, e, ReferenceEquals(_last, e), cancellationToken);

    private void Accept(RecordedEvent e)
    {
        if (e.Revision != Next)
        {
            throw new HistoryException(
                stream, Next, "events-hidden", $"the event is missing; the next visible one has revision {e.Revision}. Restore the journal from a backup that has it.");
        }

        Next++;
        var found = MetadataScan.Scan(e.Metadata.Span, out var commandId);
        if (found == MetadataScan.Found.Unclear)
        {
            (found, commandId) = ReadStrictly(e);
        }

        if (again is null && e.Type != UpgradedEvent)
        {
            Evolve(e);
        }

        if (found == MetadataScan.Found.Part)
        {
            _last = null;
            return;
        }

        _last = e;
        Transitions++;
        commands?.Add(commandId, e.Revision);
    }

    /// <summary>The last transition's link; null for an empty stream. The state is compared with its <c>to</c> when this machine wrote it.</summary>
    public Link? Complete()
    {
        if (Next == 0)
        {
            return null;
        }

        if (_last is null)
        {
            throw new HistoryException(stream, Next - 1, "history-unreadable", "the transition's last event is missing.");
        }

        var (link, opening) = Read(_last) ?? throw new HistoryException(stream, _last.Revision, "history-unreadable", "no link.");
        if (link.Machine != machine.Manifest.Machine)
        {
            return link; // the caller upgrades, or refuses
        }

        if (opening.PartSalt(Salts.To) is not { } salt)
        {
            throw new HistoryException(stream, link.LastRevision, "history-unreadable", "the state's salt is erased or hidden; the actor loads no more.");
        }

        var actual = Salts.DigestOf(salt, State!.Bytes.Span);
        return actual == link.To
            ? link
            : throw new HistoryException(
                stream, link.LastRevision, "state-mismatch",
                $"the events fold to a state with digest {actual}, the link says {link.To}. The machine {machine.Manifest.Machine} is not the one that wrote them, or the events were changed.");
    }

    public static (Link Link, Opening Opening)? Read(RecordedEvent e)
    {
        try
        {
            return TransitionReader.Read(e);
        }
        catch (FormatException ex)
        {
            throw new HistoryException(e.Stream, e.Revision, "history-unreadable", ex.Message, ex);
        }
    }

    private static (MetadataScan.Found Found, string CommandId) ReadStrictly(RecordedEvent e) =>
        Read(e) is { } read ? (MetadataScan.Found.Link, read.Link.Command.Id.Value) : (MetadataScan.Found.Part, "");

    private void Evolve(RecordedEvent e)
    {
        try
        {
            State = machine.Evolve(State, e.Type, e.Data);
        }
        catch (Exception ex) when (ex is not OutOfMemoryException)
        {
            // Evolve is total over everything ever stored; whatever it throws, this history does not load.
            throw new HistoryException(stream, e.Revision, "history-unreadable", $"{machine.Manifest.QualifiedType} cannot apply '{e.Type}': {ex.Message}", ex);
        }
    }
}
