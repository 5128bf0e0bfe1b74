using System.Collections.Concurrent;
using System.Globalization;
using Loom.Core;
using Loom.Journal.Embedded;

namespace Loom.Journal.Blobs;

/// <summary>
/// Blobs as files, <c>AREA/ab/abcdef…</c> (an area's slashes are written <c>+</c>). A blob is written under a temporary name, made durable,
/// renamed, and its name made durable: after a crash it is whole or absent. Several processes may use one folder.
/// </summary>
public sealed class FileBlobStore : IBlobStore
{
    private const string Unfinished = ".new";
    private readonly string _root;
    private readonly IDisk _disk;
    private readonly string _mark;
    private readonly TaskScheduler _scheduler;
    private readonly ConcurrentDictionary<string, bool> _durableFolders = new(StringComparer.Ordinal);
    private int _unique;

    /// <summary>Uses a folder; it is made with the first blob.</summary>
    /// <param name="folder">The folder; nothing else is kept in it.</param>
    /// <param name="maxBytes">Largest blob.</param>
    /// <param name="disk">The disk; null for this machine's.</param>
    /// <param name="scheduler">Where the disk is waited for; null for the thread pool.</param>
    public FileBlobStore(string folder, int maxBytes = BlobChecks.DefaultMaxBytes, IDisk? disk = null, TaskScheduler? scheduler = null)
        : this(folder, maxBytes, disk, scheduler, Guid.NewGuid().ToString("N"))
    {
    }

    internal FileBlobStore(string folder, int maxBytes, IDisk? disk, TaskScheduler? scheduler, string mark)
    {
        _root = Path.GetFullPath(folder);
        MaxBytes = maxBytes;
        _disk = disk ?? LocalDisk.Instance;
        _scheduler = scheduler ?? TaskScheduler.Default;
        _mark = mark;
    }

    /// <inheritdoc/>
    public int MaxBytes { get; }

    /// <summary>Where a blob lies, or would lie.</summary>
    public string PathOf(BlobName name)
    {
        var hash = name.Content.ToString();
        return Path.Combine(_root, FolderOf(name.Area), hash[..2], hash);
    }

    /// <inheritdoc/>
    public Task PutAsync(BlobName name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) => Run(
        $"The blob {name} could not be stored",
        () =>
        {
            BlobChecks.Put(name, content.Span, MaxBytes);
            Put(name, content.Span);
            return true;
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task<ReadOnlyMemory<byte>?> GetAsync(BlobName name, CancellationToken cancellationToken) =>
        Run($"The blob {name} could not be read", () => Get(name), cancellationToken);

    /// <inheritdoc/>
    public Task<BlobInfo?> FindAsync(BlobName name, CancellationToken cancellationToken) =>
        Run($"The blob {name} could not be looked up", () => Find(name), cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> ListAreasAsync(string prefix, CancellationToken cancellationToken) => Run<IReadOnlyList<string>>(
        $"The blobs in {_root} could not be listed",
        () => [.. Areas().Where(a => a.StartsWith(prefix, StringComparison.Ordinal) && Names(a, null).Any()).Order(StringComparer.Ordinal)],
        cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<BlobInfo>> ListAsync(string area, Digest? after, int limit, CancellationToken cancellationToken) => Run<IReadOnlyList<BlobInfo>>(
        $"The blobs in {_root} could not be listed",
        () => [.. Names(area, after).Select(Find).OfType<BlobInfo>().Take(BlobChecks.Page(limit))],
        cancellationToken);

    /// <inheritdoc/>
    public Task<bool> DeleteAsync(BlobName name, CancellationToken cancellationToken) => Run(
        $"The blob {name} could not be removed",
        () =>
        {
            var path = PathOf(name);
            var folder = Path.GetDirectoryName(path)!;
            if (!_disk.DirectoryExists(folder) || !_disk.ListFiles(folder).Contains(Path.GetFileName(path)))
            {
                return false;
            }

            _disk.Delete(path);
            _disk.SyncDirectory(folder);
            return true;
        },
        cancellationToken);

    /// <summary>Removes what writers that were killed left unfinished before a moment; returns how many.</summary>
    /// <exception cref="BlobException">The folder cannot be read or written.</exception>
    public Task<int> RemoveUnfinishedAsync(DateTimeOffset before, CancellationToken cancellationToken) => Run(
        $"What was left unfinished in {_root} could not be removed",
        () =>
        {
            var removed = 0;
            foreach (var folder in Areas().SelectMany(Fans))
            {
                foreach (var name in _disk.ListFiles(folder).Where(n => n.EndsWith(Unfinished, StringComparison.Ordinal)))
                {
                    var path = Path.Combine(folder, name);
                    if (_disk.WrittenAt(path) < before)
                    {
                        _disk.Delete(path);
                        removed++;
                    }
                }
            }

            return removed;
        },
        cancellationToken);

    private static string FolderOf(string area) => area.Replace('/', '+');

    private void Put(BlobName name, ReadOnlySpan<byte> content)
    {
        var path = PathOf(name);
        var folder = Path.GetDirectoryName(path)!;
        MakeFolder(folder);
        var beside = string.Create(CultureInfo.InvariantCulture, $"{path}.{_mark}-{Interlocked.Increment(ref _unique)}{Unfinished}");
        try
        {
            using (var file = _disk.Open(beside, DiskAccess.ReadWrite))
            {
                file.Write(0, content);
                file.Sync();
            }

            _disk.Rename(beside, path);
        }
        catch (IOException)
        {
            Discard(beside);
            throw;
        }

        _disk.SyncDirectory(folder);
    }

    private ReadOnlyMemory<byte>? Get(BlobName name)
    {
        var path = PathOf(name);
        if (!_disk.DirectoryExists(Path.GetDirectoryName(path)!))
        {
            return null;
        }

        try
        {
            using var file = _disk.Open(path, DiskAccess.Read);
            var length = file.Length;
            if (length > MaxBytes)
            {
                throw BlobChecks.TooLarge(name, length, MaxBytes);
            }

            var content = new byte[length];
            var read = file.Read(0, content);
            BlobChecks.Got(name, content.AsSpan(0, read), path);
            return content;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private BlobInfo? Find(BlobName name)
    {
        var path = PathOf(name);
        if (!_disk.DirectoryExists(Path.GetDirectoryName(path)!))
        {
            return null;
        }

        try
        {
            using var file = _disk.Open(path, DiskAccess.Read);
            return new BlobInfo(name, file.Length, _disk.WrittenAt(path));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private IEnumerable<string> Areas() => _disk.DirectoryExists(_root)
        ? _disk.ListDirectories(_root).Select(f => f.Replace('+', '/')).Where(a => BlobName.IsArea(a))
        : [];

    private IEnumerable<string> Fans(string area)
    {
        var folder = Path.Combine(_root, FolderOf(area));
        return _disk.DirectoryExists(folder)
            ? _disk.ListDirectories(folder).Where(f => f.Length == 2).Order(StringComparer.Ordinal).Select(f => Path.Combine(folder, f))
            : [];
    }

    private IEnumerable<BlobName> Names(string area, Digest? after)
    {
        var start = after?.ToString() ?? "";
        foreach (var fan in Fans(area))
        {
            var digits = Path.GetFileName(fan);
            if (start.Length > 0 && string.CompareOrdinal(digits, start[..2]) < 0)
            {
                continue;
            }

            foreach (var file in _disk.ListFiles(fan).Where(f => string.CompareOrdinal(f, start) > 0).Order(StringComparer.Ordinal))
            {
                if (file.StartsWith(digits, StringComparison.Ordinal) && Digest.TryParse(file, out var content))
                {
                    yield return new BlobName(area, content);
                }
            }
        }
    }

    // A new folder's name is durable only when the folder above it was synced; so for all that may be new.
    private void MakeFolder(string folder)
    {
        if (_durableFolders.ContainsKey(folder))
        {
            return;
        }

        _disk.CreateDirectory(folder);
        for (var above = folder; above.Length >= _root.Length;)
        {
            above = Path.GetDirectoryName(above)!;
            _disk.SyncDirectory(above);
        }

        _durableFolders[folder] = true;
    }

    private void Discard(string path)
    {
        try
        {
            _disk.Delete(path);
        }
        catch (IOException)
        {
            // What is left has no blob's name; it is removed with other unfinished files.
        }
    }

    private Task<T> Run<T>(string what, Func<T> work, CancellationToken cancellationToken) => Task.Factory.StartNew(
        () =>
        {
            try
            {
                return work();
            }
            catch (DiskFullException e)
            {
                throw new BlobException(BlobFailure.Full, $"{what}: no space is left. Make space, then try again.", e);
            }
            catch (UnauthorizedAccessException e)
            {
                throw new BlobException(BlobFailure.Forbidden, $"{what}: {e.Message} Give this user the right to read and write {_root}.", e);
            }
            catch (IOException e)
            {
                throw new BlobException(BlobFailure.Unavailable, $"{what}: {e.Message} Look at the disk under {_root}, then try again.", e);
            }
        },
        cancellationToken, TaskCreationOptions.DenyChildAttach, _scheduler);
}
