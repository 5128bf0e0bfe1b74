using Google.Protobuf;
using Loom.Core;
using Loom.EventStoreDb.Grpc;
using Loom.EventStoreDb.Protocol.Streams;

namespace Loom.EventStoreDb.Client;

/// <summary>Makes events of responses, for one read.</summary>
internal sealed class EventDecoder
{
    private ByteString? _lastName;
    private ByteString? _lastTypeBytes;
    private string _lastType = "";
    private StreamName _lastStream;

    /// <summary>The event; null for one whose stream has a name that no stream of Loom's can have.</summary>
    /// <exception cref="GrpcException">The server sent no event.</exception>
    public RecordedEvent? Decode(ReadResp.Types.ReadEvent read)
    {
        var e = read.Event ?? throw Malformed("without the event itself");
        if (e.StreamIdentifier is null || !Wire.TryGuid(e.Id, out var id))
        {
            throw Malformed("without stream or id");
        }

        if (!TryStream(e.StreamIdentifier.StreamName, out var stream))
        {
            return null;
        }

        if (e.StreamRevision > long.MaxValue)
        {
            throw Malformed("with a revision that is none");
        }

        return new RecordedEvent(
            stream,
            (long)e.StreamRevision,
            e.CommitPosition,
            id,
            Type(e.Metadata.Find("type"u8) ?? throw Malformed("without a type")),
            Properties.IsJson(e.Metadata.Find("content-type"u8)) ? EventData.Json : EventData.Binary,
            e.Data.Memory,
            e.CustomMetadata.Memory,
            Wire.Time(e.Metadata.Find("created"u8) is { } created ? created.Span : default));
    }

    private string Type(ByteString bytes)
    {
        if (_lastTypeBytes is null || !_lastTypeBytes.Equals(bytes))
        {
            (_lastType, _lastTypeBytes) = (Wire.TryText(bytes) ?? throw Malformed("with a type that is no UTF-8"), bytes);
        }

        return _lastType;
    }

    private bool TryStream(ByteString name, out StreamName stream)
    {
        if (_lastName is null || !_lastName.Equals(name))
        {
            if (Wire.TryText(name) is not { } text || !StreamName.TryParse(text, out _lastStream))
            {
                (_lastName, stream) = (null, default);
                return false;
            }

            _lastName = name;
        }

        stream = _lastStream;
        return true;
    }

    private static GrpcException Malformed(string how) => new(StatusCode.DataLoss, $"The server sent an event {how}.");
}
