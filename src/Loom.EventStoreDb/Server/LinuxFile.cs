using System.Globalization;

namespace Loom.EventStoreDb.Server;

/// <summary>Numbers that Linux tells in small files; on other systems there are none.</summary>
internal static class LinuxFile
{
    /// <summary>The number behind a key at the beginning of a line.</summary>
    public static long? Number(string path, string key) =>
        Lines(path).FirstOrDefault(l => l.StartsWith(key, StringComparison.Ordinal)) is { } line
        && long.TryParse(line[key.Length..].Replace("kB", "", StringComparison.Ordinal).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;

    /// <summary>The words of the first line.</summary>
    public static string[] Words(string path) => Lines(path) is [var first, ..] ? first.Split(' ') : [];

    private static string[] Lines(string path)
    {
        try
        {
            return OperatingSystem.IsLinux() ? File.ReadAllLines(path) : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return []; // a container may hide it
        }
    }
}
