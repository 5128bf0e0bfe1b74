using Loom.Journal.Embedded;

namespace Loom.Hosting.Access.Tokens;

/// <summary>Files that only their owner may read, replaced as a whole and durably.</summary>
internal static class PrivateFile
{
    public static void Write(string path, ReadOnlySpan<byte> bytes)
    {
        // A name of its own: two writers of one file must not meet halfway.
        var next = $"{path}.{Guid.NewGuid():N}.new";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        try
        {
            using (var file = new FileStream(next, options))
            {
                file.Write(bytes);
                file.Flush(flushToDisk: true);
            }

            File.Move(next, path, overwrite: true);
        }
        catch
        {
            File.Delete(next);
            throw;
        }

        LocalDisk.Instance.SyncDirectory(Path.GetDirectoryName(path)!);
    }
}
