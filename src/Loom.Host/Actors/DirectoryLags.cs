using Loom.Journal;
using Loom.Runtime;

namespace Loom.Hosting.Actors;

/// <summary>The directory's lag as a number of events, for people; counted up to a bound, since positions are not counts.</summary>
internal static class DirectoryLags
{
    public const int Bound = 1_000;

    public static async Task<long> EventsAsync(IJournal journal, DirectoryLag lag, CancellationToken cancellationToken)
    {
        if (lag.CaughtUp || lag.Head is null || lag.Position >= lag.Head)
        {
            return 0;
        }

        long behind = 0;
        await foreach (var _ in journal.ReadAllAsync(Direction.Forwards, lag.Position is { } p ? p + 1 : 0, Bound, null, cancellationToken))
        {
            behind++;
        }

        return behind;
    }
}
