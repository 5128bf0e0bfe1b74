using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Loom.Core;

namespace Loom.Simulation.Tests.Kill;

internal enum Answer
{
    /// <summary>None, or one that leaves it open: the same id is sent again.</summary>
    Open,

    /// <summary>Accepted: durable, whatever happens now.</summary>
    Accepted,

    /// <summary>The machine said no: it leaves no trace.</summary>
    Rejected,
}

/// <summary>A command with the id that its client gave it, and what the host said.</summary>
internal sealed class SentCommand(string actor, string type, string body, string id)
{
    public string Actor => actor;

    public string Type => type;

    public string Body => body;

    public string Id => id;

    public int Tries { get; set; }

    public Answer Answer { get; set; }

    public Digest Link { get; set; }
}

/// <summary>Clients of the bank: each sends one command after another until the host is gone.</summary>
internal sealed class BankClient(Uri address) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, ConnectTimeout = TimeSpan.FromMinutes(5) })
    {
        BaseAddress = address,
        Timeout = TimeSpan.FromMinutes(10),
    };

    /// <summary>False when the host is gone; the command then is open still, done or not.</summary>
    public async Task<bool> SendAsync(SentCommand command, Action<string> count)
    {
        try
        {
            command.Tries++;
            using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/actors/{command.Actor}/commands/{command.Type}");
            request.Headers.Add("Idempotency-Key", command.Id);
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(command.Body));
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using var response = await _http.SendAsync(request);
            var text = await response.Content.ReadAsStringAsync();
            switch (response.StatusCode)
            {
                case HttpStatusCode.OK:
                    using (var json = JsonDocument.Parse(text))
                    {
                        command.Link = Digest.Parse(json.RootElement.GetProperty("link").GetString()!);
                        count(command.Tries == 1 ? "accepted" : json.RootElement.GetProperty("repeated").GetBoolean() ? "sent again: was done" : "sent again: was not done");
                    }

                    command.Answer = Answer.Accepted;
                    return true;
                case HttpStatusCode.UnprocessableEntity:
                    command.Answer = Answer.Rejected;
                    count("rejected by the machine");
                    return true;
                case HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable:
                    count("busy");
                    return true;
                default:
                    throw new InvariantException($"{command.Id} ({command.Type} of {command.Actor}) was answered {(int)response.StatusCode}: {text}");
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            count("unanswered");
            return false;
        }
    }

    public async Task<JsonDocument> GetAsync(string path) => JsonDocument.Parse(await _http.GetStringAsync(path));

    public async Task PostAsync(string path)
    {
        using var response = await _http.PostAsync(path, null);
        if (!response.IsSuccessStatusCode)
        {
            throw new InvariantException($"{path} was answered {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync()}");
        }
    }

    public void Dispose() => _http.Dispose();
}
