using Loom.Core;
using Loom.Journal;
using Loom.Journal.Blobs;
using Microsoft.Extensions.Logging;

namespace Loom.Runtime;

/// <summary>
/// Decides commands over a loaded actor and makes the outcome durable. Used by one pump at a time. A reply of null with end means:
/// not decided here, try a fresh activation.
/// </summary>
internal sealed class Decider(
    ActorId actor, StreamName stream, Machine machine, ActorMemory memory, long fence, ActivationServices services)
{
    private readonly DurableAppend _append = new(stream, machine, memory, fence, services);
    private bool _snapshotFailed;

    public CommandIndex Commands => memory.Commands;

    public async Task<(CommandReply? Reply, bool End)> HandleAsync(Envelope envelope)
    {
        var command = envelope.Command;
        for (var conflicts = 0; ; conflicts++)
        {
            if (memory.Commands.TryFind(command.Id.Value, out var done))
            {
                return (await services.Repeats.AnswerAsync(command, done.Value, CancellationToken.None), false);
            }

            if (AnswerWithoutWriting(command, out var accepted, out var written) is { } answer)
            {
                // No append will notice that this state is old, so the journal is asked: a "no" (or "nothing to do") of an owner that
                // has lost the actor unnoticed would be wrong, and an effect that got it would be given up.
                switch (answer is CommandReply.Refused { Kind: RefusalKind.Invalid } ? null : await _append.RefreshAsync())
                {
                    case null:
                        return (answer, false);
                    case AppendOutcome.FencedOff:
                        return (null, true);
                    case AppendOutcome.Conflict when conflicts < services.Options.MaxConflicts:
                        continue;
                    case AppendOutcome.Conflict:
                        return (Contended(conflicts), false);
                    default:
                        return (new CommandReply.Refused(
                            RefusalKind.Unavailable, "journal-unavailable", $"The journal could not be read; nothing was written for {actor}. Send again.", services.Options.RetryAfter), true);
                }
            }

            if (await KeepCommandAsync(command, written!) is { } notKept)
            {
                return (notKept, false);
            }

            var reply = new CommandReply.Accepted(actor, written!.Link.LastRevision, written.Link.Count, written.Link.Hash, Repeated: false);
            switch (await _append.AppendAsync(written, accepted!.State))
            {
                case AppendOutcome.Durable:
                    return (reply, false);
                case AppendOutcome.DurableThenFencedOff:
                    return (reply, true);
                case AppendOutcome.FencedOff:
                    return (null, true);
                case AppendOutcome.Refused r:
                    return (r.Reply, false);
                case AppendOutcome.Unknown:
                    return (new CommandReply.Refused(
                        RefusalKind.Unavailable, "outcome-unknown", $"The journal did not say whether the command is durable. Send it again with the same id '{command.Id}': it will be done once.",
                        services.Options.RetryAfter), true);
                case AppendOutcome.Conflict when conflicts >= services.Options.MaxConflicts:
                    return (Contended(conflicts), false);
            }
        }
    }

    // A body that the metadata only names has to be durable before the append: after a crash in between there is a blob too many, never one too few.
    private async ValueTask<CommandReply.Refused?> KeepCommandAsync(ActorCommand command, WrittenTransition written)
    {
        if (written.CommandBlob is not { } content)
        {
            return null;
        }

        try
        {
            await services.Options.Blobs!.PutAsync(new BlobName(BlobAreas.Commands, content), command.Canonical, CancellationToken.None);
            return null;
        }
        catch (BlobException e)
        {
            services.Log.LogWarning(e, "The body of '{Command}' to {Actor} could not be stored.", command.Type, actor.ToString());
            return e.Failure == BlobFailure.TooLarge
                ? new CommandReply.Refused(RefusalKind.TooLarge, "command-too-large", e.Message)
                : new CommandReply.Refused(
                    RefusalKind.Unavailable, "blobs-unavailable", $"The command's body could not be stored, so nothing was written for {actor}. {e.Message}", services.Options.RetryAfter);
        }
    }

    /// <summary>Appends the upgrade transition; false when another writer was first and the actor has to be loaded again.</summary>
    public async Task<bool> UpgradeAsync(MachineId from)
    {
        var head = memory.Head!;
        var written = TransitionWriter.Write(new TransitionDraft
        {
            Stream = stream,
            Previous = head,
            ActorType = machine.Manifest.QualifiedType,
            Machine = machine.Manifest.Machine,
            Kind = LinkKind.Upgrade,
            CommandId = UuidV5.DerivedCommand($"{stream.Value}\n{head.LastRevision + 1}\n{machine.Manifest.Machine.Value}"),
            CommandType = "loom.upgrade",
            Command = UpgradeBody(from),
            Principal = RuntimePrincipal,
            Events = [new EmittedEvent(StreamFold.UpgradedEvent, EventData.Json, UpgradeBody(from))],
            State = memory.State!.Bytes,
            Fence = fence,
            At = Now(),
            Salt = services.NewSalt(),
        });
        return await _append.AppendAsync(written, memory.State!) is AppendOutcome.Durable;
    }

    public void SnapshotIfDue()
    {
        if (services.Options.SnapshotEvery > 0 && memory.SinceSnapshot >= services.Options.SnapshotEvery)
        {
            Snapshot();
        }
    }

    /// <summary>On passivation a snapshot pays when a good part of the interval has to be read again otherwise.</summary>
    public void SnapshotOnLeaving()
    {
        if (services.Options.SnapshotEvery > 0 && memory.SinceSnapshot * 4 >= services.Options.SnapshotEvery && memory.SinceSnapshot > 0)
        {
            Snapshot();
        }
    }

    /// <summary>Whom the platform's own transitions name.</summary>
    public const string RuntimePrincipal = "loom:runtime";

    // Null: there is a transition to append.
    private CommandReply? AnswerWithoutWriting(ActorCommand command, out MachineOutcome.Accepted? accepted, out WrittenTransition? written)
    {
        (accepted, written) = (null, null);
        if (command.ExpectedRevision is { } expected && expected != memory.Revision)
        {
            var now = memory.Revision < 0 ? "is not born yet" : $"is at revision {memory.Revision}";
            var wanted = expected < 0 ? "that it is not born yet" : $"revision {expected}";
            return new CommandReply.Refused(
                RefusalKind.Conflict, "stale-revision", $"{actor} {now}; the command expects {wanted}. Look at it again, then decide whether to send the command.");
        }

        return Decide(command, out accepted)
            ?? (accepted!.Events.Count == 0 ? NothingToDo(accepted.State) : Write(command, accepted, out written));
    }

    private CommandReply.Refused Contended(int conflicts) => new(
        RefusalKind.Busy, "contended", $"{actor} is being changed by others; the command was decided {conflicts + 1} times and each time came second. Send it again.",
        services.Options.RetryAfter);

    private CommandReply? Decide(ActorCommand command, out MachineOutcome.Accepted? accepted)
    {
        accepted = null;
        var context = new MachineContext(
            stream.Value, Now(), command.Id.Value, command.Type, command.Principal, memory.Revision + 1, command.SortedRoles);
        MachineOutcome outcome;
        try
        {
            outcome = machine.Decide(memory.State, command.Type, command.Canonical, context);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            services.Log.LogError(e, "The machine of {Actor} failed at '{Command}'.", actor.ToString(), command.Type);
            return Fault("machine-fault", $"threw {e.GetType().Name} at '{command.Type}'");
        }

        switch (outcome)
        {
            case MachineOutcome.Rejected no:
                return new CommandReply.Rejected(no.Rejection.Code, no.Rejection.Message);
            case MachineOutcome.Invalid invalid:
                return new CommandReply.Refused(RefusalKind.Invalid, invalid.Code, invalid.Message);
            case MachineOutcome.Failed failed:
                services.Log.LogError("The machine of {Actor} failed at '{Command}': {Reason}", actor.ToString(), command.Type, failed.Message);
                return new CommandReply.Refused(failed.MayPass ? RefusalKind.Unavailable : RefusalKind.Fault, failed.Code, failed.Message, failed.MayPass ? services.Options.RetryAfter : null);
            default:
                accepted = (MachineOutcome.Accepted)outcome;
                _decidedAt = context.At;
                return null;
        }
    }

    private Timestamp _decidedAt;

    private CommandReply NothingToDo(MachineState state) =>
        memory.State is { } before && (ReferenceEquals(before, state) || before.Bytes.Span.SequenceEqual(state.Bytes.Span))
            ? new CommandReply.Accepted(actor, memory.Revision, 0, memory.Head!.Hash, Repeated: false)
            : Fault("state-without-events", "changed its state without an event");

    private CommandReply.Refused? Write(ActorCommand command, MachineOutcome.Accepted accepted, out WrittenTransition? written)
    {
        written = null;
        foreach (var e in accepted.Events)
        {
            if (e.Type.StartsWith("loom.", StringComparison.Ordinal) || e.Type.StartsWith('$'))
            {
                return Fault("reserved-event-type", $"emitted an event '{e.Type}'; names that begin with loom. or $ are reserved");
            }
        }

        if (accepted.Events.Count > TransitionWriter.MaxEvents)
        {
            return new CommandReply.Refused(
                RefusalKind.TooLarge, "transition-too-large", $"'{command.Type}' would make {accepted.Events.Count} events; one transition has at most {TransitionWriter.MaxEvents}. Split the command.");
        }

        try
        {
            written = TransitionWriter.Write(new TransitionDraft
            {
                Stream = stream,
                Previous = memory.Head,
                ActorType = machine.Manifest.QualifiedType,
                Machine = machine.Manifest.Machine,
                CommandId = command.Id,
                CommandType = command.Type,
                CommandContentType = command.ContentType,
                Command = command.Canonical,
                MayUseBlob = services.Options.Blobs is not null,
                Principal = command.Principal,
                Roles = command.SortedRoles,
                Events = accepted.Events,
                State = accepted.State.Bytes,
                Inputs = command.Inputs,
                Fence = fence,
                At = _decidedAt,
                Correlation = command.Correlation,
                Causation = command.Causation,
                Traceparent = command.OwnTraceparent ?? command.Traceparent,
                Salt = services.NewSalt(),
            });
            return null;
        }
        catch (ArgumentException e)
        {
            return new CommandReply.Refused(RefusalKind.TooLarge, "transition-too-large", e.Message);
        }
    }

    private CommandReply.Refused Fault(string code, string what) => new(
        RefusalKind.Fault, code, $"The machine {machine.Manifest.Machine} of {actor} {what}. Nothing was written; its author has to repair it.");

    // Never earlier than the previous link, whatever the clock does.
    private Timestamp Now()
    {
        var now = new Timestamp(services.Time.GetUtcNow());
        return memory.Head is { } head ? Timestamp.Max(now, head.At) : now;
    }

    private ReadOnlyMemory<byte> UpgradeBody(MachineId from)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>(128);
        var json = new CanonicalJsonWriter(buffer);
        json.StartObject();
        json.Name("from");
        json.String(from.Value);
        json.Name("to");
        json.String(machine.Manifest.Machine.Value);
        json.EndObject();
        return buffer.WrittenMemory;
    }

    private void Snapshot()
    {
        if (_snapshotFailed)
        {
            return;
        }

        try
        {
            var head = memory.Head!;
            services.Snapshots.Store(stream, new Snapshot(head.Hash, head.LastRevision, head.Machine, memory.State!.Bytes, memory.Commands.ToList()));
            memory.SinceSnapshot = 0;
            services.Metrics.SnapshotWritten();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _snapshotFailed = true; // only a cache: say it once per activation and go on
            services.Log.LogWarning(e, "The snapshot of {Actor} could not be written.", actor.ToString());
        }
    }
}
