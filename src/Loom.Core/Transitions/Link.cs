using System.Buffers;
using System.Security.Cryptography;

namespace Loom.Core;

/// <summary>What made a transition.</summary>
public enum LinkKind
{
    /// <summary>A command, decided by the machine.</summary>
    Command,

    /// <summary>A change of the actor type's version or module.</summary>
    Upgrade,
}

/// <summary>The command as its link records it.</summary>
/// <param name="Id">The sender's id of the command.</param>
/// <param name="Type">The command's name.</param>
/// <param name="ContentType">The kind of body.</param>
/// <param name="Digest">Salted digest of the body (label <c>command</c>).</param>
/// <param name="Principal">Who asked, as authenticated.</param>
/// <param name="Roles">The application's roles of the caller, sorted by code unit, no duplicates.</param>
public sealed record LinkCommand(CommandId Id, string Type, string ContentType, Digest Digest, string Principal, IReadOnlyList<string> Roles);

/// <summary>One event as its link records it.</summary>
/// <param name="Id">The event's id.</param>
/// <param name="Type">The event's name.</param>
/// <param name="ContentType">The kind of body, before any encryption.</param>
/// <param name="Digest">Salted digest of the body (label <c>event:N</c>).</param>
public sealed record LinkEvent(Guid Id, string Type, string ContentType, Digest Digest);

/// <summary>A piece of evidence behind a command.</summary>
/// <param name="Kind">What it is, for example <c>activity</c>.</param>
/// <param name="Digest">Salted digest of its bytes (label <c>input:N</c>).</param>
public sealed record LinkInput(string Kind, Digest Digest);

/// <summary>
/// A transition's entry in the hash chain (format v1, <c>docs/formats/link-v1.md</c>). Everything a decision could look at is in here,
/// directly or by salted digest. Immutable; <see cref="Hash"/> is computed, never given.
/// </summary>
public sealed record Link
{
    private Memo _hash;

    /// <summary>The actor's stream.</summary>
    public required StreamName Stream { get; init; }

    /// <summary>Revision of the transition's first event.</summary>
    public required long Revision { get; init; }

    /// <summary>Number of events, 1..1,000.</summary>
    public required int Count { get; init; }

    /// <summary>The actor type and its version, <c>TYPE@VERSION</c>.</summary>
    public required string ActorType { get; init; }

    /// <summary>What decided.</summary>
    public required MachineId Machine { get; init; }

    /// <summary>A command or an upgrade.</summary>
    public required LinkKind Kind { get; init; }

    /// <summary>The command.</summary>
    public required LinkCommand Command { get; init; }

    /// <summary>Digest of the state before; null only at birth. Equals the previous link's <see cref="To"/>.</summary>
    public required Digest? From { get; init; }

    /// <summary>Salted digest of the state after (label <c>to</c>).</summary>
    public required Digest To { get; init; }

    /// <summary>The events, in order.</summary>
    public required IReadOnlyList<LinkEvent> Events { get; init; }

    /// <summary>The evidence behind the command, in order; usually empty.</summary>
    public IReadOnlyList<LinkInput> Inputs { get; init; } = [];

    /// <summary>The fencing token of the activation that wrote it.</summary>
    public required long Fence { get; init; }

    /// <summary>When it was decided, by the host's clock; never earlier than the previous link's.</summary>
    public required Timestamp At { get; init; }

    /// <summary>The conversation it belongs to, or null.</summary>
    public string? Correlation { get; init; }

    /// <summary>What caused it (an event id or a command id), or null.</summary>
    public string? Causation { get; init; }

    /// <summary>W3C trace context, or null.</summary>
    public string? Traceparent { get; init; }

    /// <summary>Hash of the previous link of the stream; null at birth.</summary>
    public required Digest? Prev { get; init; }

    /// <summary>SHA-256(<c>"loom.link.v1\n"</c> ‖ RFC 8785 form without <c>link</c>).</summary>
    public Digest Hash
    {
        get
        {
            if (_hash.Entry is { } entry && ReferenceEquals(entry.Item1, this))
            {
                return entry.Item2;
            }

            var hash = LinkJson.HashOf(this);
            _hash = new Memo(Tuple.Create(this, hash));
            return hash;
        }
    }

    /// <summary>Revision of the last event.</summary>
    public long LastRevision => Revision + Count - 1;

    // A 'with' copies the field, so the memo knows whose hash it is; and it takes no part in equality.
    private readonly struct Memo(Tuple<Link, Digest>? entry) : IEquatable<Memo>
    {
        public Tuple<Link, Digest>? Entry => entry;

        public bool Equals(Memo other) => true;

        public override bool Equals(object? obj) => obj is Memo;

        public override int GetHashCode() => 0;
    }
}

/// <summary>The one written form of a link.</summary>
public static class LinkJson
{
    /// <summary>Separates link hashes from every other hash in Loom.</summary>
    public static ReadOnlySpan<byte> Domain => "loom.link.v1\n"u8;

    /// <summary>The link's hash, computed anew.</summary>
    public static Digest HashOf(Link link)
    {
        var buffer = new ArrayBufferWriter<byte>(2048);
        buffer.Write(Domain);
        Write(new CanonicalJsonWriter(buffer), link, hash: null);
        return Digest.Of(buffer.WrittenSpan);
    }

    /// <summary>The canonical form without the member <c>link</c>: what the hash is over, after the domain.</summary>
    public static byte[] WithoutHash(Link link)
    {
        var buffer = new ArrayBufferWriter<byte>(2048);
        Write(new CanonicalJsonWriter(buffer), link, hash: null);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Writes the whole object, with its <c>link</c>.</summary>
    public static void Write(CanonicalJsonWriter json, Link link) => Write(json, link, link.Hash);

    // Members in the order of their code units, which is the order RFC 8785 wants.
    internal static void Write(CanonicalJsonWriter json, Link link, Digest? hash)
    {
        json.StartObject();
        json.Name("actorType");
        json.String(link.ActorType);
        json.Name("at");
        json.String(link.At.ToString());
        json.Name("causation");
        json.StringOrNull(link.Causation);
        json.Name("command");
        WriteCommand(json, link.Command);
        json.Name("correlation");
        json.StringOrNull(link.Correlation);
        json.Name("count");
        json.Integer(link.Count);
        json.Name("events");
        json.StartArray();
        foreach (var e in link.Events)
        {
            WriteEvent(json, e);
        }

        json.EndArray();
        json.Name("fence");
        json.Integer(link.Fence);
        json.Name("from");
        Write(json, link.From);
        json.Name("inputs");
        json.StartArray();
        foreach (var input in link.Inputs)
        {
            json.StartObject();
            json.Name("digest");
            json.Hex(input.Digest);
            json.Name("kind");
            json.String(input.Kind);
            json.EndObject();
        }

        json.EndArray();
        json.Name("kind");
        json.String(link.Kind == LinkKind.Upgrade ? "upgrade" : "command");
        if (hash is { } value)
        {
            json.Name("link");
            json.Hex(value);
        }

        json.Name("machine");
        json.String(link.Machine.Value);
        json.Name("prev");
        Write(json, link.Prev);
        json.Name("revision");
        json.Integer(link.Revision);
        json.Name("stream");
        json.String(link.Stream.Value);
        json.Name("to");
        json.Hex(link.To);
        json.Name("traceparent");
        json.StringOrNull(link.Traceparent);
        json.Name("v");
        json.Integer(1);
        json.EndObject();
    }

    private static void Write(CanonicalJsonWriter json, Digest? digest)
    {
        if (digest is { } value)
        {
            json.Hex(value);
        }
        else
        {
            json.Null();
        }
    }

    private static void WriteCommand(CanonicalJsonWriter json, LinkCommand command)
    {
        json.StartObject();
        json.Name("contentType");
        json.String(command.ContentType);
        json.Name("digest");
        json.Hex(command.Digest);
        json.Name("id");
        json.String(command.Id.Value);
        json.Name("principal");
        json.String(command.Principal);
        json.Name("roles");
        json.StartArray();
        foreach (var role in command.Roles)
        {
            json.String(role);
        }

        json.EndArray();
        json.Name("type");
        json.String(command.Type);
        json.EndObject();
    }

    private static void WriteEvent(CanonicalJsonWriter json, LinkEvent e)
    {
        json.StartObject();
        json.Name("contentType");
        json.String(e.ContentType);
        json.Name("digest");
        json.Hex(e.Digest);
        json.Name("id");
        json.String(e.Id.ToString("D"));
        json.Name("type");
        json.String(e.Type);
        json.EndObject();
    }
}
