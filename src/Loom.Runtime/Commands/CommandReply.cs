using Loom.Core;

namespace Loom.Runtime;

/// <summary>How a command ended. Closed: accepted, rejected by the machine, or refused by the platform.</summary>
public abstract record CommandReply
{
    private CommandReply()
    {
    }

    /// <summary>Done, and durable.</summary>
    /// <param name="Actor">The actor.</param>
    /// <param name="Revision">Revision of the last event of its transition; with nothing to do, of the stream.</param>
    /// <param name="Events">How many events it made; 0 when there was nothing to do.</param>
    /// <param name="Link">Its link; with nothing to do, the head's.</param>
    /// <param name="Repeated">Whether this is the first outcome of a command that was sent again.</param>
    public sealed record Accepted(ActorId Actor, long Revision, int Events, Digest Link, bool Repeated) : CommandReply;

    /// <summary>The machine says no; nothing was written, and the same command may be sent again.</summary>
    /// <param name="Code">What programs look at.</param>
    /// <param name="Message">What people read.</param>
    public sealed record Rejected(string Code, string Message) : CommandReply;

    /// <summary>The platform says no.</summary>
    /// <param name="Kind">The kind of refusal; edges map it to their own codes.</param>
    /// <param name="Code">What programs look at.</param>
    /// <param name="Message">What people read: the thing, the reason, the remedy.</param>
    /// <param name="RetryAfter">When it makes sense to try again; null when it does not.</param>
    public sealed record Refused(RefusalKind Kind, string Code, string Message, TimeSpan? RetryAfter = null) : CommandReply;
}

/// <summary>Why the platform refused a command.</summary>
public enum RefusalKind
{
    /// <summary>The command is malformed, or its type is none of the machine's.</summary>
    Invalid,

    /// <summary>No such actor type is registered.</summary>
    NotFound,

    /// <summary>The caller may not send it.</summary>
    Forbidden,

    /// <summary>It contradicts what is there: a stale revision, a command id used for something else.</summary>
    Conflict,

    /// <summary>The command, or what it would write, is too large.</summary>
    TooLarge,

    /// <summary>Too much work at this moment; nothing was written.</summary>
    Busy,

    /// <summary>The runtime or its journal cannot take commands now; the message says whether the outcome is known.</summary>
    Unavailable,

    /// <summary>The machine or its history is faulty; nothing was written.</summary>
    Fault,
}
