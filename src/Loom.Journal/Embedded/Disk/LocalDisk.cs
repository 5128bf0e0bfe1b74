using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Loom.Journal.Embedded;

/// <summary>The machine's own file system.</summary>
public sealed class LocalDisk : IDisk
{
    private const int NoSpace = 28;
    private const int QuotaLinux = 122;
    private const int QuotaMac = 69;
    private const int WindowsHandleDiskFull = unchecked((int)0x80070027);
    private const int WindowsDiskFull = unchecked((int)0x80070070);

    private LocalDisk()
    {
    }

    /// <summary>The only instance.</summary>
    public static LocalDisk Instance { get; } = new();

    /// <inheritdoc/>
    public void CreateDirectory(string directory) => Directory.CreateDirectory(directory);

    /// <inheritdoc/>
    public bool DirectoryExists(string directory) => Directory.Exists(directory);

    /// <inheritdoc/>
    public IReadOnlyList<string> ListFiles(string directory) =>
        [.. Directory.EnumerateFiles(directory).Select(path => Path.GetFileName(path))];

    /// <inheritdoc/>
    public IReadOnlyList<string> ListDirectories(string directory) =>
        [.. Directory.EnumerateDirectories(directory).Select(path => Path.GetFileName(path))];

    /// <inheritdoc/>
    public DateTimeOffset WrittenAt(string path) => new(File.GetLastWriteTimeUtc(path));

    /// <inheritdoc/>
    public IDiskFile Open(string path, DiskAccess access)
    {
        try
        {
            return access == DiskAccess.Read
                ? new LocalFile(path, File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete))
                : new LocalFile(path, File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete));
        }
        catch (IOException e) when (IsFull(e))
        {
            throw new DiskFullException($"No space is left for {path}.", e);
        }
    }

    /// <inheritdoc/>
    public void Rename(string from, string to) => File.Move(from, to, overwrite: true);

    /// <inheritdoc/>
    public void Delete(string path) => File.Delete(path);

    /// <inheritdoc/>
    public void SyncDirectory(string directory)
    {
        // Windows makes names durable with the file itself and cannot open a folder for this.
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var descriptor = Native.Open(directory, 0);
        if (descriptor < 0)
        {
            throw new IOException($"The folder {directory} could not be opened to make its names durable (errno {Marshal.GetLastPInvokeError()}).");
        }

        try
        {
            if (Native.FSync(descriptor) != 0)
            {
                throw new IOException($"The names in {directory} could not be made durable (errno {Marshal.GetLastPInvokeError()}).");
            }
        }
        finally
        {
            _ = Native.Close(descriptor);
        }
    }

    /// <inheritdoc/>
    public IDisposable? TryLock(string path, out int? holder)
    {
        // The holder's process id lies beside the lock: the locked file itself cannot be read by others on every system.
        var owner = path + ".owner";
        holder = null;
        FileStream stream;
        try
        {
            stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            if (File.Exists(owner) && int.TryParse(File.ReadAllText(owner), NumberStyles.None, CultureInfo.InvariantCulture, out var pid))
            {
                holder = pid;
            }

            return null;
        }

        try
        {
            File.WriteAllText(owner, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        }
        catch (IOException)
        {
            // A full disk must not keep the journal from being opened; the id only helps a message.
        }

        return stream;
    }

    private static bool IsFull(IOException e) =>
        e.HResult is NoSpace or QuotaLinux or QuotaMac or WindowsDiskFull or WindowsHandleDiskFull;

    private sealed class LocalFile(string path, SafeFileHandle handle) : IDiskFile
    {
        public long Length => RandomAccess.GetLength(handle);

        public int Read(long offset, Span<byte> buffer)
        {
            var total = 0;
            while (total < buffer.Length)
            {
                var read = RandomAccess.Read(handle, buffer[total..], offset + total);
                if (read == 0)
                {
                    break;
                }

                total += read;
            }

            return total;
        }

        public void Write(long offset, ReadOnlySpan<byte> bytes)
        {
            try
            {
                RandomAccess.Write(handle, bytes, offset);
            }
            catch (IOException e) when (IsFull(e))
            {
                throw new DiskFullException($"No space is left for {path}.", e);
            }
        }

        public void SetLength(long length) => RandomAccess.SetLength(handle, length);

        public void Sync() => RandomAccess.FlushToDisk(handle);

        public void Dispose() => handle.Dispose();
    }

    private static class Native
    {
        [DllImport("libc", EntryPoint = "open", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        internal static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

        [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        internal static extern int FSync(int descriptor);

        [DllImport("libc", EntryPoint = "close", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        internal static extern int Close(int descriptor);
    }
}
