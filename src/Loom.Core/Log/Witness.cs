using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Loom.Core;

/// <summary>A witness whose cosignatures (C2SP tlog-cosignature, type 0x04) are accepted: a name and an Ed25519 key from configuration.</summary>
/// <param name="Name">Its name on the signature line.</param>
/// <param name="PublicKey">The 32 bytes of its key.</param>
public sealed record Witness(string Name, ReadOnlyMemory<byte> PublicKey)
{
    /// <summary>The time at which this witness says it saw the checkpoint, or null when no line of its key verifies.</summary>
    public DateTimeOffset? CosignedAt(SignedNote note)
    {
        var id = NoteKeys.Cosignature(Name, PublicKey.Span);
        foreach (var line in note.Signatures)
        {
            if (line.KeyId != id || line.Name != Name || line.Signature.Length != 8 + Ed25519.SignatureSize)
            {
                continue;
            }

            var seconds = BinaryPrimitives.ReadUInt64BigEndian(line.Signature.Span);
            if (seconds > (ulong)DateTimeOffset.MaxValue.ToUnixTimeSeconds())
            {
                continue;
            }

            var message = string.Create(CultureInfo.InvariantCulture, $"cosignature/v1\ntime {seconds}\n{note.Text}");
            if (Ed25519.Verify(PublicKey.Span, Encoding.UTF8.GetBytes(message), line.Signature.Span[8..]))
            {
                return DateTimeOffset.FromUnixTimeSeconds((long)seconds);
            }
        }

        return null;
    }
}
