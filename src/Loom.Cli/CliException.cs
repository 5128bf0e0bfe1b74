namespace Loom.Cli;

/// <summary>An error the user can act on: what happened, why, and what to do about it.</summary>
internal sealed class CliException(int exitCode, string what, string? why = null, string? remedy = null) : Exception(what)
{
    public int ExitCode { get; } = exitCode;

    public string? Why { get; } = why;

    public string? Remedy { get; } = remedy;
}
