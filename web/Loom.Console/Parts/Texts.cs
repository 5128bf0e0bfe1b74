using System.Globalization;

namespace Loom.Web.Parts;

/// <summary>Numbers, times and hashes as the console writes them.</summary>
internal static class Texts
{
    public static string Count(long n) => n.ToString("#,0", CultureInfo.InvariantCulture).Replace(',', '\u202f');

    public static string Count(ulong n) => n.ToString("#,0", CultureInfo.InvariantCulture).Replace(',', '\u202f');

    public static string Of(long n, string one, string many) => $"{Count(n)} {(n == 1 ? one : many)}";

    public static string Rate(double n) => n.ToString(n is > 0 and < 10 ? "0.#" : "0", CultureInfo.InvariantCulture);

    public static string Milliseconds(double? n) => n is { } ms ? ms.ToString(ms < 10 ? "0.0" : "0", CultureInfo.InvariantCulture) + " ms" : "–";

    public static string Bytes(long n) => n switch
    {
        < 1024 => $"{n} B",
        < 1024 * 1024 => (n / 1024.0).ToString("0.0", CultureInfo.InvariantCulture) + " KiB",
        < 1024L * 1024 * 1024 => (n / 1048576.0).ToString("0.0", CultureInfo.InvariantCulture) + " MiB",
        _ => (n / 1073741824.0).ToString("0.0", CultureInfo.InvariantCulture) + " GiB",
    };

    public static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    public static string Exact(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    public static string Clock(DateTimeOffset at) => at.UtcDateTime.ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture);

    public static string Short(string hash) => hash.Length > 12 ? hash[..6] + "…" + hash[^4..] : hash;

    public static string Span(TimeSpan span) => span switch
    {
        { TotalSeconds: < 90 } => $"{(int)span.TotalSeconds} s",
        { TotalMinutes: < 90 } => $"{(int)span.TotalMinutes} min",
        { TotalHours: < 48 } => $"{(int)span.TotalHours} h",
        _ => $"{(int)span.TotalDays} days",
    };

    public static string ModuleUrl(string sha256) => "modules/" + Uri.EscapeDataString(sha256);

    public static string ActorUrl(string stream, long? number = null) =>
        "actors/" + Uri.EscapeDataString(stream) + (number is { } n ? "?n=" + n.ToString(CultureInfo.InvariantCulture) : "");
}
