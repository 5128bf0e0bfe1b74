using System.Globalization;
using Google.Protobuf;
using Loom.Core;
using Loom.EventStoreDb.Protocol;
using Loom.EventStoreDb.Protocol.Streams;
using Loom.Journal;

namespace Loom.EventStoreDb.Server;

/// <summary>Makes responses of events, for one call: with the ids in the form that was asked for, and links resolved if that was.</summary>
internal sealed class EventEncoder(IJournal journal, bool textIds, bool resolveLinks)
{
    private const string Link = "$>";
    private const int MaxTypes = 64;

    private readonly Dictionary<string, Property> _types = new(StringComparer.Ordinal);
    private DateTimeOffset _lastCreated;
    private Property? _lastCreatedProperty;
    private StreamName _lastStream;
    private StreamIdentifier? _lastIdentifier;

    public async ValueTask<ReadResp> EncodeAsync(RecordedEvent e, CancellationToken cancellationToken)
    {
        var read = new ReadResp.Types.ReadEvent { CommitPosition = e.Position };
        if (resolveLinks && e.Type == Link)
        {
            read.Link = Recorded(e);
            read.Event = await TargetAsync(e, cancellationToken).ConfigureAwait(false) is { } target ? Recorded(target) : null;
        }
        else
        {
            read.Event = Recorded(e);
        }

        return new ReadResp { Event = read };
    }

    private ReadResp.Types.ReadEvent.Types.RecordedEvent Recorded(RecordedEvent e) => new()
    {
        Id = textIds ? Wire.Text(e.Id) : Wire.Structured(e.Id),
        StreamIdentifier = Identifier(e.Stream),
        StreamRevision = (ulong)e.Revision,
        CommitPosition = e.Position,
        PreparePosition = e.Position,
        Metadata =
        {
            OfType(e.Type),
            OfCreated(e.Created),
            Properties.OfContentType(e.ContentType),
        },
        CustomMetadata = UnsafeByteOperations.UnsafeWrap(e.Metadata),
        Data = UnsafeByteOperations.UnsafeWrap(e.Data),
    };

    // Neighbours are often of one stream and of few types.
    private StreamIdentifier Identifier(StreamName stream)
    {
        if (_lastIdentifier is null || stream != _lastStream)
        {
            (_lastStream, _lastIdentifier) = (stream, Wire.Identifier(stream));
        }

        return _lastIdentifier;
    }

    // Events of one append, and often of one group, were stored at one time.
    private Property OfCreated(DateTimeOffset created)
    {
        if (_lastCreatedProperty is null || created != _lastCreated)
        {
            (_lastCreated, _lastCreatedProperty) = (created, Properties.OfCreated(created));
        }

        return _lastCreatedProperty;
    }

    private Property OfType(string type)
    {
        if (!_types.TryGetValue(type, out var property))
        {
            if (_types.Count == MaxTypes)
            {
                _types.Clear();
            }

            _types[type] = property = Properties.OfType(type);
        }

        return property;
    }

    private async ValueTask<RecordedEvent?> TargetAsync(RecordedEvent link, CancellationToken cancellationToken)
    {
        var text = System.Text.Encoding.UTF8.GetString(link.Data.Span);
        var at = text.IndexOf('@', StringComparison.Ordinal);
        if (at <= 0
            || !long.TryParse(text.AsSpan(0, at), NumberStyles.None, CultureInfo.InvariantCulture, out var revision)
            || !StreamName.TryParse(text[(at + 1)..], out var stream))
        {
            return null;
        }

        await foreach (var target in journal.ReadStreamAsync(stream, Direction.Forwards, revision, 1, cancellationToken).ConfigureAwait(false))
        {
            return target.Revision == revision ? target : null;
        }

        return null;
    }
}
