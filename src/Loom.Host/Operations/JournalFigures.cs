using System.Globalization;
using Loom.Hosting.EventStore;
using Loom.Journal;

namespace Loom.Hosting.Operations;

/// <summary>What an operator may want to know of the journal: its files, or the server that has it.</summary>
internal sealed class JournalFigures(OpenJournal opened, DataFolder data, ServedStreams served)
{
    /// <summary><c>embedded</c> or <c>eventStoreDb</c>.</summary>
    public string Kind => opened.Server is null ? "embedded" : "eventStoreDb";

    /// <summary>The folder or the server.</summary>
    public string Place => opened.Server ?? data.Journal;

    public IReadOnlyDictionary<string, string> Read()
    {
        var figures = new Dictionary<string, string>(StringComparer.Ordinal) { ["kind"] = Kind };
        if (opened.Embedded is { } embedded)
        {
            AddFiles(figures, embedded);
        }
        else
        {
            figures["server"] = Place;
        }

        figures["free bytes on disk"] = new DriveInfo(data.Root).AvailableFreeSpace.ToString(CultureInfo.InvariantCulture);
        if (served.Addresses.Count > 0)
        {
            figures["served to EventStoreDB's clients at"] = string.Join(", ", served.Addresses);
        }

        if (opened.Embedded?.Recovery is { } recovery)
        {
            figures["recovery at start"] = recovery.ToString()!;
        }

        return figures;
    }

    private static void AddFiles(Dictionary<string, string> figures, SegmentedJournal journal)
    {
        var files = new DirectoryInfo(journal.Directory).EnumerateFiles("*", SearchOption.AllDirectories).ToList();
        figures["folder"] = journal.Directory;
        figures["files"] = files.Count.ToString(CultureInfo.InvariantCulture);
        figures["bytes"] = files.Sum(f => f.Length).ToString(CultureInfo.InvariantCulture);
    }
}
