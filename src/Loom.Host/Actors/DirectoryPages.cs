using Loom.Runtime;

namespace Loom.Hosting.Actors;

/// <summary>Order of a list of actors.</summary>
internal enum DirectoryOrder
{
    /// <summary>Latest change first.</summary>
    Changed,

    /// <summary>By name.</summary>
    Name,

    /// <summary>Longest history first.</summary>
    Length,
}

/// <summary>Pages of the directory in any order. It keeps one order itself, the latest change; for others all matches are looked at.</summary>
internal static class DirectoryPages
{
    private const int Chunk = 1000;

    public static async Task<DirectoryPage> FindAsync(this ActorDirectory directory, DirectoryQuery wanted, DirectoryOrder order, CancellationToken cancellationToken)
    {
        if (order == DirectoryOrder.Changed)
        {
            return await directory.FindAsync(wanted, cancellationToken);
        }

        var all = new List<DirectoryEntry>();
        DirectoryPage page;
        do
        {
            page = await directory.FindAsync(wanted with { Skip = all.Count, Take = Chunk }, cancellationToken);
            all.AddRange(page.Entries);
        }
        while (page.Entries.Count == Chunk);

        IEnumerable<DirectoryEntry> sorted = order == DirectoryOrder.Name
            ? all.OrderBy(e => e.Actor.ToString(), StringComparer.Ordinal)
            : all.OrderByDescending(e => e.Transitions).ThenBy(e => e.Actor.ToString(), StringComparer.Ordinal);
        return page with { Entries = [.. sorted.Skip(wanted.Skip).Take(wanted.Take)] };
    }
}
