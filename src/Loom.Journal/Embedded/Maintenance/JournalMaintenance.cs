using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using Loom.Core;
using Loom.Journal.Blobs;
using Loom.Journal.Embedded;

namespace Loom.Journal;

/// <summary>What an operator does with a journal's folder: check, count, scavenge, back up, restore, export, import.</summary>
public static class JournalMaintenance
{
    private const int InFlight = 512;
    private const int MaxLine = 96 << 20;

    /// <summary>
    /// Reads everything, checks every checksum, that files and revisions run on, and that each blob the journal names is there, is what its
    /// name says and opens the link's digest; changes nothing. Works while a host writes.
    /// </summary>
    /// <exception cref="JournalException">The folder holds no journal.</exception>
    public static async Task<CheckReport> CheckAsync(string directory, IBlobStore? blobs, IProgress<JournalProgress>? progress, CancellationToken cancellationToken)
    {
        var naming = new BlobNaming(await StoredBlobs.BesideCommandsAsync(blobs, cancellationToken));
        var visitor = new CheckVisitor(naming);
        var (segments, bytes) = await Task.Run(
            () => RecordWalk.Run(LocalDisk.Instance, directory, "checking", visitor, progress, cancellationToken), cancellationToken);
        long good = 0, goodBytes = 0;
        await foreach (var (name, content, problem) in NamedBlobs.ReadAsync(blobs, naming, cancellationToken))
        {
            if (problem is not null)
            {
                visitor.Damage(name.ToString(), 0, problem);
            }
            else if (content is { } found)
            {
                (good, goodBytes) = (good + 1, goodBytes + found.Length);
            }
        }

        return visitor.Report(segments, bytes) with { Blobs = good, BlobBytes = goodBytes };
    }

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

    /// <summary>
    /// Scavenges the journal in a folder that no host has open. Which types a host registers is not known here: streams of a type of which some
    /// stream begins with a link keep everything, and so do those of <paramref name="actorTypes"/>.
    /// </summary>
    /// <exception cref="JournalException">No journal, a damaged one, one in use, or a full disk.</exception>
    public static async Task<ScavengeReport> ScavengeAsync(
        string directory, IReadOnlyCollection<string> actorTypes, ScavengeRequest request, IProgress<JournalProgress>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(actorTypes);
        ArgumentNullException.ThrowIfNull(request);
        var types = new ActorTypesVisitor(actorTypes);
        await Task.Run(() => RecordWalk.Run(LocalDisk.Instance, directory, "looking for actors", types, null, cancellationToken), cancellationToken);
        var options = new SegmentedJournalOptions { Directory = directory, IsActorStream = types.IsActorStream, ReadOnly = request.DryRun };
        await using var journal = await SegmentedJournal.OpenAsync(options, cancellationToken);
        return await journal.ScavengeAsync(request, progress, cancellationToken);
    }

    /// <summary>Copies what is durable now into a new folder, while writing goes on, with the blobs that it names and further files that belong to it.</summary>
    /// <exception cref="JournalException">The target is not empty.</exception>
    public static Task<BackupReport> BackupAsync(
        SegmentedJournal journal, string target, IReadOnlyList<BackupFile> extra, IBlobStore? blobs, IProgress<JournalProgress>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(journal);
        ArgumentNullException.ThrowIfNull(extra);
        return Task.Run(() => Backups.WriteAsync(journal.Durable, () => journal.Durable, target, extra, blobs, progress, cancellationToken), cancellationToken);
    }

    /// <summary>The same for a folder that another process may be writing: all records that are whole when it is opened.</summary>
    /// <exception cref="JournalException">No journal, a damaged one, or the target is not empty.</exception>
    public static async Task<BackupReport> BackupAsync(
        string directory, string target, IReadOnlyList<BackupFile> extra, IBlobStore? blobs, IProgress<JournalProgress>? progress, CancellationToken cancellationToken)
    {
        await using var journal = await SegmentedJournal.OpenAsync(new SegmentedJournalOptions { Directory = directory, ReadOnly = true }, cancellationToken);
        return await BackupAsync(journal, target, extra, blobs, progress, cancellationToken);
    }

    /// <summary>
    /// Copies a backup into an empty folder, comparing every byte with the manifest. The backup's further files go to
    /// <paramref name="extraDirectory"/>, its blobs to <paramref name="blobs"/>; null leaves them. A journal that is older than a published checkpoint is the log's affair, at opening.
    /// </summary>
    /// <exception cref="JournalException">No backup, a damaged one, or the folder is not empty.</exception>
    public static async Task<BackupReport> RestoreAsync(
        string backup, string directory, string? extraDirectory, IBlobStore? blobs, IProgress<JournalProgress>? progress, CancellationToken cancellationToken)
    {
        var report = await Task.Run(() => Backups.RestoreAsync(backup, directory, extraDirectory, blobs, progress, cancellationToken), cancellationToken);

        // The restored journal must open, and end where the backup did.
        await using var journal = await SegmentedJournal.OpenAsync(new SegmentedJournalOptions { Directory = directory }, cancellationToken);
        return await journal.LastPositionAsync(cancellationToken) == report.LastPosition
            ? report
            : throw new JournalException(JournalFailure.Corrupt, $"The journal restored to {directory} does not end where the backup did. Use another backup.");
    }

    /// <summary>
    /// Writes every event as a line of JSON, in the order of the journal, and before the first event that names a blob a line with that blob.
    /// </summary>
    public static async Task<LinesReport> ExportAsync(IJournal journal, Stream output, IBlobStore? blobs, IProgress<JournalProgress>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(journal);
        var last = (long)(await journal.LastPositionAsync(cancellationToken) ?? 0);
        var buffer = new ArrayBufferWriter<byte>(1 << 20);
        await using var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        long count = 0;
        var carried = new ExportedBlobs(blobs, await StoredBlobs.BesideCommandsAsync(blobs, cancellationToken));
        await foreach (var e in journal.ReadAllAsync(Direction.Forwards, 0, long.MaxValue, null, cancellationToken))
        {
            foreach (var (name, content) in await carried.BeforeAsync(e, cancellationToken))
            {
                writer.Reset();
                EventLines.WriteBlob(writer, name, content.Span);
                await writer.FlushAsync(cancellationToken);
                buffer.Write("\n"u8);
            }

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
        return new LinesReport(count, carried.Count) { Missing = carried.Missing };
    }

    /// <summary>
    /// Reads lines as <see cref="ExportAsync"/> writes them into an empty journal. Streams, revisions, ids, times and the order of all events
    /// stay; positions are the new journal's own. Events that were appended together are appended together again. A blob is stored before the
    /// event that names it is appended; an event whose command's body is nowhere is refused.
    /// </summary>
    /// <exception cref="JournalException">The journal is not empty, or a line is no event; the message has the line's number.</exception>
    public static async Task<LinesReport> ImportAsync(SegmentedJournal journal, Stream input, IBlobStore? blobs, IProgress<JournalProgress>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(journal);
        if (await journal.LastPositionAsync(cancellationToken) is not null)
        {
            throw new JournalException(JournalFailure.Refused, $"The journal in {journal.Directory} is not empty; an import would mix two histories. Name a new folder.");
        }

        var import = new ImportQueue(journal, InFlight);
        var carried = new ImportedBlobs(blobs);
        var reader = PipeReader.Create(input, new StreamPipeReaderOptions(bufferSize: 1 << 16, leaveOpen: true));
        long line = 0;
        while (true)
        {
            var result = await reader.ReadAsync(cancellationToken);
            var buffer = result.Buffer;
            while (TryLine(ref buffer, result.IsCompleted, out var text))
            {
                line++;
                if (EventLines.IsBlob(text))
                {
                    await carried.PutAsync(text, line, cancellationToken);
                }
                else if (!text.IsEmpty)
                {
                    var e = Parse(text, line);
                    await carried.CheckAsync(e, line, cancellationToken);
                    await import.AddAsync(e, line, cancellationToken);
                }

                if (line % 10_000 == 0)
                {
                    progress?.Report(new JournalProgress("importing", line, 0));
                }
            }

            if (buffer.Length > MaxLine)
            {
                throw new JournalException(JournalFailure.Refused, $"Line {line + 1} is longer than {MaxLine} bytes, which no event and no blob is. Nothing after line {line} was imported.");
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
        return new LinesReport(import.Count, carried.Count);
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
