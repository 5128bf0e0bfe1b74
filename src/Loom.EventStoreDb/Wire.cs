using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Google.Protobuf;
using Loom.Core;
using Loom.EventStoreDb.Grpc;
using Loom.EventStoreDb.Protocol;
using Loom.EventStoreDb.Protocol.Streams;

namespace Loom.EventStoreDb;

/// <summary>The small values of the protocol, both ways: ids, names, metadata, times.</summary>
internal static class Wire
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static Empty Empty { get; } = new();

    /// <summary>Google's own empty message, which some fields have instead.</summary>
    public static Google.Protobuf.WellKnownTypes.Empty Nothing { get; } = new();

    public static UUID Text(Guid id) => new() { String = id.ToString("D") };

    public static UUID Structured(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        return new UUID
        {
            Structured = new UUID.Types.Structured
            {
                MostSignificantBits = BinaryPrimitives.ReadInt64BigEndian(bytes),
                LeastSignificantBits = BinaryPrimitives.ReadInt64BigEndian(bytes[8..]),
            },
        };
    }

    /// <summary>Either form; false when there is none, or text that is no UUID.</summary>
    public static bool TryGuid(UUID? id, out Guid guid)
    {
        guid = default;
        switch (id?.ValueCase)
        {
            case UUID.ValueOneofCase.String:
                return Guid.TryParseExact(id.String, "D", out guid);
            case UUID.ValueOneofCase.Structured:
                Span<byte> bytes = stackalloc byte[16];
                BinaryPrimitives.WriteInt64BigEndian(bytes, id.Structured.MostSignificantBits);
                BinaryPrimitives.WriteInt64BigEndian(bytes[8..], id.Structured.LeastSignificantBits);
                guid = new Guid(bytes, bigEndian: true);
                return true;
            default:
                return false;
        }
    }

    /// <summary>Well-formed text as bytes.</summary>
    public static ByteString Utf8(string text) => ByteString.CopyFrom(text, Strict);

    public static StreamIdentifier Identifier(StreamName stream) => new() { StreamName = Utf8(stream.Value) };

    /// <exception cref="GrpcException">There is no name, or one that no stream can have.</exception>
    public static StreamName Stream(StreamIdentifier? identifier)
    {
        if (identifier is null || TryText(identifier.StreamName) is not { } text || !StreamName.TryParse(text, out var name))
        {
            throw Invalid($"A stream's name is 1 to {StreamName.MaxLength} characters of UTF-8.");
        }

        return name;
    }

    /// <summary>The text, or null for bytes that are no UTF-8.</summary>
    public static string? TryText(ByteString bytes)
    {
        try
        {
            return Strict.GetString(bytes.Span);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    public static ByteString Ticks(DateTimeOffset time) =>
        ByteString.CopyFromUtf8((time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks).ToString(CultureInfo.InvariantCulture));

    /// <summary>The other way; what cannot be read is the epoch, since the time is only informative.</summary>
    public static DateTimeOffset Time(ReadOnlySpan<byte> ticks) =>
        long.TryParse(ticks, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var since)
        && since >= -DateTimeOffset.UnixEpoch.Ticks && since <= DateTimeOffset.MaxValue.Ticks - DateTimeOffset.UnixEpoch.Ticks
            ? DateTimeOffset.UnixEpoch.AddTicks(since)
            : DateTimeOffset.UnixEpoch;

    /// <summary>An event that a caller wants appended.</summary>
    /// <exception cref="GrpcException">It lacks what every event has.</exception>
    public static EventData Proposed(AppendReq.Types.ProposedMessage message)
    {
        if (!TryGuid(message.Id, out var id) || id == Guid.Empty)
        {
            throw Invalid("An event lacks its id, or has the nil UUID. Give every event an id of its own.");
        }

        if (message.Metadata.Find("type"u8) is not { } typeBytes || message.Metadata.Find("content-type"u8) is not { } contentType)
        {
            throw new GrpcException(
                StatusCode.InvalidArgument,
                $"Event {id} lacks a metadata property: '{Properties.Type}' and '{Properties.ContentType}' are required.",
                Errors.Trailers(Errors.MissingMetadata, ("required-metadata-properties", $"{Properties.Type},{Properties.ContentType}")));
        }

        if (TryText(typeBytes) is not { Length: > 0 } type)
        {
            throw Invalid($"The type of event {id} is empty, or no UTF-8.");
        }

        return new EventData(id, type, Properties.IsJson(contentType) ? EventData.Json : EventData.Binary, message.Data.Memory, message.CustomMetadata.Memory);
    }

    public static AppendReq.Types.ProposedMessage Propose(EventData e) => new()
    {
        Id = Structured(e.Id),
        Metadata = { Properties.OfType(e.Type), Properties.OfContentType(e.ContentType) },
        Data = UnsafeByteOperations.UnsafeWrap(e.Data),
        CustomMetadata = UnsafeByteOperations.UnsafeWrap(e.Metadata),
    };

    public static GrpcException Invalid(string message) => new(StatusCode.InvalidArgument, message);
}
