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

            return Remember(LinkJson.HashOf(this));
        }
    }

    /// <summary>Keeps the hash that the writer of this link has computed already.</summary>
    internal Digest Remember(Digest hash)
    {
        _hash = new Memo(Tuple.Create(this, hash));
        return hash;
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
        var buffer = ScratchBuffer.Take();
        WriteHashed(buffer, link);
        var hash = Digest.Of(buffer.WrittenSpan);
        ScratchBuffer.Return(buffer);
        return hash;
    }

    /// <summary>Writes what the hash is over: the domain, then the object without <c>link</c>. Returns where in it that member belongs.</summary>
    internal static int WriteHashed(ArrayBufferWriter<byte> buffer, Link link)
    {
        buffer.Write(Domain);
        var json = new CanonicalJsonWriter(buffer);
        WriteBeforeHash(json, link);
        var place = buffer.WrittenCount;
        WriteAfterHash(json, link);
        return place;
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

    internal static void Write(CanonicalJsonWriter json, Link link, Digest? hash)
    {
        WriteBeforeHash(json, link);
        if (hash is { } value)
        {
            json.PlainName("link"u8);
            json.Hex(value);
        }

        WriteAfterHash(json, link);
    }

    // Members in the order of their code units, which is the order RFC 8785 wants.
    private static void WriteBeforeHash(CanonicalJsonWriter json, Link link)
    {
        json.StartObject();
        json.PlainName("actorType"u8);
        json.String(link.ActorType);
        json.PlainName("at"u8);
        json.String(link.At.ToString());
        json.PlainName("causation"u8);
        json.StringOrNull(link.Causation);
        json.PlainName("command"u8);
        WriteCommand(json, link.Command);
        json.PlainName("correlation"u8);
        json.StringOrNull(link.Correlation);
        json.PlainName("count"u8);
        json.Integer(link.Count);
        json.PlainName("events"u8);
        json.StartArray();
        foreach (var e in link.Events)
        {
            WriteEvent(json, e);
        }

        json.EndArray();
        json.PlainName("fence"u8);
        json.Integer(link.Fence);
        json.PlainName("from"u8);
        Write(json, link.From);
        json.PlainName("inputs"u8);
        json.StartArray();
        foreach (var input in link.Inputs)
        {
            json.StartObject();
            json.PlainName("digest"u8);
            json.Hex(input.Digest);
            json.PlainName("kind"u8);
            json.String(input.Kind);
            json.EndObject();
        }

        json.EndArray();
        json.PlainName("kind"u8);
        json.String(link.Kind == LinkKind.Upgrade ? "upgrade" : "command");
    }

    private static void WriteAfterHash(CanonicalJsonWriter json, Link link)
    {
        json.PlainName("machine"u8);
        json.String(link.Machine.Value);
        json.PlainName("prev"u8);
        Write(json, link.Prev);
        json.PlainName("revision"u8);
        json.Integer(link.Revision);
        json.PlainName("stream"u8);
        json.String(link.Stream.Value);
        json.PlainName("to"u8);
        json.Hex(link.To);
        json.PlainName("traceparent"u8);
        json.StringOrNull(link.Traceparent);
        json.PlainName("v"u8);
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
        json.PlainName("contentType"u8);
        json.String(command.ContentType);
        json.PlainName("digest"u8);
        json.Hex(command.Digest);
        json.PlainName("id"u8);
        json.String(command.Id.Value);
        json.PlainName("principal"u8);
        json.String(command.Principal);
        json.PlainName("roles"u8);
        json.StartArray();
        foreach (var role in command.Roles)
        {
            json.String(role);
        }

        json.EndArray();
        json.PlainName("type"u8);
        json.String(command.Type);
        json.EndObject();
    }

    private static void WriteEvent(CanonicalJsonWriter json, LinkEvent e)
    {
        json.StartObject();
        json.PlainName("contentType"u8);
        json.String(e.ContentType);
        json.PlainName("digest"u8);
        json.Hex(e.Digest);
        json.PlainName("id"u8);
        json.String(e.Id.ToString("D"));
        json.PlainName("type"u8);
        json.String(e.Type);
        json.EndObject();
    }
}
