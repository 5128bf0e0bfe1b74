namespace Loom.Journal.Embedded;

/// <summary>How a file is opened.</summary>
public enum DiskAccess
{
    /// <summary>An existing file, for reading.</summary>
    Read,

    /// <summary>An existing or new file, for reading and writing.</summary>
    ReadWrite,
}

/// <summary>
/// What the embedded journal and the blobs in files ask of a disk: little, and nothing that hides when bytes are safe. Written bytes may be lost, in any
/// part and order, until <see cref="IDiskFile.Sync"/>; a created, renamed or deleted name until <see cref="SyncDirectory"/>.
/// </summary>
public interface IDisk
{
    /// <summary>Creates the folder and its parents where they are absent.</summary>
    void CreateDirectory(string directory);

    /// <summary>Whether the folder exists.</summary>
    bool DirectoryExists(string directory);

    /// <summary>The names (without folder) of the files in a folder, in no order.</summary>
    IReadOnlyList<string> ListFiles(string directory);

    /// <summary>The names (without folder) of the folders in a folder, in no order.</summary>
    IReadOnlyList<string> ListDirectories(string directory);

    /// <summary>When a file was last written, by the disk's clock.</summary>
    DateTimeOffset WrittenAt(string path);

    /// <summary>Opens a file.</summary>
    IDiskFile Open(string path, DiskAccess access);

    /// <summary>Renames a file, replacing what has the new name.</summary>
    void Rename(string from, string to);

    /// <summary>Deletes a file; an absent one is no error.</summary>
    void Delete(string path);

    /// <summary>Makes the names in a folder durable.</summary>
    void SyncDirectory(string directory);

    /// <summary>Takes the lock file at <paramref name="path"/> for this process, or returns null with the holder's process id, when known.</summary>
    IDisposable? TryLock(string path, out int? holder);
}

/// <summary>An open file.</summary>
public interface IDiskFile : IDisposable
{
    /// <summary>Length in bytes.</summary>
    long Length { get; }

    /// <summary>Reads up to <paramref name="buffer"/>'s length at an offset; fewer only at the end of the file.</summary>
    int Read(long offset, Span<byte> buffer);

    /// <summary>Writes all bytes at an offset.</summary>
    /// <exception cref="DiskFullException">No space is left; some bytes may have been written.</exception>
    /// <exception cref="IOException">The disk failed; some bytes may have been written.</exception>
    void Write(long offset, ReadOnlySpan<byte> bytes);

    /// <summary>Cuts or extends the file.</summary>
    void SetLength(long length);

    /// <summary>Returns when everything written is durable.</summary>
    void Sync();
}

/// <summary>No space is left on the disk (or in a quota).</summary>
public sealed class DiskFullException : IOException
{
    /// <summary>Makes one.</summary>
    public DiskFullException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
