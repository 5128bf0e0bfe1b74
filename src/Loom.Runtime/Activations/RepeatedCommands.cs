using Loom.Core;
using Loom.Journal;

namespace Loom.Runtime;

/// <summary>Answers a command whose id the stream has: with the first outcome when it is the same command, else with a refusal.</summary>
internal sealed class RepeatedCommands(IJournal journal)
{
    public async Task<CommandReply> AnswerAsync(ActorCommand command, long lastRevision, CancellationToken cancellationToken)
    {
        await foreach (var e in journal.ReadStreamAsync(command.Actor.Stream, Direction.Forwards, lastRevision, 1, cancellationToken))
        {
            if (StreamFold.Read(e) is { } read && read.Link.Command.Id == command.Id)
            {
                return Answer(command, read.Link, read.Opening);
            }
        }

        throw new HistoryException(
            command.Actor.Stream, lastRevision, "history-unreadable", $"the transition of command '{command.Id}' is not where it was.");
    }

    private static CommandReply Answer(ActorCommand command, Link link, Opening opening)
    {
        // The link holds the body's salted digest: equal digests are equal bodies, and nothing has to be kept for it.
        var same = link.Command.Type == command.Type
            && link.Command.ContentType == command.ContentType
            && opening.PartSalt(Salts.Command) is { } salt
            && Salts.DigestOf(salt, command.Canonical.Span) == link.Command.Digest;
        return same
            ? new CommandReply.Accepted(command.Actor, link.LastRevision, link.Count, link.Hash, Repeated: true)
            : new CommandReply.Refused(
                RefusalKind.Conflict, "command-id-reused",
                $"The command id '{command.Id}' was used for another command of {command.Actor} (at revision {link.Revision}). Send this one under a new id.");
    }
}
