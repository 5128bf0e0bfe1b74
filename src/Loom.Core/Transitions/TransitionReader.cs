using System.Diagnostics;
using System.Text.Json;

namespace Loom.Core;

/// <summary>
/// Reads links and openings back from stored metadata, strictly: exactly the members of the format, in exactly one form.
/// Reading checks shape and that the link's hash recomputes; whether digests open is the verifier's question.
/// </summary>
public static class TransitionReader
{
    internal const int MaxMetadata = 1 << 20;
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 16, AllowDuplicateProperties = false };

    private static readonly string[] LinkMembers =
    [
        "actorType", "at", "causation", "command", "correlation", "count", "events", "fence", "from", "inputs", "kind", "link",
        "machine", "prev", "revision", "stream", "to", "traceparent", "v",
    ];

    private static readonly string[] CommandMembers = ["contentType", "digest", "id", "principal", "roles", "type"];
    private static readonly string[] EventMembers = ["contentType", "digest", "id", "type"];
    private static readonly string[] InputMembers = ["digest", "kind"];

    /// <summary>Whether the event's metadata carries a member <c>loom</c> (a link or a part mark).</summary>
    public static bool CarriesLoom(RecordedEvent e) => (e.Known is { } known && known.IsIn(e.Metadata)) || CarriesLoom(e.Metadata);

    /// <summary>Whether the metadata carries a member <c>loom</c> (a link or a part mark).</summary>
    public static bool CarriesLoom(ReadOnlyMemory<byte> metadata)
    {
        if (metadata.IsEmpty || metadata.Span[0] != '{')
        {
            return false;
        }

        try
        {
            using var document = JsonDocument.Parse(metadata, Options);
            return document.RootElement.TryGetProperty("loom", out _);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>
    /// The link in an event's metadata, or null when the event is an earlier part of its transition.
    /// </summary>
    /// <exception cref="FormatException">The metadata is neither; the message says what is wrong.</exception>
    public static Link? ReadLink(RecordedEvent e) => Read(e)?.Link;

    /// <summary>The link and opening of a transition's last event; null when the event is an earlier part.</summary>
    /// <exception cref="FormatException">The metadata is neither; the message says what is wrong.</exception>
    public static (Link Link, Opening Opening)? Read(RecordedEvent e)
    {
        if (e.Known is { } known && known.IsIn(e.Metadata))
        {
            return (known.Link, known.Opening);
        }

        if (e.Metadata.Length is 0 or > MaxMetadata)
        {
            throw new FormatException("The event carries no link: its metadata is empty or too large.");
        }

        try
        {
            using var document = JsonDocument.Parse(e.Metadata, Options);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("loom", out var loom))
            {
                throw new FormatException("The event carries no link: its metadata has no member 'loom'.");
            }

            if (loom.ValueKind == JsonValueKind.Object && loom.TryGetProperty("part", out _))
            {
                Exactly(loom, ["count", "part", "v"]);
                Exactly(root, ["loom"]);
                return null;
            }

            var link = ReadLink(loom);
            if (!root.TryGetProperty("open", out var open))
            {
                throw new FormatException("The metadata has a link but no 'open'.");
            }

            return (link, ReadOpening(open));
        }
        catch (JsonException ex)
        {
            throw new FormatException("The metadata is not JSON.", ex);
        }
        catch (InvalidOperationException ex)
        {
            throw new FormatException("A member of the link has the wrong JSON type.", ex);
        }
    }

    /// <summary>
    /// Groups a stream's events, given in order, into transitions. A group left open at the end (an append is atomic, so this is damage)
    /// is an error, as is any event that carries no link.
    /// </summary>
    /// <exception cref="FormatException">Names the stream and revision of the first event that does not fit.</exception>
    public static IEnumerable<Transition> Group(IEnumerable<RecordedEvent> events)
    {
        var parts = new List<RecordedEvent>();
        foreach (var e in events)
        {
            if (Next(parts, e) is { } transition)
            {
                yield return transition;
            }
        }

        if (parts.Count > 0)
        {
            throw new FormatException($"{parts[0].Stream} at revision {parts[0].Revision}: the transition's last event is missing.");
        }
    }

    /// <summary>Groups a stream's events, given in order, into transitions; see <see cref="Group"/>.</summary>
    public static async IAsyncEnumerable<Transition> GroupAsync(IAsyncEnumerable<RecordedEvent> events)
    {
        var parts = new List<RecordedEvent>();
        await foreach (var e in events.ConfigureAwait(false))
        {
            if (Next(parts, e) is { } transition)
            {
                yield return transition;
            }
        }

        if (parts.Count > 0)
        {
            throw new FormatException($"{parts[0].Stream} at revision {parts[0].Revision}: the transition's last event is missing.");
        }
    }

    private static Transition? Next(List<RecordedEvent> parts, RecordedEvent e)
    {
        (Link Link, Opening Opening)? read;
        try
        {
            read = Read(e);
        }
        catch (FormatException ex)
        {
            throw new FormatException($"{e.Stream} at revision {e.Revision}: {ex.Message}", ex);
        }

        parts.Add(e);
        if (read is not { } found)
        {
            return parts.Count < TransitionWriter.MaxEvents
                ? null
                : throw new FormatException($"{e.Stream} at revision {e.Revision}: more than {TransitionWriter.MaxEvents} events without a link.");
        }

        if (found.Link.Count != parts.Count)
        {
            throw new FormatException($"{e.Stream} at revision {e.Revision}: the link counts {found.Link.Count} events, the stream has {parts.Count}.");
        }

        var transition = new Transition(found.Link, [.. parts], found.Opening);
        parts.Clear();
        return transition;
    }

    private static Link ReadLink(JsonElement json)
    {
        var (link, stated) = ParseLink(json);
        return link.Hash == stated ? link : throw new FormatException("The link's hash does not recompute.");
    }

    /// <summary>The link, and the hash it states for itself, not yet compared.</summary>
    internal static (Link Link, Digest Stated) ParseLink(JsonElement json)
    {
        if (Members(json, LinkMembers) is not
            [
                var actorType, var at, var causation, var command, var correlation, var count, var events, var fence, var from, var inputs, var kind,
                var stated, var machine, var prev, var revision, var stream, var to, var traceparent, var version,
            ])
        {
            throw new UnreachableException("Members gives as many values as it is given names.");
        }

        if (version.GetInt64() != 1)
        {
            throw new FormatException($"The link has format version {version.GetRawText()}; this program reads 1.");
        }

        var link = new Link
        {
            Stream = StreamName.Parse(Text(stream, "stream")),
            Revision = Integer(revision, "revision"),
            Count = checked((int)Math.Min(Integer(count, "count"), int.MaxValue)),
            ActorType = Text(actorType, "actorType"),
            Machine = MachineId.Parse(Text(machine, "machine")),
            Kind = Text(kind, "kind") switch
            {
                "command" => LinkKind.Command,
                "upgrade" => LinkKind.Upgrade,
                _ => throw new FormatException("The link's kind is neither command nor upgrade."),
            },
            Command = ReadCommand(command),
            From = DigestOrNull(from, "from"),
            To = Digest.Parse(Text(to, "to")),
            Events = [.. events.EnumerateArray().Select(ReadEvent)],
            Inputs = inputs.GetArrayLength() == 0 ? [] : [.. inputs.EnumerateArray().Select(ReadInput)],
            Fence = Integer(fence, "fence"),
            At = Timestamp.Parse(Text(at, "at")),
            Correlation = correlation.GetString(),
            Causation = causation.GetString(),
            Traceparent = traceparent.GetString(),
            Prev = DigestOrNull(prev, "prev"),
        };
        if (link.Count != link.Events.Count || link.Count is 0 or > TransitionWriter.MaxEvents)
        {
            throw new FormatException("The link's count and its list of events differ, or lie outside 1..1,000.");
        }

        return (link, Digest.Parse(Text(stated, "link")));
    }

    private static LinkCommand ReadCommand(JsonElement json)
    {
        var values = Members(json, CommandMembers);
        var roles = values[4].GetArrayLength() == 0
            ? []
            : values[4].EnumerateArray().Select(r => r.GetString() ?? throw new FormatException("A role is null.")).ToArray();
        for (var i = 1; i < roles.Length; i++)
        {
            if (string.CompareOrdinal(roles[i - 1], roles[i]) >= 0)
            {
                throw new FormatException("The link's roles are not sorted.");
            }
        }

        return new LinkCommand(
            CommandId.Parse(Text(values[2], "id")), Text(values[5], "type"), Text(values[0], "contentType"), Digest.Parse(Text(values[1], "digest")),
            Text(values[3], "principal"), roles);
    }

    private static LinkEvent ReadEvent(JsonElement json)
    {
        var values = Members(json, EventMembers);
        var id = Text(values[2], "id");
        return Guid.TryParseExact(id, "D", out var guid) && guid.ToString("D") == id
            ? new LinkEvent(guid, Text(values[3], "type"), Text(values[0], "contentType"), Digest.Parse(Text(values[1], "digest")))
            : throw new FormatException("An event id in the link is no lower-case UUID.");
    }

    private static LinkInput ReadInput(JsonElement json)
    {
        var values = Members(json, InputMembers);
        return new LinkInput(Text(values[1], "kind"), Digest.Parse(Text(values[0], "digest")));
    }

    /// <summary>Reads the member <c>open</c> in any of its three shapes.</summary>
    /// <exception cref="FormatException">It has none of them.</exception>
    internal static Opening ReadOpening(JsonElement open)
    {
        if (open.ValueKind == JsonValueKind.String)
        {
            return new Opening { Box = Base64(open.GetString()!) };
        }

        Opening result = new();
        foreach (var member in open.EnumerateObject())
        {
            result = member.Name switch
            {
                "salt" => result with { Salt = Hex32(member.Value.GetString()!) },
                "salts" => result with
                {
                    PartSalts = member.Value.EnumerateObject().ToDictionary(m => m.Name, m => Hex32(m.Value.GetString()!), StringComparer.Ordinal),
                },
                "command" => result with { Command = Base64(member.Value.GetString()!) },
                "commandBlob" => result with { CommandBlob = Digest.Parse(member.Value.GetString()!) },
                _ => throw new FormatException($"'open' has an unknown member '{member.Name}'."),
            };
        }

        var shapes = (result.Salt is null ? 0 : 1) + (result.PartSalts is null ? 0 : 1);
        return shapes == 1 && (result.Command is null || result.CommandBlob is null)
            ? result
            : throw new FormatException("'open' must have either 'salt' or 'salts', and the command at most once.");
    }

    private static byte[] Hex32(string text) => Digest.Parse(text).ToArray();

    private static byte[] Base64(string text)
    {
        var bytes = Convert.FromBase64String(text);
        return Convert.ToBase64String(bytes) == text ? bytes : throw new FormatException("A base64 value is not in its one canonical form.");
    }

    internal static void Exactly(JsonElement json, ReadOnlySpan<string> members) => Members(json, members);

    /// <summary>The values of exactly these members, in the order of the names, whatever their order in the object.</summary>
    private static JsonElement[] Members(JsonElement json, ReadOnlySpan<string> names)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            throw new FormatException("An object was expected.");
        }

        var values = new JsonElement[names.Length];
        var count = 0;
        foreach (var member in json.EnumerateObject())
        {
            // Loom writes members in the order of their names, so the next one nearly always stands where it is expected.
            var index = count < names.Length && member.NameEquals(names[count]) ? count : names.IndexOf(member.Name);
            if (index < 0)
            {
                throw new FormatException($"Unknown member '{(member.Name.Length > 40 ? member.Name[..40] : member.Name)}'.");
            }

            values[index] = member.Value;
            count++;
        }

        return count == names.Length && !values.AsSpan().ContainsUndefined()
            ? values
            : throw new FormatException($"Expected the members {string.Join(", ", names.ToArray())}.");
    }

    private static bool ContainsUndefined(this Span<JsonElement> values)
    {
        foreach (var value in values)
        {
            if (value.ValueKind == JsonValueKind.Undefined)
            {
                return true;
            }
        }

        return false;
    }

    internal static string Text(JsonElement json, string name) =>
        json.GetString() ?? throw new FormatException($"'{name}' is null.");

    internal static long Integer(JsonElement json, string name) =>
        json.TryGetInt64(out var value) && value is >= 0 and <= 9007199254740991
            ? value
            : throw new FormatException($"'{name}' is no integer in 0..2^53-1.");

    private static Digest? DigestOrNull(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Null ? null : Digest.Parse(Text(json, name));
}
