using System.Globalization;
using Loom.Journal;

namespace Loom.Hosting.Operations;

/// <summary>What an operator may want to know of the journal's files.</summary>
internal sealed class JournalFigures(SegmentedJournal journal, DataFolder data)
{
    public IReadOnlyDictionary<string, string> Read()
    {
        var files = new DirectoryInfo(journal.Directory).EnumerateFiles("*", SearchOption.AllDirectories).ToList();
        var figures = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["kind"] = "embedded",
            ["folder"] = journal.Directory,
            ["files"] = files.Count.ToString(CultureInfo.InvariantCulture),
            ["bytes"] = files.Sum(f => f.Length).ToString(CultureInfo.InvariantCulture),
            ["free bytes on disk"] = new DriveInfo(data.Root).AvailableFreeSpace.ToString(CultureInfo.InvariantCulture),
        };
        if (journal.Recovery is { } recovery)
        {
            figures["recovery at start"] = recovery.ToString()!;
        }

        return figures;
    }
}
