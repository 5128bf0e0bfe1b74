using System.Net.Http.Json;
using System.Text.Json;

namespace Loom.E2E.Started;

/// <summary>The host's HTTP API, for setting stories up and for comparing what the console shows.</summary>
public sealed class LoomApi(Uri address) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = address };

    public async Task SendAsync(string actor, string command, object body, string? id = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/actors/{actor}/commands/{command}") { Content = JsonContent.Create(body) };
        if (id is not null)
        {
            request.Headers.Add("Idempotency-Key", id);
        }

        using var answer = await _http.SendAsync(request);
        Assert.True(answer.IsSuccessStatusCode, $"{command} to {actor}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
    }

    /// <summary>Registers a module of <c>samples/modules</c>; again changes nothing. Its hash, hex.</summary>
    public async Task<string> RegisterAsync(string name)
    {
        using var form = new MultipartFormDataContent
        {
            { new ByteArrayContent(await File.ReadAllBytesAsync(SampleModules.Wasm(name))), "module", $"{name}.wasm" },
            { new ByteArrayContent(await File.ReadAllBytesAsync(SampleModules.Manifest(name))), "manifest", $"{name}.module.json" },
        };
        using var answer = await _http.PostAsync("/api/modules", form);
        var body = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{name}: {(int)answer.StatusCode} {body}");
        return JsonDocument.Parse(body).RootElement.GetProperty("sha256").GetString()!;
    }

    public async Task<JsonElement> GetAsync(string path) => await _http.GetFromJsonAsync<JsonElement>(path);

    public async Task<byte[]> BytesAsync(string path) => await _http.GetByteArrayAsync(path);

    /// <summary>Waits until every link is under a checkpoint.</summary>
    public async Task FlushLogAsync() => (await _http.PostAsync("/api/log/flush", null)).EnsureSuccessStatusCode().Dispose();

    public void Dispose() => _http.Dispose();
}
