using System.Globalization;
using Loom.Cli.Output;
using Loom.Journal;
using Loom.Journal.Blobs;

namespace Loom.Cli.Commands;

/// <summary>What the journal commands do. Apart from their declaration, so that declaring them loads no journal.</summary>
internal static class JournalWork
{
    private const string Keys = "keys";
    private const string Origin = "log-origin";
    private const string Blobs = "blobs";

    public static async Task<int> CheckAsync(Invocation i, string data, CancellationToken cancellationToken)
    {
        CheckReport report;
        using (var progress = new JournalProgressLine(i, "Checking", "bytes"))
        {
            report = await JournalMaintenance.CheckAsync(JournalOf(data), BlobsOf(data), progress, cancellationToken);
        }

        if (i.Json)
        {
            i.WriteJson(report);
            return report.IsSound ? ExitCodes.Ok : ExitCodes.SaidNo;
        }

        i.Line($"{Counted.Of(report.Events, "event")} in {Counted.Of(report.Streams, "stream")}, {Counted.Of(report.Segments, "segment")}, {Counted.Of(report.Bytes, "byte")}");
        if (report.Blobs > 0)
        {
            i.Line($"{Counted.Of(report.Blobs, "blob")} named by events, {Counted.Of(report.BlobBytes, "byte")}");
        }

        if (report.TornTailBytes > 0)
        {
            i.Line(Text($"The last {report.TornTailBytes:N0} bytes are an unfinished write: never acknowledged, cut off at the next start. No damage."));
        }

        foreach (var damage in report.Damage)
        {
            i.Line(Printable.Line(Blob(damage.File) ? $"DAMAGE {damage.File}: {damage.What}" : $"DAMAGE {damage.File} at {damage.Offset}: {damage.What}"));
        }

        i.Line(report.IsSound ? "Sound." : "Damaged. Remedy: keep this folder as it is, and restore a backup into a new one ('loom journal restore').");
        return report.IsSound ? ExitCodes.Ok : ExitCodes.SaidNo;
    }

    public static async Task<int> StatsAsync(Invocation i, string data, CancellationToken cancellationToken)
    {
        Loom.Journal.JournalStats stats;
        using (var progress = new JournalProgressLine(i, "Counting", "bytes"))
        {
            stats = await JournalMaintenance.StatsAsync(JournalOf(data), progress, cancellationToken);
        }

        if (i.Json)
        {
            i.WriteJson(stats);
            return ExitCodes.Ok;
        }

        i.Line($"{Counted.Of(stats.Events, "event")} in {Counted.Of(stats.Appends, "append")}, {Counted.Of(stats.Streams, "stream")}, {Counted.Of(stats.Segments, "segment")}, {Counted.Of(stats.Bytes, "byte")}");
        if (stats is { First: { } first, Last: { } last })
        {
            i.Line($"{Times.Short(first)} to {Times.Short(last)}, last position {stats.LastPosition}");
        }

        var table = new Table("STREAMS NAMED", "STREAMS", "EVENTS");
        foreach (var category in stats.Categories)
        {
            table.Add(category.Name, category.Streams, category.Events);
        }

        table.Write(i);
        return ExitCodes.Ok;
    }

    public static async Task<int> BackupAsync(Invocation i, string data, string target, CancellationToken cancellationToken)
    {
        var keys = Path.Combine(data, Keys);
        List<BackupFile> extra = Directory.Exists(keys)
            ? [.. Directory.EnumerateFiles(keys).Order(StringComparer.Ordinal).Select(f => new BackupFile(f, $"{Keys}/{Path.GetFileName(f)}"))]
            : [];
        if (File.Exists(Path.Combine(data, Origin)))
        {
            extra.Add(new BackupFile(Path.Combine(data, Origin), Origin));
        }

        using var progress = new JournalProgressLine(i, "Backing up", "bytes");
        return Show(i, "Backed up to", target, await JournalMaintenance.BackupAsync(JournalOf(data), target, extra, BlobsOf(data), progress, cancellationToken));
    }

    public static async Task<int> RestoreAsync(Invocation i, string backup, string data, CancellationToken cancellationToken)
    {
        RefuseServed(data);
        BackupReport report;
        using (var progress = new JournalProgressLine(i, "Restoring", "bytes"))
        {
            Directory.CreateDirectory(data);
            report = await JournalMaintenance.RestoreAsync(backup, FolderOf(data), data, new FileBlobStore(Path.Combine(data, Blobs)), progress, cancellationToken);
        }

        MakeKeysPrivate(Path.Combine(data, Keys));
        return Show(i, "Restored to", data, report);
    }

    public static async Task<int> ExportAsync(Invocation i, string data, string output, bool force, CancellationToken cancellationToken)
    {
        await using var journal = await SegmentedJournal.OpenAsync(new SegmentedJournalOptions { Directory = JournalOf(data), ReadOnly = true }, cancellationToken);
        if (output == "-")
        {
            await using var standard = Console.OpenStandardOutput();
            var written = await JournalMaintenance.ExportAsync(journal, standard, BlobsOf(data), null, cancellationToken);
            foreach (var missing in written.Missing)
            {
                i.Error.WriteLine(Printable.Line($"MISSING {missing}"));
            }

            return written.Missing.Count == 0 ? ExitCodes.Ok : ExitCodes.SaidNo;
        }

        var lines = new LinesReport(0, 0);
        using (var progress = new JournalProgressLine(i, "Exporting", "positions"))
        {
            await OutputFile.WriteAsync(output, force, async (stream, ct) => lines = await JournalMaintenance.ExportAsync(journal, stream, BlobsOf(data), progress, ct), cancellationToken);
        }

        return Done(i, output, lines);
    }

    public static async Task<int> ImportAsync(Invocation i, string data, string file, CancellationToken cancellationToken)
    {
        RefuseServed(data);
        await using var input = file == "-" ? Console.OpenStandardInput() : File.OpenRead(file);
        LinesReport lines;
        await using (var journal = await SegmentedJournal.OpenAsync(new SegmentedJournalOptions { Directory = FolderOf(data) }, cancellationToken))
        {
            using var progress = new JournalProgressLine(i, "Importing", "lines");
            lines = await JournalMaintenance.ImportAsync(journal, input, new FileBlobStore(Path.Combine(data, Blobs)), progress, cancellationToken);
        }

        return Done(i, data, lines);
    }

    private static int Show(Invocation i, string what, string place, BackupReport report)
    {
        if (i.Json)
        {
            i.WriteJson(report);
        }
        else
        {
            i.Line(Text($"{what} {place}: {Counted.Of(report.Files, "file")}, {Counted.Of(report.Bytes, "byte")}, last position {report.LastPosition?.ToString(CultureInfo.InvariantCulture) ?? "none"}"));
        }

        return Missing(i, report.Missing);
    }

    /// <summary>A host refuses keys that others can read.</summary>
    private static void MakeKeysPrivate(string folder)
    {
        if (OperatingSystem.IsWindows() || !Directory.Exists(folder))
        {
            return;
        }

        foreach (var key in Directory.EnumerateFiles(folder))
        {
            File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    private static int Done(Invocation i, string place, LinesReport lines)
    {
        if (i.Json)
        {
            i.WriteJson(new { place, events = lines.Events, blobs = lines.Blobs, missing = lines.Missing });
        }
        else
        {
            i.Line($"{place}: {Counted.Of(lines.Events, "event")}{(lines.Blobs > 0 ? $", {Counted.Of(lines.Blobs, "blob")}" : "")}");
        }

        return Missing(i, lines.Missing);
    }

    // What the journal names and nobody has any more: the rest is whole, and the caller is told.
    private static int Missing(Invocation i, IReadOnlyList<string> missing)
    {
        foreach (var blob in i.Json ? [] : missing)
        {
            i.Line(Printable.Line($"MISSING {blob}"));
        }

        return missing.Count == 0 ? ExitCodes.Ok : ExitCodes.SaidNo;
    }

    private static bool Blob(string name) => BlobName.TryParse(name, out _);

    /// <summary>The blobs beside a data folder's journal.</summary>
    internal static FileBlobStore BlobsOf(string data) =>
        new(Path.Combine(Directory.Exists(FolderOf(data)) ? data : Path.GetDirectoryName(Path.GetFullPath(data)) ?? data, Blobs));

    /// <summary>The journal's folder within a data folder; a journal's own folder is taken too.</summary>
    internal static string JournalOf(string data)
    {
        var folder = FolderOf(data);
        RefuseServed(data);
        if (!Directory.Exists(folder))
        {
            folder = data;
        }

        return Directory.Exists(folder) ? folder
            : throw new CliException(ExitCodes.Malformed, $"{data} is no data folder.", File.Exists(data) ? "It is a file." : "It does not exist.", "Name it with --data or LOOM_DATA.");
    }

    private static void RefuseServed(string data)
    {
        if (Path.Combine(data, "journal-server") is var mark && File.Exists(mark))
        {
            throw new CliException(
                ExitCodes.SaidNo, $"{data} holds no journal.", $"Its host keeps it on {File.ReadAllText(mark)}.",
                "Ask that server: EventStoreDB's own tools for backup and checks, or this command on the data folder of the host that serves it.");
        }
    }

    private static string FolderOf(string data) => Path.Combine(data, "journal");

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
