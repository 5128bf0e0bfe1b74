using Loom.Core;

namespace Loom.EventStoreDb.Messages;

/// <summary>The entries of an event's metadata: repeated <c>Property</c> (1 <c>key</c>, 2 <c>value</c>), here always field 6 or 2 of the event.</summary>
internal static class ProtoProperties
{
    private static readonly byte[] Json = [.. "\n\u000Ccontent-type\u0012\u0010"u8, .. "application/json"u8];
    private static readonly byte[] Binary = [.. "\n\u000Ccontent-type\u0012\u0018"u8, .. "application/octet-stream"u8];

    private static ReadOnlySpan<byte> TypeKey => "\n\u0004type"u8;

    private static ReadOnlySpan<byte> CreatedKey => "\n\u0007created"u8;

    /// <summary>Bytes of the entry with the event's type; so many bytes of text.</summary>
    public static int TypeOf(int length) => TypeKey.Length + ProtoWriter.BytesOf(length);

    /// <summary>Bytes of the entry with the time; so many digits.</summary>
    public static int CreatedOf(int length) => CreatedKey.Length + ProtoWriter.BytesOf(length);

    public static int ContentTypeOf(string contentType) => contentType == EventData.Json ? Json.Length : Binary.Length;

    public static void WriteType(ref ProtoWriter to, int field, string type, int length)
    {
        to.Begin(field, TypeOf(length));
        to.Raw(TypeKey);
        to.Text(2, type, length);
    }

    public static void WriteCreated(ref ProtoWriter to, int field, scoped ReadOnlySpan<byte> digits)
    {
        to.Begin(field, CreatedOf(digits.Length));
        to.Raw(CreatedKey);
        to.Bytes(2, digits);
    }

    public static void WriteContentType(ref ProtoWriter to, int field, string contentType) =>
        to.Bytes(field, contentType == EventData.Json ? Json : Binary);

    /// <summary>Takes an entry into what was found so far, of equal keys the last. False where it cannot be read.</summary>
    public static bool TryRead(ProtoReader from, ref Found found)
    {
        ReadOnlySpan<byte> key = default;
        ReadOnlySpan<byte> value = default;
        while (from.Next(out var tag))
        {
            switch (tag)
            {
                case (1 << 3) | 2:
                    key = from.Bytes();
                    break;
                case (2 << 3) | 2:
                    value = from.Bytes();
                    break;
                default:
                    from.Skip(tag);
                    break;
            }
        }

        if (key.SequenceEqual("type"u8))
        {
            found.HasType = true;
            found.Type = value;
        }
        else if (key.SequenceEqual("content-type"u8))
        {
            found.HasContentType = true;
            found.ContentType = value;
        }
        else if (key.SequenceEqual("created"u8))
        {
            found.Created = value;
        }

        return !from.IsBad;
    }

    /// <summary>What the entries say of an event.</summary>
    internal ref struct Found
    {
        public ReadOnlySpan<byte> Type;
        public bool HasType;
        public ReadOnlySpan<byte> ContentType;
        public bool HasContentType;
        public ReadOnlySpan<byte> Created;

        /// <summary>How Loom's events call it.</summary>
        public readonly string Kind => ContentType.SequenceEqual("application/json"u8) ? EventData.Json : EventData.Binary;
    }
}
