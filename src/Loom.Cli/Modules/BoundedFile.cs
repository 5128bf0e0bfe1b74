namespace Loom.Cli.Modules;

/// <summary>Files of users, read with a bound: a device or a huge file costs no more memory than the bound.</summary>
internal static class BoundedFile
{
    /// <summary>The file's bytes, at most one more than the limit (then it is too large).</summary>
    public static async Task<byte[]> ReadAsync(string path, int limit, CancellationToken cancellationToken)
    {
        await using var file = File.OpenRead(path);
        using var bytes = new MemoryStream();
        var buffer = new byte[64 * 1024];
        while (bytes.Length <= limit)
        {
            var read = await file.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, limit + 1 - bytes.Length)), cancellationToken);
            if (read == 0)
            {
                break;
            }

            bytes.Write(buffer, 0, read);
        }

        return bytes.ToArray();
    }

    /// <summary>A file of JSON or a state, refused above the limit.</summary>
    public static async Task<byte[]> RequireAsync(string path, string what, int limit, CancellationToken cancellationToken)
    {
        var bytes = await ReadAsync(path, limit, cancellationToken);
        return bytes.Length <= limit ? bytes : throw new CliException(
            ExitCodes.Malformed, $"{path} is too large to be {what}.", $"It has more than {Output.Counted.Of(limit, "byte")}.", "Check the path.");
    }
}
