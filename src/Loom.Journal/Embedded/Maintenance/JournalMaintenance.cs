using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using Loom.Core;
using Loom.Journal.Embedded;

namespace Loom.Journal;

/// <summary>What an operator does with a journal's folder: check, count, back up, restore, export, import.</summary>
public static class JournalMaintenance
{
    private const int InFlight = 512;
    private const int MaxLine = 8 << 20;

    /// <summary>Reads everything, checks every checksum, that files and revisions run on; changes nothing. Works while a host writes.</summary>
    /// <exception cref="JournalException">The folder holds no journal.</exception>
    public static Task<CheckReport> CheckAsync(string directory, IProgress<JournalProgress>? progress, CancellationToken cancellationToken) =>
        Task.Run(
            () =>
            {
                var visitor = new CheckVisitor();
                var (segments, bytes) = RecordWalk.Run(LocalDisk.Instance, directory, "checking", visitor, progress, cancellationToken);
                return visitor.Report(segments, bytes);
            },
            cancellationToken);

    /// <summary>Reads everything and counts.</summary>
    /// <exception cref="JournalException">No journal, or a damaged one.</exception>
    public static Task<JournalStats> StatsAsync(string directory, IProgress<JournalProgress>? progress, CancellationToken cancellationToken) =>
        Task.Run(
            () =>
            {
                var visitor = new StatsVisitor();
                var (segments, bytes) = RecordWalk.Run(LocalDisk.Instance, directory, "counting", visitor, progress, cancellationToken);
                return visitor.Report(segments, bytes);
            },
            cancellationToken);

    /// <summary>Copies what is durable now into a new folder, while writing goes on, with further files that belong to it.</summary>
    /// <exception cref="JournalException">The target is not empty.</exception>
    public static Task<BackupReport> BackupAsync(
        SegmentedJournal journal, string target, IReadOnlyList<BackupFile> extra, IProgress<JournalProgress>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(journal);
        ArgumentNullException.ThrowIfNull(extra);
        return Task.Run(() => Backups.Write(journal.Durable, target, extra, progress, cancellationToken), cancellationToken);
    }

    /// <summary>The same for a folder that another process may be writing: all records that are whole when it is opened.</summary>
    /// <exception cref="JournalException">No journal, a damaged one, or the target is not empty.</exception>
    public static async Task<BackupReport> BackupAsync(
        string directory, string target, IReadOnlyList<BackupFile> extra, IProgress<JournalProgress>? progress, CancellationToken cancellationToken)
    {
        await using var journal = await SegmentedJournal.OpenAsync(new SegmentedJournalOptions { Directory = directory, ReadOnly = true }, cancellationToken);
        return await BackupAsync(journal, target, extra, progress, cancellationToken);
    }

    /// <summary>
    /// Copies a backup into an empty folder, comparing every byte with the manifest. The backup's further files go to
    /// <paramref name="extraDirectory"/>; null leaves them. A journal that is older than a published checkpoint is the log's affair, at opening.
    /// </summary>
    /// <exception cref="JournalException">No backup, a damaged one, or the folder is not empty.</exception>
    public static async Task<BackupReport> RestoreAsync(
        string backup, string directory, string? extraDirectory, IProgress<JournalProgress>? progress, CancellationToken cancellationToken)
    {
        var report = await Task.Run(() => Backups.Restore(backup, directory, extraDirectory, progress, cancellationToken), cancellationToken);

        // The restored journal must open, and end where the backup did.
        await using var journal = await SegmentedJournal.OpenAsync(new SegmentedJournalOptions { Directory = directory }, cancellationToken);
        return await journal.LastPositionAsync(cancellationToken) == report.LastPosition
            ? report
            : throw new JournalException(JournalFailure.Corrupt, $"The journal restored to {directory} does not end where the backup did. Use another backup.");
    }

    /// <summary>Writes every event as a line of JSON, in the order of the journal; returns how many.</summary>
    public static async Task<long> ExportAsync(IJournal journal, Stream output, IProgress<JournalProgress>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(journal);
        var last = (long)(await journal.LastPositionAsync(cancellationToken) ?? 0);
        var buffer = new ArrayBufferWriter<byte>(1 << 20);
        await using var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        long count = 0;
        await foreach (var e in journal.ReadAllAsync(Direction.Forwards, 0, long.MaxValue, null, cancellationToken))
        {
            writer.Reset();
            EventLines.Write(writer, e);
            await writer.FlushAsync(cancellationToken);
            buffer.Write("\n"u8);
            count++;
            if (buffer.WrittenCount >= 1 << 19)
            {
                await output.WriteAsync(buffer.WrittenMemory, cancellationToken);
                buffer.ResetWrittenCount();
                progress?.Report(new JournalProgress("exporting", (long)e.Position, last));
            }
        }

        await output.WriteAsync(buffer.WrittenMemory, cancellationToken);
        await output.FlushAsync(cancellationToken);
        progress?.Report(new JournalProgress("exporting", last, last));
        return count;
    }

    /// <summary>
    /// Reads lines as <see cref="ExportAsync"/> writes them into an empty journal. Streams, revisions, ids, times and the order of all events
    /// stay; positions are the new journal's own. Events that were appended together are appended together again.
    /// </summary>
    /// <exception cref="JournalException">The journal is not empty, or a line is no event; the message has the line's number.</exception>
    public static async Task<long> ImportAsync(SegmentedJournal journal, Stream input, IProgress<JournalProgress>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(journal);
        if (await journal.LastPositionAsync(cancellationToken) is not null)
        {
            throw new JournalException(JournalFailure.Refused, $"The journal in {journal.Directory} is not empty; an import would mix two histories. Name a new folder.");
        }

        var import = new ImportQueue(journal, InFlight);
        var reader = PipeReader.Create(input, new StreamPipeReaderOptions(bufferSize: 1 << 16, leaveOpen: true));
        long line = 0;
        while (true)
        {
            var result = await reader.ReadAsync(cancellationToken);
            var buffer = result.Buffer;
            while (TryLine(ref buffer, result.IsCompleted, out var text))
            {
                line++;
                if (!text.IsEmpty)
                {
                    await import.AddAsync(Parse(text, line), line, cancellationToken);
                }

                if (line % 10_000 == 0)
                {
                    progress?.Report(new JournalProgress("importing", line, 0));
                }
            }

            if (buffer.Length > MaxLine)
            {
                throw new JournalException(JournalFailure.Refused, $"Line {line + 1} is longer than {MaxLine} bytes, which no event is. Nothing after line {line} was imported.");
            }

            reader.AdvanceTo(buffer.Start, buffer.End);
            if (result.IsCompleted)
            {
                break;
            }
        }

        await reader.CompleteAsync();
        await import.CompleteAsync(cancellationToken);
        progress?.Report(new JournalProgress("importing", line, line));
        return import.Count;
    }

    private static RecordedEvent Parse(ReadOnlySequence<byte> text, long line)
    {
        try
        {
            return EventLines.Read(text);
        }
        catch (FormatException e)
        {
            throw new JournalException(JournalFailure.Refused, $"Line {line} is no event: {e.Message} Export again, or mend the line, and import into a new folder.", e);
        }
    }

    private static bool TryLine(ref ReadOnlySequence<byte> buffer, bool isEnd, out ReadOnlySequence<byte> line)
    {
        if (buffer.PositionOf((byte)'\n') is { } end)
        {
            line = buffer.Slice(0, end);
            buffer = buffer.Slice(buffer.GetPosition(1, end));
            return true;
        }

        line = buffer;
        if (!isEnd || buffer.IsEmpty)
        {
            return false;
        }

        buffer = buffer.Slice(buffer.End);
        return true;
    }
}
