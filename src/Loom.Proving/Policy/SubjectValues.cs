using System.Text.Json;
using Loom.Core;

namespace Loom.Proving;

/// <summary>The bodies of a transition's command and events, each parsed when it is first looked at.</summary>
internal sealed class SubjectValues : IDisposable
{
    private readonly List<JsonDocument> _parsed = [];

    public SubjectValues(ProofSubject subject)
    {
        var command = subject.Transition.Link.Command;
        Commands = [(command.Type, new(() => Parse(command.ContentType, subject.Command)))];
        Events = [.. subject.Transition.Events.Select(e => (e.Type, new Lazy<JsonElement?>(() => Parse(e.ContentType, e.Data))))];
    }

    public IReadOnlyList<(string Type, Lazy<JsonElement?> Body)> Commands { get; }

    public IReadOnlyList<(string Type, Lazy<JsonElement?> Body)> Events { get; }

    public void Dispose() => _parsed.ForEach(d => d.Dispose());

    private JsonElement? Parse(string contentType, ReadOnlyMemory<byte>? body)
    {
        if (body is not { } bytes || contentType != EventData.Json)
        {
            return null;
        }

        try
        {
            var document = JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = CanonicalJson.MaxDepth });
            _parsed.Add(document);
            return document.RootElement;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
