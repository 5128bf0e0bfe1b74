using Loom.Core;

namespace Loom.Journal;

/// <summary>Streams of which nothing may be hidden, for every implementation of the port.</summary>
public static class ProtectedStreams
{
    /// <summary>What can be said by the name alone.</summary>
    /// <exception cref="JournalException">The stream is one of Loom's own, or the event store's.</exception>
    public static void Check(StreamName stream, string what)
    {
        if (stream.IsLoom || stream.IsSystem)
        {
            throw AppendRules.Refused(
                $"{what} of '{stream}' is refused: {(stream.IsLoom ? "Loom's own streams keep every event" : "names that begin with $ control other streams")}. Choose another stream.");
        }
    }

    /// <summary>The refusal for an actor stream.</summary>
    public static JournalException ActorStream(StreamName stream, string what) =>
        AppendRules.Refused($"{what} of '{stream}' is refused: it is an actor stream, whose history nobody may hide. Export and verify it, and leave it in place.");
}
