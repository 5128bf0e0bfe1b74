using System.CommandLine;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;
using Loom.Api;
using Loom.Cli.Client;
using Loom.Cli.Output;

namespace Loom.Cli.Commands;

/// <summary><c>loom tail</c>: events as they become durable. A broken connection is taken up again where it broke.</summary>
internal static class TailCommand
{
    private static readonly TimeSpan ReconnectAfter = TimeSpan.FromSeconds(1);

    public static Command Create()
    {
        var stream = new Option<string?>("--stream") { Description = "Only streams whose name begins with this." };
        var from = new Option<string>("--from") { Description = "start, end, or a position.", DefaultValueFactory = _ => "end" };
        var once = new Option<bool>("--until-caught-up") { Description = "End when everything durable was shown." };
        return Remote.Runs(new Command("tail", "Follow events as they become durable, until Ctrl+C.") { stream, from, once }, (i, client, ct) =>
            FollowAsync(i, client, Query.Of("/api/tail", ("stream", i.Get(stream)), ("from", i.Get(from))), i.Get(once), ct));
    }

    private static async Task<int> FollowAsync(Invocation i, LoomClient client, string path, bool once, CancellationToken cancellationToken)
    {
        string? last = null;
        while (true)
        {
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, path);
                if (last is not null)
                {
                    request.Headers.TryAddWithoutValidation("Last-Event-ID", last);
                }

                using var response = await client.SendAsync(request, cancellationToken);
                await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
                await foreach (var item in SseParser.Create(body, (_, data) => Encoding.UTF8.GetString(data)).EnumerateAsync(cancellationToken))
                {
                    if (item.EventType == "event")
                    {
                        last = item.EventId ?? last;
                        Show(i, item.Data);
                    }
                    else if (item.EventType == "caught-up" && once)
                    {
                        return ExitCodes.Ok;
                    }
                }
            }
            catch (Exception e) when (last is not null && (e is IOException or HttpRequestException or CliException { ExitCode: ExitCodes.Unreachable }))
            {
                await i.Error.WriteLineAsync($"The connection broke ({e.Message}); going on after position {last}.");
            }

            await Task.Delay(ReconnectAfter, cancellationToken);
        }
    }

    private static void Show(Invocation i, string data)
    {
        if (i.Json)
        {
            i.Line(data); // One object a line: made for pipes.
            return;
        }

        var e = JsonSerializer.Deserialize(data, LoomJson.Default.TailEvent)!;
        var by = e.Principal is { } principal ? $"  by {principal}" : "";
        i.Line(Printable.Line($"{Times.Short(e.Created)}  {e.Stream}@{e.Revision}  {e.Type}{by}  {e.Data?.GetRawText()}"));
    }
}
