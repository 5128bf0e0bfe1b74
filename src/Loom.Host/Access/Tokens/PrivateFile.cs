namespace Loom.Hosting.Access.Tokens;

/// <summary>Files that only their owner may read, replaced as a whole and durably.</summary>
internal static class PrivateFile
{
    public static void Write(string path, ReadOnlySpan<byte> bytes)
    {
        var next = path + ".new";
        File.Delete(next);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var file = new FileStream(next, options))
        {
            file.Write(bytes);
            file.Flush(flushToDisk: true);
        }

        File.Move(next, path, overwrite: true);
    }
}
