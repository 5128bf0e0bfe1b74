namespace Loom.Cli.Output;

/// <summary>A file that appears whole or not at all, and replaces nothing unless asked to.</summary>
internal static class OutputFile
{
    public static async Task<long> WriteAsync(string path, bool force, Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken, UnixFileMode? mode = null)
    {
        var full = Path.GetFullPath(path);
        if (!force && File.Exists(full))
        {
            throw new CliException(ExitCodes.Usage, $"{path} exists already.", "An earlier file may be evidence, so it is not replaced.", "Choose another name, or add --force.");
        }

        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        var unfinished = $"{full}.{Environment.ProcessId}.part";
        try
        {
            long length;
            await using (var file = new FileStream(unfinished, FileMode.Create, FileAccess.Write, FileShare.None))
            {
                await write(file, cancellationToken);
                file.Flush(flushToDisk: true);
                length = file.Length;
            }

            if (mode is { } kept && !OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(unfinished, kept);
            }

            File.Move(unfinished, full, overwrite: force);
            return length;
        }
        finally
        {
            File.Delete(unfinished);
        }
    }
}
