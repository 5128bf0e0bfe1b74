using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Loom.Journal.Blobs;

namespace Loom.Journal.Embedded;

/// <summary>Copies a journal's durable prefix into a folder, and back. The manifest is written last: without it there is no backup.</summary>
internal static class Backups
{
    public const string Manifest = "backup.json";
    private const string Extra = "extra";
    private const int Chunk = 1 << 20;
    private const int MaxManifest = 64 << 20;

    private const string Blobs = "blobs/";

    public static async Task<BackupReport> WriteAsync(
        Durable durable, Func<Durable> now, string target, IReadOnlyList<BackupFile> extra, IBlobStore? blobs, IProgress<JournalProgress>? progress, CancellationToken cancellationToken)
    {
        RefuseFilled(target);
        Directory.CreateDirectory(target);
        var files = new List<ManifestFile>();
        long total = (long)durable.End;
        long done = 0;
        for (var i = 0; i < durable.Segments.Length; i++)
        {
            using var held = SegmentHold.Take(durable, i, now);
            var name = SegmentHeader.FileName(held.Segment.Start);
            using var source = new SegmentStream(held.Segment.File, durable.LimitOf(i));
            files.Add(Copy(source, target, name, bytes => progress?.Report(new JournalProgress("copying segments", done += bytes, total)), cancellationToken));
        }

        foreach (var file in extra)
        {
            using var source = new FileStream(file.Source, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            files.Add(Copy(source, target, $"{Extra}/{Checked(file.Name)}", _ => { }, cancellationToken));
        }

        var missing = await AddBlobsAsync(blobs, target, files, cancellationToken);
        var manifest = new BackupManifest(1, durable.End, durable.LastPosition, files);
        var json = JsonSerializer.SerializeToUtf8Bytes(manifest, BackupJson.Default.BackupManifest);
        Copy(new MemoryStream(json), target, Manifest, _ => { }, cancellationToken);
        SyncFolders(target);
        return new BackupReport(files.Count, files.Sum(f => f.Length), durable.LastPosition) { Missing = missing };
    }

    // After the events are copied: a blob is durable before the event that names it, so each one named there is in the store by now.
    private static async Task<List<string>> AddBlobsAsync(IBlobStore? blobs, string target, List<ManifestFile> files, CancellationToken cancellationToken)
    {
        var missing = new List<string>();
        var naming = new BlobNaming(await StoredBlobs.BesideCommandsAsync(blobs, cancellationToken));
        RecordWalk.Run(LocalDisk.Instance, target, "looking for blobs", new BlobNamingVisitor(naming), null, cancellationToken);
        await foreach (var (name, content, problem) in NamedBlobs.ReadAsync(blobs, naming, cancellationToken))
        {
            if (content is { } bytes)
            {
                using var source = new MemoryStream(bytes.ToArray(), writable: false);
                files.Add(Copy(source, target, Blobs + name, _ => { }, cancellationToken));
            }
            else if (problem is not null)
            {
                missing.Add($"{name}: {problem}");
            }
        }

        return missing;
    }

    public static async Task<BackupReport> RestoreAsync(
        string backup, string directory, string? extraDirectory, IBlobStore? blobs, IProgress<JournalProgress>? progress, CancellationToken cancellationToken)
    {
        var path = Path.Combine(backup, Manifest);
        if (!File.Exists(path) || new FileInfo(path).Length > MaxManifest)
        {
            throw new JournalException(JournalFailure.Refused, $"{backup} holds no finished backup: {Manifest} is missing or too large. Name the folder that 'loom journal backup' made.");
        }

        RefuseFilled(directory);
        var manifest = Read(path);
        var total = manifest.Files.Sum(f => f.Length);
        long done = 0;
        Directory.CreateDirectory(directory);
        foreach (var file in manifest.Files)
        {
            if (file.Name.StartsWith(Blobs, StringComparison.Ordinal))
            {
                await RestoreBlobAsync(backup, file, blobs, cancellationToken);
                continue;
            }

            var isExtra = file.Name.StartsWith(Extra + "/", StringComparison.Ordinal);
            if ((isExtra && extraDirectory is null) || (!isExtra && !SegmentHeader.TryFileName(file.Name, out _)))
            {
                continue;
            }

            var (folder, name) = isExtra ? (extraDirectory!, file.Name[(Extra.Length + 1)..]) : (directory, file.Name);
            using var source = OpenPart(backup, Checked(file.Name));
            var copied = Copy(source, folder, Checked(name), bytes => progress?.Report(new JournalProgress("restoring", done += bytes, total)), cancellationToken);
            if (copied.Length != file.Length || copied.Sha256 != file.Sha256)
            {
                throw new JournalException(
                    JournalFailure.Corrupt, $"{Path.Combine(backup, file.Name)} is not what the backup's manifest says. Use another backup; {directory} is incomplete, delete it.");
            }
        }

        SyncFolders(directory);
        return new BackupReport(manifest.Files.Count, total, manifest.LastPosition);
    }

    private static async Task RestoreBlobAsync(string backup, ManifestFile file, IBlobStore? blobs, CancellationToken cancellationToken)
    {
        if (!BlobName.TryParse(file.Name[Blobs.Length..], out var name))
        {
            throw new JournalException(JournalFailure.Refused, $"'{file.Name}' in the manifest of {backup} is no blob's name. Use another backup.");
        }

        if (blobs is null)
        {
            return;
        }

        await using var source = OpenPart(backup, Checked(file.Name));
        if (source.Length != file.Length || source.Length > blobs.MaxBytes)
        {
            throw new JournalException(JournalFailure.Corrupt, $"{Path.Combine(backup, file.Name)} is not as long as the backup's manifest says. Use another backup.");
        }

        var content = new byte[source.Length];
        await source.ReadExactlyAsync(content, cancellationToken);
        try
        {
            await blobs.PutAsync(name, content, cancellationToken);
        }
        catch (BlobException e)
        {
            throw new JournalException(e.Failure == BlobFailure.WrongContent ? JournalFailure.Corrupt : JournalFailure.Unavailable, $"{Path.Combine(backup, file.Name)} cannot be restored: {e.Message}", e);
        }
    }

    private static FileStream OpenPart(string backup, string name)
    {
        try
        {
            return new FileStream(Path.Combine(backup, name), FileMode.Open, FileAccess.Read, FileShare.Read);
        }
        catch (FileNotFoundException e)
        {
            throw new JournalException(JournalFailure.Corrupt, $"The backup {backup} lacks {name}. Use another backup.", e);
        }
    }

    private static BackupManifest Read(string path)
    {
        try
        {
            var manifest = JsonSerializer.Deserialize(File.ReadAllBytes(path), BackupJson.Default.BackupManifest);
            return manifest is { V: 1, Files: not null } ? manifest : throw new JsonException("not version 1");
        }
        catch (JsonException e)
        {
            throw new JournalException(JournalFailure.Corrupt, $"{path} is no manifest of a backup: {e.Message} Use another backup.", e);
        }
    }

    private static ManifestFile Copy(Stream source, string folder, string name, Action<int> report, CancellationToken cancellationToken)
    {
        var path = Path.Combine(folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var target = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1);
        var buffer = new byte[Chunk];
        long length = 0;
        int read;
        while ((read = source.Read(buffer)) > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            WriteSparse(target, buffer.AsSpan(0, read));
            hash.AppendData(buffer, 0, read);
            length += read;
            report(read);
        }

        target.SetLength(length);
        target.Flush(flushToDisk: true);
        return new ManifestFile(name, length, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    /// <summary>Blocks of nothing but zeros stay holes: scavenged segments are full of them.</summary>
    private static void WriteSparse(FileStream target, ReadOnlySpan<byte> bytes)
    {
        const int Block = 4096;
        while (!bytes.IsEmpty)
        {
            var filled = bytes.IndexOfAnyExcept((byte)0);
            var skip = filled < 0 ? bytes.Length : filled / Block * Block;
            target.Seek(skip, SeekOrigin.Current);
            bytes = bytes[skip..];
            var write = 0;
            while (write < bytes.Length && bytes.Slice(write, Math.Min(Block, bytes.Length - write)).ContainsAnyExcept((byte)0))
            {
                write += Math.Min(Block, bytes.Length - write);
            }

            target.Write(bytes[..write]);
            bytes = bytes[write..];
        }
    }

    private static void SyncFolders(string target)
    {
        foreach (var folder in Directory.EnumerateDirectories(target, "*", SearchOption.AllDirectories).Append(target))
        {
            LocalDisk.Instance.SyncDirectory(folder);
        }
    }

    private static void RefuseFilled(string directory)
    {
        if (Directory.Exists(directory) && Directory.EnumerateFileSystemEntries(directory).Any())
        {
            throw new JournalException(JournalFailure.Refused, $"{directory} is not empty; nothing is overwritten. Name a new folder.");
        }
    }

    /// <summary>Names come from a file: they must stay inside the folder.</summary>
    private static string Checked(string name) =>
        name.Length is > 0 and <= 1024 && !Path.IsPathRooted(name) && !name.Contains('\\') && !name.Contains(':')
        && name.Split('/').All(part => part is not ("" or "." or ".."))
            ? name
            : throw new JournalException(JournalFailure.Refused, $"'{name}' cannot be a file's name in a backup: a relative path without '..' is wanted.");

    /// <summary>The durable part of a segment that may still be growing.</summary>
    private sealed class SegmentStream(IDiskFile file, long length) : Stream
    {
        private long _at;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => length;

        public override long Position
        {
            get => _at;
            set => throw new NotSupportedException("A segment is copied from its start.");
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            var read = file.Read(_at, buffer[..(int)Math.Min(buffer.Length, length - _at)]);
            _at += read;
            return read;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException("A segment is copied from its start.");

        public override void SetLength(long value) => throw new NotSupportedException("A segment is only read here.");

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("A segment is only read here.");
    }
}

/// <summary>One file of a backup.</summary>
internal sealed record ManifestFile(string Name, long Length, string Sha256);

/// <summary>What a backup consists of.</summary>
internal sealed record BackupManifest(int V, ulong End, ulong? LastPosition, IReadOnlyList<ManifestFile> Files);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(BackupManifest))]
internal sealed partial class BackupJson : JsonSerializerContext;
