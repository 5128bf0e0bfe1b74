using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Loom.Cli.Output;

namespace Loom.Cli.Client;

/// <summary>An answer, as an object and as the host wrote it.</summary>
internal sealed record Answer<T>(T Value, string Body);

/// <summary>Asks a host over HTTP (<c>docs/api.md</c>). Refusals become <see cref="CliException"/>s with the host's own words.</summary>
internal sealed class LoomClient : IDisposable
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);
    private readonly HttpClient _http;

    public LoomClient(string address, string? token)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
        {
            throw new CliException(ExitCodes.Usage, $"'{address}' is no address of a host.", "It must begin with http:// or https://.", $"For example --host {Remote.DefaultHost}.");
        }

        Address = uri;
        _http = new HttpClient(new SocketsHttpHandler { ConnectTimeout = ConnectTimeout, UseProxy = !uri.IsLoopback, AllowAutoRedirect = false })
        {
            BaseAddress = new Uri(uri.GetLeftPart(UriPartial.Authority)),
            Timeout = Timeout.InfiniteTimeSpan,
        };
        if (token is not null)
        {
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }
    }

    public Uri Address { get; }

    public Task<Answer<T>> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        AskAsync(new HttpRequestMessage(HttpMethod.Get, path), type, cancellationToken);

    public Task<Answer<T>> PostAsync<T>(string path, HttpContent? body, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        AskAsync(new HttpRequestMessage(HttpMethod.Post, path) { Content = body }, type, cancellationToken);

    public Task<Answer<TAnswer>> PostAsync<TBody, TAnswer>(
        string path, TBody body, JsonTypeInfo<TBody> bodyType, JsonTypeInfo<TAnswer> type, CancellationToken cancellationToken) =>
        PostAsync(path, Json(JsonSerializer.Serialize(body, bodyType)), type, cancellationToken);

    public async Task DeleteAsync(string path, CancellationToken cancellationToken) =>
        (await SendAsync(new HttpRequestMessage(HttpMethod.Delete, path), cancellationToken)).Dispose();

    public async Task<Answer<T>> AskAsync<T>(HttpRequestMessage request, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(request, cancellationToken);
        var body = await ReadAsync(response, cancellationToken);
        try
        {
            return new Answer<T>(JsonSerializer.Deserialize(body, type) ?? throw new JsonException("null"), body);
        }
        catch (JsonException e)
        {
            throw new CliException(
                ExitCodes.Unreachable, $"{Address} did not answer like a Loom host.", $"{request.Method} {request.RequestUri}: {e.Message}", "Check --host, and that the host's version is this one ('loom version').");
        }
    }

    /// <summary>Sends; an answer that is no success is thrown. The body of the answer is not read yet.</summary>
    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HttpResponseMessage response;
        try
        {
            response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (HttpRequestException e)
        {
            throw new CliException(
                ExitCodes.Unreachable, $"The host at {Address} cannot be reached.", e.InnerException?.Message ?? e.Message,
                "Start one with 'loom run', or say where it is with --host URL or LOOM_HOST.");
        }

        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            throw Problems.Explain(response, await ReadAsync(response, cancellationToken), Address);
        }
    }

    public static StringContent Json(string json) => new(json, Encoding.UTF8, "application/json");

    private async Task<string> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            return await response.Content.ReadAsStringAsync(cancellationToken);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new CliException(ExitCodes.Unreachable, $"The host at {Address} broke off its answer.", e.Message, "Ask again; a command with the same --id is done once only.");
        }
    }

    public void Dispose() => _http.Dispose();
}
