using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Loom.Api;

namespace Loom.Hosting.Problems;

/// <summary>Writes refusals in their one form.</summary>
internal static class ProblemWriter
{
    public static Task WriteAsync(HttpContext context, int status, string code, string detail, TimeSpan? retryAfter = null, string? rejection = null)
    {
        var response = context.Response;
        if (response.HasStarted)
        {
            context.Abort();
            return Task.CompletedTask;
        }

        response.StatusCode = status;
        response.ContentType = "application/problem+json";
        if (retryAfter is { } wait)
        {
            response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }

        var problem = new Problem($"https://loom.dev/problems/{code}", Title(status), status, detail, code)
        {
            Rejection = rejection,
            RetryAfterMs = retryAfter is { } r ? (long)r.TotalMilliseconds : null,
            Trace = Activity.Current?.TraceId.ToString(),
        };
        return response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(problem, LoomJson.Default.Problem), context.RequestAborted).AsTask();
    }

    private static string Title(int status) => status switch
    {
        400 => "The request is wrong",
        401 => "Not logged in",
        403 => "Not allowed",
        404 => "Not found",
        405 => "Wrong method",
        409 => "Contradicts what is there",
        413 => "Too large",
        415 => "Unsupported media type",
        422 => "Rejected by the machine",
        429 => "Busy",
        431 => "Too large",
        503 => "Not now",
        507 => "Disk full",
        _ => "Failed",
    };
}

/// <summary>A refusal as a route's result.</summary>
internal sealed record Refusal(int Status, string Code, string Detail, TimeSpan? RetryAfter = null, string? Rejection = null) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext) =>
        ProblemWriter.WriteAsync(httpContext, Status, Code, Detail, RetryAfter, Rejection);

    public static Refusal Invalid(string detail) => new(400, "invalid-request", detail);

    public static Refusal NotFound(string detail) => new(404, "not-found", detail);
}

/// <summary>Thrown deep inside a route where returning a refusal would not reach; the boundary turns it into one.</summary>
internal sealed class RefusedException(Refusal refusal) : Exception(refusal.Detail)
{
    public Refusal Refusal => refusal;
}
