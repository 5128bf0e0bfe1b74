using System.Globalization;

namespace Loom.Cli.Output;

/// <summary>Times and hashes as people read them. Always UTC: what is shown can be compared between two desks.</summary>
internal static class Times
{
    public static string Short(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}

/// <summary>The beginning of a hash, enough to recognise it.</summary>
internal static class Hashes
{
    public static string Short(string? hash) => hash is { Length: > 12 } ? hash[..12] : hash ?? "";
}
