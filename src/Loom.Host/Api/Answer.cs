using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Loom.Core;
using Loom.Hosting.Access;
using Loom.Hosting.Problems;
using Microsoft.AspNetCore.Http.Features;

namespace Loom.Hosting.Api;

/// <summary>Small helps that all routes share.</summary>
internal static class Answer
{
    /// <summary>What the route asks of its caller.</summary>
    public static RouteHandlerBuilder Needs(this RouteHandlerBuilder route, Permission permission) => route.WithMetadata(new Requires(permission));

    /// <summary>Query parameters that the route reads by itself; a name that ends in * stands for all that begin so.</summary>
    public static RouteHandlerBuilder Takes(this RouteHandlerBuilder route, params string[] parameters) => route.WithMetadata(new QueryNames(parameters));

    public static Caller Caller(this HttpContext context) =>
        context.Features.Get<Caller>() ?? throw new InvalidOperationException("The gate let nobody in.");

    /// <summary>Bytes that are JSON as an element, or null.</summary>
    public static JsonElement? Element(ReadOnlyMemory<byte> bytes, string contentType = EventData.Json)
    {
        if (contentType != EventData.Json || bytes.IsEmpty)
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(bytes);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <exception cref="RefusedException">The text names no actor.</exception>
    public static ActorId Actor(string text) =>
        ActorId.TryParse(text, out var actor)
            ? actor
            : throw new RefusedException(Refusal.Invalid($"'{(text.Length > 80 ? text[..80] + "…" : text)}' is not an actor: expected TYPE-ID, for example account-alice."));

    /// <summary>A request body in JSON.</summary>
    /// <exception cref="RefusedException">No JSON content type, or not of the expected shape.</exception>
    public static async Task<T> BodyAsync<T>(HttpRequest request, JsonTypeInfo<T> type)
    {
        if (!request.HasJsonContentType())
        {
            throw new RefusedException(new Refusal(415, "unsupported-media-type", "Send the body as application/json."));
        }

        return await JsonSerializer.DeserializeAsync(request.Body, type, request.HttpContext.RequestAborted)
            ?? throw new RefusedException(new Refusal(400, "malformed-json", "The body is null; an object is expected."));
    }

    /// <summary>A form, with its files on disk.</summary>
    /// <exception cref="RefusedException">It is none, or breaks a limit.</exception>
    public static async Task<IFormCollection> FormAsync(HttpRequest request, FormOptions options)
    {
        try
        {
            return await request.ReadFormAsync(options, request.HttpContext.RequestAborted);
        }
        catch (Exception e) when (e is InvalidDataException || (e is IOException and not BadHttpRequestException && !Disk.IsFull(e)))
        {
            throw new RefusedException(Refusal.Invalid($"The form cannot be read: {e.Message}"));
        }
    }

    /// <exception cref="RefusedException">The number is outside the range.</exception>
    public static int Page(int? count, int fallback, int max) =>
        count is null ? fallback
        : count is >= 1 && count <= max ? count.Value
        : throw new RefusedException(Refusal.Invalid($"A page has 1 to {max} entries, not {count}."));
}
