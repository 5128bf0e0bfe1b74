using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Loom.Api;

namespace Loom.Host.Tests;

/// <summary>Requests and answers in JSON.</summary>
internal static class Json
{
    public static StringContent Text(string json) => new(json, Encoding.UTF8, "application/json");

    public static StringContent Body<T>(T value, JsonTypeInfo<T> type) => Text(JsonSerializer.Serialize(value, type));

    public static ByteArrayContent Bytes(byte[] bytes, string contentType = "application/octet-stream")
    {
        var content = new ByteArrayContent(bytes);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        return content;
    }

    /// <summary>The answer's body, after its status was compared.</summary>
    public static async Task<T> ReadAsync<T>(this HttpResponseMessage answer, JsonTypeInfo<T> type, int status = 200)
    {
        var body = await answer.Content.ReadAsStringAsync();
        Assert.True((int)answer.StatusCode == status, $"{(int)answer.StatusCode}, not {status}: {body}");
        return JsonSerializer.Deserialize(body, type)!;
    }

    public static async Task<T> GetAsync<T>(this HttpClient http, string path, JsonTypeInfo<T> type)
    {
        using var answer = await http.GetAsync(path);
        return await answer.ReadAsync(type);
    }

    /// <summary>
    /// The answer as a problem, with what every one of them has to be: the right type and status, a stable code, a sentence for people, and
    /// nothing of the host's inside.
    /// </summary>
    public static async Task<Problem> ProblemAsync(this HttpResponseMessage answer, int status, string code)
    {
        var body = await answer.Content.ReadAsStringAsync();
        Assert.True((int)answer.StatusCode == status, $"{(int)answer.StatusCode}, not {status}: {body}");
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        var problem = JsonSerializer.Deserialize(body, LoomJson.Default.Problem)!;
        Assert.Equal((status, code), (problem.Status, problem.Code));
        Assert.EndsWith("/" + code, problem.Type, StringComparison.Ordinal);
        Assert.True(problem.Detail.Length > 10 && problem.Detail.Trim().Contains(' ', StringComparison.Ordinal), $"'{problem.Detail}' says nothing.");
        Assert.DoesNotContain("   at ", body, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", body, StringComparison.Ordinal);
        Assert.DoesNotContain("Nullable", body, StringComparison.Ordinal);
        return problem;
    }
}
