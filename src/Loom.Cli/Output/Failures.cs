using System.Text.Json;

namespace Loom.Cli.Output;

/// <summary>How an error reaches the user: what, why, remedy; and the exit code that goes with it.</summary>
internal static class Failures
{
    public static int Report(Exception exception, TextWriter error, bool json, CancellationToken cancellationToken)
    {
        var failure = Explain(exception, cancellationToken);
        if (json)
        {
            error.WriteLine(JsonSerializer.Serialize(
                new { error = new { what = failure.Message, why = failure.Why, remedy = failure.Remedy, exitCode = failure.ExitCode, code = failure.Problem?.Code, rejection = failure.Problem?.Rejection } }, Invocation.JsonOptions));
            return failure.ExitCode;
        }

        error.WriteLine($"loom: {Printable.Text(failure.Message)}");
        if (failure.Why is { } why)
        {
            error.WriteLine($"  why:    {Printable.Text(why)}");
        }

        if (failure.Remedy is { } remedy)
        {
            error.WriteLine($"  remedy: {Printable.Text(remedy)}");
        }

        return failure.ExitCode;
    }

    private static CliException Explain(Exception exception, CancellationToken cancellationToken) => exception switch
    {
        CliException known => known,
        OperationCanceledException when cancellationToken.IsCancellationRequested => new(ExitCodes.Cancelled, "Cancelled."),
        FileNotFoundException missing when missing.FileName is { } file => new(ExitCodes.Malformed, $"{file} does not exist.", null, "Check the path."),
        DirectoryNotFoundException missing => new(ExitCodes.Malformed, missing.Message, null, "Check the path."),
        UnauthorizedAccessException denied => new(ExitCodes.Malformed, denied.Message, null, "Check the permissions of the file and its folder."),
        _ when Journals.Explain(exception) is { } known => known,
        IOException io => new(ExitCodes.Malformed, io.Message, null, "Check the path, and the space on its disk."),
        _ => new(ExitCodes.Bug, $"A bug in loom: {exception.Message}", exception.ToString(), "Please report it with this text and the output of 'loom version --verbose'."),
    };
}
