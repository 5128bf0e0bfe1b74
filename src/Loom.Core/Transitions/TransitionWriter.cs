using System.Buffers;

namespace Loom.Core;

/// <summary>An event before it is stored: what a machine emitted.</summary>
/// <param name="Type">The stored name.</param>
/// <param name="ContentType">The kind of body.</param>
/// <param name="Data">The body; canonical when it is JSON.</param>
public sealed record EmittedEvent(string Type, string ContentType, ReadOnlyMemory<byte> Data);

/// <summary>Everything that goes into one transition. Only <see cref="TransitionWriter"/> turns it into a link and events.</summary>
public sealed record TransitionDraft
{
    /// <summary>The stream.</summary>
    public required StreamName Stream { get; init; }

    /// <summary>The stream's last link, or null at birth.</summary>
    public required Link? Previous { get; init; }

    /// <summary><c>TYPE@VERSION</c>.</summary>
    public required string ActorType { get; init; }

    /// <summary>What decided.</summary>
    public required MachineId Machine { get; init; }

    /// <summary>A command or an upgrade.</summary>
    public LinkKind Kind { get; init; }

    /// <summary>The sender's id of the command.</summary>
    public required CommandId CommandId { get; init; }

    /// <summary>The command's name.</summary>
    public required string CommandType { get; init; }

    /// <summary>The kind of body.</summary>
    public string CommandContentType { get; init; } = EventData.Json;

    /// <summary>The command's body; canonical when it is JSON.</summary>
    public required ReadOnlyMemory<byte> Command { get; init; }

    /// <summary>
    /// Whether a body above <see cref="TransitionWriter.MaxInlineCommand"/> may be a blob: <see cref="WrittenTransition.CommandBlob"/> then
    /// names it, and who appends the events makes it durable before.
    /// </summary>
    public bool MayUseBlob { get; init; }

    /// <summary>Who asked.</summary>
    public required string Principal { get; init; }

    /// <summary>The caller's application roles, sorted by code unit.</summary>
    public IReadOnlyList<string> Roles { get; init; } = [];

    /// <summary>What the machine emitted; 1..1,000.</summary>
    public required IReadOnlyList<EmittedEvent> Events { get; init; }

    /// <summary>The state after, as bytes.</summary>
    public required ReadOnlyMemory<byte> State { get; init; }

    /// <summary>Evidence behind the command.</summary>
    public IReadOnlyList<(string Kind, ReadOnlyMemory<byte> Bytes)> Inputs { get; init; } = [];

    /// <summary>The activation's fencing token.</summary>
    public required long Fence { get; init; }

    /// <summary>When it was decided.</summary>
    public required Timestamp At { get; init; }

    /// <summary>The conversation, or null.</summary>
    public string? Correlation { get; init; }

    /// <summary>The cause, or null.</summary>
    public string? Causation { get; init; }

    /// <summary>Trace context, or null.</summary>
    public string? Traceparent { get; init; }

    /// <summary>The transition salt: 32 random bytes, used once.</summary>
    public required byte[] Salt { get; init; }
}

/// <summary>A transition ready to append.</summary>
/// <param name="Link">Its link.</param>
/// <param name="Events">The events with their metadata, for one atomic append at revision <c>Link.Revision − 1</c>.</param>
public sealed record WrittenTransition(Link Link, IReadOnlyList<EventData> Events)
{
    /// <summary>SHA-256 of the command's body when it is too large for the metadata: it has to be durable as a blob before the append. Else null.</summary>
    public Digest? CommandBlob { get; init; }
}

/// <summary>Turns a draft into a link and events; the only place that does.</summary>
public static class TransitionWriter
{
    /// <summary>Most events of one transition.</summary>
    public const int MaxEvents = 1000;

    /// <summary>Most bytes of one transition, metadata included (below the 1 MiB that EventStoreDB takes).</summary>
    public const int MaxBytes = 900_000;

    /// <summary>Largest command body carried in metadata; a larger one is a blob.</summary>
    public const int MaxInlineCommand = 32 * 1024;

    // About what the last event's metadata holds beside the link: hash, salt, names, copies.
    private const int MetadataBesideLink = 512;

    /// <summary>Computes digests, link and metadata.</summary>
    /// <exception cref="ArgumentException">The draft breaks a limit above, or goes back in time against the previous link.</exception>
    public static WrittenTransition Write(TransitionDraft draft)
    {
        if (draft.Events.Count is 0 or > MaxEvents)
        {
            throw new ArgumentException($"A transition has 1 to {MaxEvents} events, not {draft.Events.Count}.", nameof(draft));
        }

        var isBlob = draft.Command.Length > MaxInlineCommand;
        if (isBlob && !draft.MayUseBlob)
        {
            throw new ArgumentException($"A command's body is at most {MaxInlineCommand} bytes, not {draft.Command.Length}.", nameof(draft));
        }

        if (draft.Previous is { } previous && draft.At < previous.At)
        {
            throw new ArgumentException($"{draft.At} is earlier than the previous link's {previous.At}.", nameof(draft));
        }

        var link = LinkOf(draft);
        var blob = isBlob ? Digest.Of(draft.Command.Span) : (Digest?)null;
        var events = new EventData[draft.Events.Count];
        var total = 0;
        for (var i = 0; i < events.Length; i++)
        {
            var emitted = draft.Events[i];
            var isLast = i == events.Length - 1;
            var metadata = isLast ? LastMetadata(link, draft, blob) : PartMetadata(i, events.Length);
            events[i] = new EventData(link.Events[i].Id, emitted.Type, emitted.ContentType, emitted.Data, metadata)
            {
                Known = isLast ? new KnownLink(metadata, link, OpeningOf(draft, blob)) : null,
            };
            total += events[i].Size;
        }

        return total <= MaxBytes
            ? new WrittenTransition(link, events) { CommandBlob = blob }
            : throw new ArgumentException($"The transition has {total} bytes; at most {MaxBytes} fit.", nameof(draft));
    }

    private static Link LinkOf(TransitionDraft draft)
    {
        using var salts = new PartSalts(draft.Salt);
        var events = new LinkEvent[draft.Events.Count];
        for (var i = 0; i < events.Length; i++)
        {
            var e = draft.Events[i];
            events[i] = new LinkEvent(UuidV5.OfEvent(draft.Stream, draft.CommandId, i), e.Type, e.ContentType, salts.DigestOf(Salts.Event(i), e.Data.Span));
        }

        var inputs = draft.Inputs.Count == 0 ? [] : new LinkInput[draft.Inputs.Count];
        for (var i = 0; i < inputs.Length; i++)
        {
            inputs[i] = new LinkInput(draft.Inputs[i].Kind, salts.DigestOf(Salts.Input(i), draft.Inputs[i].Bytes.Span));
        }

        return new Link
        {
            Stream = draft.Stream,
            Revision = draft.Previous is { } p ? p.LastRevision + 1 : 0,
            Count = events.Length,
            ActorType = draft.ActorType,
            Machine = draft.Machine,
            Kind = draft.Kind,
            Command = new LinkCommand(
                draft.CommandId, draft.CommandType, draft.CommandContentType, salts.DigestOf(Salts.Command, draft.Command.Span), draft.Principal, draft.Roles),
            From = draft.Previous?.To,
            To = salts.DigestOf(Salts.To, draft.State.Span),
            Events = events,
            Inputs = inputs,
            Fence = draft.Fence,
            At = draft.At,
            Correlation = draft.Correlation,
            Causation = draft.Causation,
            Traceparent = draft.Traceparent,
            Prev = draft.Previous?.Hash,
        };
    }

    private static Opening OpeningOf(TransitionDraft draft, Digest? blob) => new()
    {
        Salt = draft.Salt,
        Command = blob is null ? draft.Command.ToArray() : null,
        CommandBlob = blob,
    };

    private static byte[] PartMetadata(int part, int count)
    {
        var buffer = new ArrayBufferWriter<byte>(64);
        var json = new CanonicalJsonWriter(buffer);
        json.StartObject();
        json.Name("loom");
        json.StartObject();
        json.Name("count");
        json.Integer(count);
        json.Name("part");
        json.Integer(part);
        json.Name("v");
        json.Integer(1);
        json.EndObject();
        json.EndObject();
        return buffer.WrittenSpan.ToArray();
    }

    // The link's bytes are written once: hashed first, then put into the metadata with the hash in its place.
    private static byte[] LastMetadata(Link link, TransitionDraft draft, Digest? blob)
    {
        var hashed = ScratchBuffer.Take();
        var place = LinkJson.WriteHashed(hashed, link);
        var hash = link.Remember(Digest.Of(hashed.WrittenSpan));

        var buffer = new ArrayBufferWriter<byte>(hashed.WrittenCount + MetadataBesideLink + (blob is null ? draft.Command.Length * 4 / 3 : 0));
        var json = new CanonicalJsonWriter(buffer);
        json.StartObject();
        Copy(json, "$causationId", link.Causation);
        Copy(json, "$correlationId", link.Correlation);
        json.PlainName("loom"u8);
        json.Raw(hashed.WrittenSpan[LinkJson.Domain.Length..place]);
        json.PlainName("link"u8);
        json.Hex(hash);
        json.RawRest(hashed.WrittenSpan[place..]);
        ScratchBuffer.Return(hashed);
        json.PlainName("open"u8);
        json.StartObject();
        json.PlainName(blob is null ? "command"u8 : "commandBlob"u8);
        json.String(blob?.ToString() ?? Convert.ToBase64String(draft.Command.Span));
        json.PlainName("salt"u8);
        json.String(Convert.ToHexStringLower(draft.Salt));
        json.EndObject();
        Copy(json, "traceparent", link.Traceparent);
        json.EndObject();
        return buffer.WrittenSpan.ToArray();
    }

    // Copies for other tools; the link is the authority.
    private static void Copy(CanonicalJsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.Name(name);
            json.String(value);
        }
    }
}
