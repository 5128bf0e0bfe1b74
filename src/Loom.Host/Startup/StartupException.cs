namespace Loom.Hosting;

/// <summary>What the process exits with when it cannot start.</summary>
internal enum ExitCode
{
    /// <summary>A flag, a variable or the file is wrong.</summary>
    Usage = 64,

    /// <summary>A bug.</summary>
    Bug = 70,

    /// <summary>Stored data is damaged.</summary>
    Damaged = 74,

    /// <summary>Another process has the data folder, or the address; try again later or elsewhere.</summary>
    InUse = 75,
}

/// <summary>The host cannot start; the message names the thing, the reason and the remedy.</summary>
internal sealed class StartupException(ExitCode code, string message, Exception? inner = null) : Exception(message, inner)
{
    public ExitCode Code => code;
}
