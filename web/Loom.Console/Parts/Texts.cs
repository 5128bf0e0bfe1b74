using System.Globalization;
using Loom.Web.Data;

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

    /// <summary>A time to go: whole seconds, as short ones matter here.</summary>
    public static string Left(TimeSpan span) => span.TotalSeconds < 1 ? "under 1 s" : "about " + Span(span);

    public static string Seconds(long milliseconds) => (milliseconds / 1000.0).ToString(milliseconds < 10_000 ? "0.00" : "0.0", CultureInfo.InvariantCulture) + " s";

    /// <summary>Bits with one decimal, rounded down: never more than there are.</summary>
    public static string Bits(double bits) => (Math.Floor(bits * 10) / 10).ToString("0.0", CultureInfo.InvariantCulture);

    public static string ProofWord(ProofState state) => state switch
    {
        ProofState.Queued => "waiting",
        ProofState.Running => "running",
        ProofState.Waiting => "tried again later",
        ProofState.Proven => "proven",
        ProofState.Parked => "parked",
        _ => "called off",
    };

    /// <summary>The same, where there is little room.</summary>
    public static string ProofShort(ProofState state) => state == ProofState.Waiting ? "waiting" : ProofWord(state);

    public static string ProofMark(ProofState state) => state switch
    {
        ProofState.Proven => "✓",
        ProofState.Running => "▸",
        ProofState.Parked => "!",
        ProofState.Cancelled => "–",
        _ => "…",
    };

    public static string ProofKind(ProofState state) => state switch
    {
        ProofState.Proven => "proven",
        ProofState.Running => "running",
        ProofState.Parked => "parked",
        ProofState.Cancelled => "off",
        _ => "waits",
    };

    public static string PhaseWord(string phase) => phase switch
    {
        "execute" => "running the module",
        "preprocessed" => "committing program and tables",
        "main" => "committing the trace",
        "aux" => "lookups (LogUp)",
        "quotient" => "constraint quotient",
        "deep" => "values out of the domain",
        "fri" => "FRI layers",
        "open" => "grinding and openings",
        _ => phase,
    };

    public static string ProofUrl(string link) => "proofs/" + Uri.EscapeDataString(link);

    public static string ModuleUrl(string sha256) => "modules/" + Uri.EscapeDataString(sha256);

    public static string ActorUrl(string stream, long? number = null) =>
        "actors/" + Uri.EscapeDataString(stream) + (number is { } n ? "?n=" + n.ToString(CultureInfo.InvariantCulture) : "");
}
