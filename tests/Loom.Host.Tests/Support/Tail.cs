using System.Net;
using System.Text.Json;
using Loom.Api;

namespace Loom.Host.Tests;

/// <summary>A reader of server-sent events.</summary>
internal sealed class Tail : IDisposable
{
    private readonly HttpResponseMessage _answer;
    private readonly StreamReader _reader;

    private Tail(HttpResponseMessage answer, StreamReader reader) => (_answer, _reader) = (answer, reader);

    public static async Task<Tail> OpenAsync(HttpClient http, string path, ulong? lastEventId = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (lastEventId is { } id)
        {
            request.Headers.Add("Last-Event-ID", id.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }

        var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType?.MediaType);
        return new Tail(answer, new StreamReader(await answer.Content.ReadAsStreamAsync()));
    }

    public Task<TailEvent> NextAsync() => NextAsync(_ => true);

    public async Task<TailEvent> NextAsync(Func<TailEvent, bool> wished)
    {
        while (true)
        {
            var (kind, data) = await MessageAsync() ?? throw new EndOfStreamException("The tail ended.");
            if (kind == "event" && JsonSerializer.Deserialize(data, LoomJson.Default.TailEvent) is { } e && wished(e))
            {
                return e;
            }
        }
    }

    public async Task CaughtUpAsync()
    {
        while ((await MessageAsync() ?? throw new EndOfStreamException("The tail ended.")).Kind != "caught-up")
        {
        }
    }

    /// <summary>Reads on until the host ends it, orderly or not.</summary>
    public async Task EndAsync()
    {
        try
        {
            while (await MessageAsync() is not null)
            {
            }
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            // Cut off: an end, too.
        }
    }

    public void Dispose()
    {
        _reader.Dispose();
        _answer.Dispose();
    }

    private async Task<(string Kind, string Data)?> MessageAsync()
    {
        var (kind, data) = ("", "");
        while (await _reader.ReadLineAsync() is { } line)
        {
            if (line.Length == 0 && kind.Length > 0)
            {
                return (kind, data);
            }

            kind = line.StartsWith("event: ", StringComparison.Ordinal) ? line[7..] : kind;
            data = line.StartsWith("data: ", StringComparison.Ordinal) ? line[6..] : data;
        }

        return null;
    }
}
