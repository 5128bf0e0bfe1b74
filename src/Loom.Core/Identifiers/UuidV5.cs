using System.Security.Cryptography;
using System.Text;

namespace Loom.Core;

/// <summary>Name-based UUIDs (RFC 9562, version 5), and the namespaces that Loom derives ids in (<c>docs/formats/domains.md</c>).</summary>
public static class UuidV5
{
    /// <summary>Namespace of event ids: the name is <c>STREAM\nCOMMANDID\nINDEX</c>.</summary>
    public static Guid EventNamespace { get; } = new("6c6f6f6d-0001-5e76-a000-000000000001");

    /// <summary>Namespace of derived command ids: the name is the id of the effect's event, or <c>STREAM\nREVISION\nMACHINE</c> of an upgrade.</summary>
    public static Guid CommandNamespace { get; } = new("6c6f6f6d-0001-5e76-a000-000000000002");

    /// <summary>The id of the event at <paramref name="index"/> of the transition that <paramref name="command"/> made.</summary>
    public static Guid OfEvent(StreamName stream, CommandId command, int index) =>
        Create(EventNamespace, $"{stream.Value}\n{command.Value}\n{index}");

    /// <summary>A command id that follows from <paramref name="name"/> alone.</summary>
    public static CommandId DerivedCommand(string name) => CommandId.Parse(Create(CommandNamespace, name).ToString("D"));

    /// <summary>RFC 9562 section 5.5.</summary>
    public static Guid Create(Guid ns, string name)
    {
        var length = 16 + Encoding.UTF8.GetByteCount(name);
        var input = length <= 512 ? stackalloc byte[length] : new byte[length];
        ns.TryWriteBytes(input, bigEndian: true, out _);
        Encoding.UTF8.GetBytes(name, input[16..]);
#pragma warning disable CA5350 // SHA-1 is what version 5 is defined by; the id is a name, not a proof.
        Span<byte> hash = stackalloc byte[20];
        SHA1.HashData(input, hash);
#pragma warning restore CA5350
        hash[6] = (byte)((hash[6] & 0x0f) | 0x50);
        hash[8] = (byte)((hash[8] & 0x3f) | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }
}
