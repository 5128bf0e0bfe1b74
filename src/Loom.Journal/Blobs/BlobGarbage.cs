using Loom.Core;

namespace Loom.Journal.Blobs;

/// <summary>How long blobs of an area that no event names are kept.</summary>
/// <param name="Area">The area, with all areas below it; empty for every area. The longest that fits decides.</param>
/// <param name="KeepFor">Since they were put last; null for ever.</param>
public sealed record BlobRule(string Area, TimeSpan? KeepFor)
{
    /// <summary>Whether the rule is about an area.</summary>
    public bool Covers(string area) => Area.Length == 0 || area == Area || area.StartsWith(Area + "/", StringComparison.Ordinal);
}

/// <summary>What was found in an area.</summary>
/// <param name="Area">The area.</param>
/// <param name="Blobs">All its blobs.</param>
/// <param name="Named">Of these, named by an event of the journal.</param>
/// <param name="Young">Named by none, and not old enough.</param>
/// <param name="Garbage">Named by none, and older than the rule says.</param>
/// <param name="GarbageBytes">Bytes of those.</param>
public sealed record BlobAreaGarbage(string Area, long Blobs, long Named, long Young, long Garbage, long GarbageBytes);

/// <summary>What a collection found and did.</summary>
/// <param name="Areas">By area.</param>
/// <param name="Removed">Blobs removed; 0 in a dry run.</param>
/// <param name="EncryptedCommands">Whether encrypted transitions may name blobs unseen, so that bodies of commands were left alone.</param>
public sealed record BlobGarbageReport(IReadOnlyList<BlobAreaGarbage> Areas, long Removed, bool EncryptedCommands);

/// <summary>Removes blobs that no event of a journal names, once they are old enough. Anything that looks like a blob's hash in an event names it.</summary>
public static class BlobGarbage
{
    /// <summary>How long unnamed blobs are kept where no rule says otherwise.</summary>
    public static TimeSpan KeepFor { get; } = TimeSpan.FromDays(30);

    /// <summary>
    /// Looks, and removes when asked to. Who removes makes sure that no host writes the journal meanwhile: a blob is put before the event
    /// that names it.
    /// </summary>
    /// <exception cref="BlobException">The store cannot be read or written now.</exception>
    /// <exception cref="JournalException">The journal cannot be read.</exception>
    public static async Task<BlobGarbageReport> CollectAsync(
        IJournal journal, IBlobStore store, IReadOnlyList<BlobRule> rules, DateTimeOffset now, bool remove, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(journal);
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(rules);
        var blobs = new List<BlobInfo>();
        await foreach (var blob in store.AllAsync("", cancellationToken))
        {
            blobs.Add(blob);
        }

        var naming = new BlobNaming(blobs.Select(b => b.Name.Content).ToHashSet());
        await foreach (var e in journal.ReadAllAsync(Direction.Forwards, 0, long.MaxValue, null, cancellationToken))
        {
            naming.Accept(e);
        }

        var areas = new List<BlobAreaGarbage>();
        long removed = 0;
        foreach (var area in blobs.GroupBy(b => b.Name.Area).OrderBy(a => a.Key, StringComparer.Ordinal))
        {
            var unnamed = area.Where(b => !IsNamed(b.Name, naming)).ToArray();
            var garbage = unnamed.Where(b => RuleOf(area.Key, rules) is { } keepFor && now - b.Stored > keepFor).ToArray();
            areas.Add(new BlobAreaGarbage(area.Key, area.Count(), area.Count() - unnamed.Length, unnamed.Length - garbage.Length, garbage.Length, garbage.Sum(b => b.Length)));
            foreach (var blob in remove ? garbage : [])
            {
                removed += await store.DeleteAsync(blob.Name, cancellationToken) ? 1 : 0;
            }
        }

        return new BlobGarbageReport(areas, removed, naming.AnyEncrypted);
    }

    private static bool IsNamed(BlobName name, BlobNaming naming) =>
        naming.Mentioned.Contains(name.Content) || (naming.AnyEncrypted && name.Area == BlobAreas.Commands);

    private static TimeSpan? RuleOf(string area, IReadOnlyList<BlobRule> rules)
    {
        var rule = rules.Where(r => r.Covers(area)).MaxBy(r => r.Area.Length);
        return rule is null ? KeepFor : rule.KeepFor;
    }
}
