using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Loom.Hosting.Telemetry;

/// <summary>Counts and times requests by route and status; the outermost layer, so that refusals count too.</summary>
internal sealed class RequestMetrics(RequestDelegate next)
{
    private static readonly Meter Meter = new("Loom.Host");
    private static readonly Counter<long> Requests = Meter.CreateCounter<long>("loom.http.requests", "{request}", "Requests by route and status.");
    private static readonly Histogram<double> Seconds = Meter.CreateHistogram<double>("loom.http.duration", "s", "From the request's headers to the end of the answer.");
    private static readonly UpDownCounter<long> InFlight = Meter.CreateUpDownCounter<long>("loom.http.in_flight", "{request}", "Requests being answered.");

    public async Task InvokeAsync(HttpContext context)
    {
        var started = Stopwatch.GetTimestamp();
        InFlight.Add(1);
        try
        {
            await next(context);
        }
        finally
        {
            InFlight.Add(-1);
            var route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "none";
            if (route.StartsWith("/api", StringComparison.Ordinal) || route is "none")
            {
                Requests.Add(1, new("route", route), new("status", context.Response.StatusCode));
                Seconds.Record(Stopwatch.GetElapsedTime(started).TotalSeconds, new KeyValuePair<string, object?>("route", route));
            }
        }
    }
}
