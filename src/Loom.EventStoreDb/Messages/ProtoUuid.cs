using System.Buffers.Binary;
using System.Text;

namespace Loom.EventStoreDb.Messages;

/// <summary>
/// <c>event_store.client.UUID</c>: 1 <c>structured</c> (1 <c>most_significant_bits</c>, 2 <c>least_significant_bits</c>, both int64) or 2
/// <c>string</c>.
/// </summary>
internal static class ProtoUuid
{
    private const int TextLength = 36;

    public static int SizeOf(Guid id, bool asText)
    {
        if (asText)
        {
            return ProtoWriter.FieldOf(TextLength);
        }

        var (most, least) = Bits(id);
        return ProtoWriter.FieldOf(ProtoWriter.NumberOf(most) + ProtoWriter.NumberOf(least));
    }

    public static void Write(ref ProtoWriter to, Guid id, bool asText)
    {
        if (asText)
        {
            to.Begin(2, TextLength);
            id.TryFormat(to.Room(TextLength), out _);
            return;
        }

        var (most, least) = Bits(id);
        to.Begin(1, ProtoWriter.NumberOf(most) + ProtoWriter.NumberOf(least));
        to.Number(1, most);
        to.Number(2, least);
    }

    /// <summary>False where it is not plainly one UUID.</summary>
    public static bool TryRead(ProtoReader from, out Guid id)
    {
        id = default;
        var found = 0;
        while (from.Next(out var tag))
        {
            switch (tag)
            {
                case (1 << 3) | 2:
                    found++;
                    if (!TryStructured(from.Message(), out id))
                    {
                        return false;
                    }

                    break;
                case (2 << 3) | 2:
                    found++;
                    if (!TryText(from.Bytes(), out id))
                    {
                        return false;
                    }

                    break;
                default:
                    from.Skip(tag);
                    break;
            }
        }

        return !from.IsBad && found == 1;
    }

    private static bool TryStructured(ProtoReader from, out Guid id)
    {
        ulong most = 0;
        ulong least = 0;
        while (from.Next(out var tag))
        {
            switch (tag)
            {
                case 1 << 3:
                    most = from.Varint();
                    break;
                case 2 << 3:
                    least = from.Varint();
                    break;
                default:
                    from.Skip(tag);
                    break;
            }
        }

        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, most);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], least);
        id = new Guid(bytes, bigEndian: true);
        return !from.IsBad;
    }

    private static bool TryText(ReadOnlySpan<byte> utf8, out Guid id)
    {
        id = default;
        if (utf8.Length != TextLength || !Ascii.IsValid(utf8))
        {
            return false;
        }

        Span<char> text = stackalloc char[TextLength];
        Encoding.ASCII.GetChars(utf8, text);
        return Guid.TryParseExact(text, "D", out id);
    }

    private static (ulong Most, ulong Least) Bits(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        return (BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]));
    }
}
