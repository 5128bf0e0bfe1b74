using Google.Protobuf;
using Google.Protobuf.Collections;
using Loom.Core;
using Loom.EventStoreDb.Protocol.Streams;

namespace Loom.EventStoreDb;

/// <summary>The metadata of an event in the protocol: type, content type and, on reading, when it was stored.</summary>
internal static class Properties
{
    public const string Type = "type";
    public const string Created = "created";
    public const string ContentType = "content-type";

    private static readonly ByteString TypeKey = ByteString.CopyFromUtf8(Type);
    private static readonly ByteString CreatedKey = ByteString.CopyFromUtf8(Created);
    private static readonly ByteString ContentTypeKey = ByteString.CopyFromUtf8(ContentType);
    private static readonly Property Json = new() { Key = ContentTypeKey, Value = ByteString.CopyFromUtf8(EventData.Json) };
    private static readonly Property Binary = new() { Key = ContentTypeKey, Value = ByteString.CopyFromUtf8(EventData.Binary) };

    public static Property OfType(string type) => new() { Key = TypeKey, Value = Wire.Utf8(type) };

    public static Property OfCreated(DateTimeOffset created) => new() { Key = CreatedKey, Value = Wire.Ticks(created) };

    public static Property OfContentType(string contentType) => contentType == EventData.Json ? Json : Binary;

    /// <summary>The last value of a key; null where there is none.</summary>
    public static ByteString? Find(this RepeatedField<Property> properties, ReadOnlySpan<byte> key)
    {
        for (var i = properties.Count - 1; i >= 0; i--)
        {
            if (properties[i].Key.Span.SequenceEqual(key))
            {
                return properties[i].Value;
            }
        }

        return null;
    }

    /// <summary>Whether the content type is the one that marks JSON.</summary>
    public static bool IsJson(ByteString? contentType) => contentType is not null && contentType.Span.SequenceEqual("application/json"u8);
}
