using System.Text.Json;
using Loom.Api;

namespace Loom.Cli.Client;

/// <summary>A refusal of the host (problem+json) as an error of the command line.</summary>
internal static class Problems
{
    public static CliException Explain(HttpResponseMessage response, string body, Uri address)
    {
        var status = (int)response.StatusCode;
        if (Parse(body) is not { } problem)
        {
            return new CliException(
                ExitCodes.Unreachable, $"{address} answered {status} {response.ReasonPhrase}.", "The answer is no problem of a Loom host.", "Check --host: is this a Loom host?");
        }

        var code = problem.Rejection is { Length: > 0 } rejection ? $"{problem.Code}: {rejection}" : problem.Code;
        return new CliException(ExitOf(status), $"{problem.Detail} ({code})", null, Remedy(problem, status)) { Problem = problem };
    }

    private static int ExitOf(int status) => status switch
    {
        400 or 413 or 415 => ExitCodes.Malformed,
        500 => ExitCodes.Bug,
        502 or 503 or 504 or 507 => ExitCodes.Unreachable,
        _ => ExitCodes.SaidNo,
    };

    private static string? Remedy(Problem problem, int status) => problem switch
    {
        { RetryAfterMs: { } wait } => $"Try again in {Math.Max(1, (wait + 999) / 1000)} s.",
        _ when status == 401 => "Come with a token: --token or LOOM_TOKEN; an operator makes one with 'loom token create'.",
        { Trace: { } trace } when status == 500 => $"Look for trace {trace} in the host's log.",
        _ => null,
    };

    private static Problem? Parse(string body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, LoomJson.Default.Problem) is { Code: not null, Detail: not null } problem ? problem : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
