namespace Loom.Core;

/// <summary>What a machine may not call, and what to do instead.</summary>
internal static class ForbiddenCalls
{
    private const string Clock = "Take the time from the context (At).";
    private const string Ids = "Derive ids from the context (CommandId); randomness comes in the command.";
    private const string Outside = "Emit an effect and let the platform do it; a machine has no input but state, command and context.";
    private const string Threads = "A machine decides on the calling thread, at once; emit a timer effect to wait.";

    /// <summary>The remedy, or null when the call is allowed.</summary>
    public static string? Remedy(string type, string member) => type switch
    {
        "System.DateTime" or "System.DateTimeOffset" => member is "get_Now" or "get_UtcNow" or "get_Today" ? Clock : null,
        "System.TimeProvider" or "System.Diagnostics.Stopwatch" => Clock,
        "System.TimeZoneInfo" => member == "get_Local" ? Clock : null,
        "System.Guid" => member is "NewGuid" or "CreateVersion7" ? Ids : null,
        "System.Random" or "System.Security.Cryptography.RandomNumberGenerator" => Ids,
        "System.Environment" or "System.AppContext" => Outside,
        "System.Console" or "System.Diagnostics.Process" => Outside,
        "System.HashCode" => "HashCode is seeded anew in each process; compare values instead.",
        "System.Threading.Tasks.Task" => member is "Run" or "Delay" or "get_Factory" or "Wait" ? Threads : null,
        "System.Threading.Tasks.Parallel" or "System.Threading.Thread" or "System.Threading.ThreadPool" or "System.Threading.Timer" => Threads,
        _ when type.StartsWith("System.IO.", StringComparison.Ordinal) && IsFile(type) => Outside,
        _ when type.StartsWith("System.Net.", StringComparison.Ordinal) => Outside,
        _ => null,
    };

    private static bool IsFile(string type) =>
        type is "System.IO.File" or "System.IO.Directory" or "System.IO.FileStream" or "System.IO.FileInfo" or "System.IO.DirectoryInfo"
            or "System.IO.RandomAccess" or "System.IO.StreamReader" or "System.IO.StreamWriter" or "System.IO.DriveInfo";
}
