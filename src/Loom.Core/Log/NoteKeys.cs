using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Loom.Core;

/// <summary>Ids of the keys that sign notes (C2SP signed-note).</summary>
public static class NoteKeys
{
    /// <summary>ECDSA P-256 (signature type 0x02): the first four bytes of SHA-256 of the SPKI DER.</summary>
    public static uint Ecdsa(ReadOnlySpan<byte> publicKey)
    {
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(publicKey, hash);
        return BinaryPrimitives.ReadUInt32BigEndian(hash);
    }

    /// <summary>A witness's timestamped Ed25519 (type 0x04): the first four bytes of SHA-256(name ‖ "\n" ‖ 0x04 ‖ key).</summary>
    public static uint Cosignature(string name, ReadOnlySpan<byte> publicKey)
    {
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData([.. Encoding.UTF8.GetBytes(name), (byte)'\n', 0x04, .. publicKey], hash);
        return BinaryPrimitives.ReadUInt32BigEndian(hash);
    }

    /// <summary>An id as Loom prints it: eight lower-case hex digits.</summary>
    public static string Text(uint keyId) => keyId.ToString("x8", System.Globalization.CultureInfo.InvariantCulture);
}
