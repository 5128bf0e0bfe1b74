using System.Globalization;
using System.Text.Json;
using Loom.Api;
using Loom.Core;
using Loom.Hosting.Access;
using Loom.Hosting.Problems;
using Loom.Journal;

namespace Loom.Hosting.Api;

/// <summary>Events as they become durable, as server-sent events: the id is the position, so a client that comes back goes on where it was.</summary>
internal static class TailRoutes
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/tail", FollowAsync).Needs(Permission.ReadTail)
            .WithMetadata(Lasting.Instance).WithName("Tail").WithTags("actors").WithSummary("Events as they become durable (SSE).").Produces<TailEvent>(200, "text/event-stream");

    private static async Task FollowAsync(string? stream, string? from, HttpContext context, IJournal journal, RequestPlaces places, IHostApplicationLifetime lifetime)
    {
        var own = stream?.StartsWith("loom.", StringComparison.Ordinal) == true;
        if (own && !context.Caller().May(Permission.ReadLog))
        {
            throw new RefusedException(new Refusal(
                403, "forbidden", $"{context.Caller().Principal} may not follow Loom's own streams; it takes one of the roles {string.Join(", ", AccessTable.Having(Permission.ReadLog))}."));
        }

        using var place = places.Tails.Take();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        var after = await AfterAsync(context.Request.Headers["Last-Event-ID"].ToString() is { Length: > 0 } last ? last : from ?? "end", journal, stop.Token);
        var response = context.Response;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-cache";
        await response.WriteAsync("retry: 1000\n\n", stop.Token);
        await response.Body.FlushAsync(stop.Token);
        try
        {
            var filter = string.IsNullOrEmpty(stream) ? null : new EventFilter([stream]);
            await using var messages = journal.SubscribeToAllAsync(after, filter, stop.Token).GetAsyncEnumerator(stop.Token);
            var next = messages.MoveNextAsync().AsTask();
            while (true)
            {
                if (!next.IsCompleted)
                {
                    await response.Body.FlushAsync(stop.Token);
                    if (await Task.WhenAny(next, Task.Delay(Heartbeat, stop.Token)) != next)
                    {
                        await response.WriteAsync(":\n\n", stop.Token);
                        continue;
                    }
                }

                if (!await next)
                {
                    return;
                }

                await WriteAsync(response, messages.Current, showOwn: own, stop.Token);
                next = messages.MoveNextAsync().AsTask();
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The caller has gone, or the host is stopping: the client resumes by Last-Event-ID.
        }
    }

    private static Task WriteAsync(HttpResponse response, SubscriptionMessage message, bool showOwn, CancellationToken cancellationToken) => message switch
    {
        SubscriptionMessage.EventArrived { Event: var e } when showOwn || !(e.Stream.IsLoom || e.Stream.IsSystem) =>
            response.WriteAsync($"id: {e.Position}\nevent: event\ndata: {JsonSerializer.Serialize(ToTail(e), LoomJson.Default.TailEvent)}\n\n", cancellationToken),
        SubscriptionMessage.CaughtUp => response.WriteAsync("event: caught-up\ndata: {}\n\n", cancellationToken),
        _ => Task.CompletedTask,
    };

    public static TailEvent ToTail(RecordedEvent e)
    {
        var link = TransitionReader.CarriesLoom(e.Metadata) ? LinkOf(e) : null;
        return new TailEvent(
            e.Position, e.Stream.Value, e.Revision, e.Type, e.Created, Answer.Element(e.Data, e.ContentType), link?.Command.Type, link?.Command.Principal, link?.Correlation);
    }

    private static Link? LinkOf(RecordedEvent e)
    {
        try
        {
            return TransitionReader.ReadLink(e);
        }
        catch (FormatException)
        {
            return null; // damage is for health to report; a tail shows what is there
        }
    }

    private static async Task<ulong?> AfterAsync(string from, IJournal journal, CancellationToken cancellationToken) => from switch
    {
        "start" => null,
        "end" => await journal.LastPositionAsync(cancellationToken),
        _ => ulong.TryParse(from, NumberStyles.None, CultureInfo.InvariantCulture, out var position)
            ? position
            : throw new RefusedException(Refusal.Invalid("from (or Last-Event-ID) is start, end or a position.")),
    };
}
