using System.Text.Json;
using Loom.Journal;
using Loom.Runtime;

namespace Loom.Hosting.Problems;

/// <summary>The outermost layer: whatever is thrown inside becomes a problem with a stable code, and bugs are logged with their trace.</summary>
internal sealed partial class Boundary(RequestDelegate next, IHostApplicationLifetime lifetime, ILogger<Boundary> log)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
            await FillEmptyAsync(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller has gone; nobody is there to answer.
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            await ProblemWriter.WriteAsync(context, 503, "draining", "This host is stopping; ask another, or again after its restart.", TimeSpan.FromSeconds(1));
        }
        catch (Exception e)
        {
            await AnswerAsync(context, e);
        }
    }

    private Task AnswerAsync(HttpContext context, Exception e)
    {
        switch (e)
        {
            case RefusedException refused:
                return refused.Refusal.ExecuteAsync(context);
            case BadHttpRequestException bad:
                return ProblemWriter.WriteAsync(
                    context, bad.StatusCode, bad.StatusCode == 413 ? "too-large" : bad.InnerException is JsonException ? "malformed-json" : "invalid-request",
                    bad.StatusCode == 413 ? $"The request body is larger than this host takes here. {bad.Message}" : bad.InnerException is JsonException inner ? Explain(inner) : bad.Message);
            case JsonException json:
                return ProblemWriter.WriteAsync(context, 400, "malformed-json", Explain(json));
            case JournalException journal:
                return JournalProblems.ToRefusal(journal).ExecuteAsync(context);
            case HistoryException history:
                return ProblemWriter.WriteAsync(context, 500, "fault", $"{history.Message} GET /health/ready names every history that does not load.");
            case IOException when Disk.IsFull(e):
                Failed(log, e, context.Request.Method, context.Request.Path.Value ?? "");
                return ProblemWriter.WriteAsync(context, 507, "disk-full", "The disk of this host is full; nothing was written. Make space and ask again.", TimeSpan.FromSeconds(30));
            default:
                Failed(log, e, context.Request.Method, context.Request.Path.Value ?? "");
                return ProblemWriter.WriteAsync(
                    context, 500, "fault", "Something is wrong inside this host. The host's log has it under the trace named here.");
        }
    }

    // A route that does not exist, or a wrong method: the framework leaves those without a body.
    private static Task FillEmptyAsync(HttpContext context)
    {
        var response = context.Response;
        if (response.HasStarted || response.StatusCode < 400 || response.ContentLength > 0 || response.ContentType is not null || context.WebSockets.IsWebSocketRequest)
        {
            return Task.CompletedTask;
        }

        var (code, detail) = response.StatusCode switch
        {
            404 => ("not-found", $"There is nothing at {Cut(context.Request.Path)}. GET /openapi/v1.json lists what there is."),
            405 => ("invalid-request", $"{context.Request.Path} does not take {context.Request.Method}."),
            413 => ("too-large", "The request body is larger than this host takes here."),
            415 => ("unsupported-media-type", $"{context.Request.Path} does not take the content type '{context.Request.ContentType}'."),
            400 => ("invalid-request", "The request is malformed."),
            _ => ("fault", "The request failed."),
        };
        return ProblemWriter.WriteAsync(context, response.StatusCode, code, detail);
    }

    private static string Cut(string? text) => text is { Length: > 200 } ? text[..200] + "…" : text ?? "";

    private static string Explain(JsonException e)
    {
        var cut = e.Message.IndexOf(" Path:", StringComparison.Ordinal);
        return $"The body is not the JSON expected here, at line {e.LineNumber + 1}: {(cut < 0 ? e.Message : e.Message[..cut])}";
    }

    [LoggerMessage(1, LogLevel.Error, "{Method} {Path} failed")]
    private static partial void Failed(ILogger log, Exception e, string method, string path);
}

/// <summary>Failures of the journal as the API says them.</summary>
internal static class JournalProblems
{
    public static Refusal ToRefusal(JournalException e) => e.Failure switch
    {
        JournalFailure.Refused => new Refusal(400, "invalid-request", e.Message),
        JournalFailure.StreamDeleted => new Refusal(410, "stream-deleted", e.Message),
        JournalFailure.DiskFull => new Refusal(507, "disk-full", e.Message),
        JournalFailure.ReadOnly => new Refusal(503, "read-only", e.Message),
        _ => new Refusal(503, "unavailable", e.Message),
    };
}
