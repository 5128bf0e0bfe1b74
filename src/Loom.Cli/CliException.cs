using Loom.Api;

namespace Loom.Cli;

/// <summary>An error the user can act on: what happened, why, and what to do about it.</summary>
internal sealed class CliException(int exitCode, string what, string? why = null, string? remedy = null) : Exception(what)
{
    public int ExitCode { get; } = exitCode;

    public string? Why { get; } = why;

    public string? Remedy { get; } = remedy;

    /// <summary>The host's own problem, when it was the host that said no.</summary>
    public Problem? Problem { get; init; }
}
