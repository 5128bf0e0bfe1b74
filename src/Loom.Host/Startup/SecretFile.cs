namespace Loom.Hosting;

/// <summary>Files that hold what nobody else is to know: settings only name them.</summary>
internal static class SecretFile
{
    private const UnixFileMode OthersMask = (UnixFileMode)0b000_111_111;

    /// <summary>Its lines, without those that are empty.</summary>
    /// <exception cref="StartupException">Others can read it, or this host cannot.</exception>
    public static string[] Lines(string path, string setting)
    {
        try
        {
            return !OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & OthersMask) != UnixFileMode.None
                ? throw new StartupException(ExitCode.Usage, $"{path} ({setting}) can be read by others; chmod 600 it.")
                : [.. File.ReadAllLines(path).Select(l => l.Trim()).Where(l => l.Length > 0)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartupException(ExitCode.Usage, $"{path} ({setting}) cannot be read: {e.Message}");
        }
    }
}
