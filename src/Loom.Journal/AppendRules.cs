using System.Text;
using Loom.Core;
using Loom.Journal.Embedded;

namespace Loom.Journal;

/// <summary>What an append must look like before any journal takes it.</summary>
public static class AppendRules
{
    /// <summary>Most bytes of one append, by <see cref="EventData.Size"/>.</summary>
    public const int MaxAppend = 1_048_576;

    /// <summary>Checks names, ids, types and sizes.</summary>
    /// <exception cref="JournalException">A rule is broken; the message names it.</exception>
    public static void Check(StreamName stream, IReadOnlyList<EventData> events)
    {
        ArgumentNullException.ThrowIfNull(events);
        if (MetadataStreams.TryDescribed(stream, out var described))
        {
            ProtectedStreams.Check(described.Value, "Metadata");
        }
        else if (stream.IsSystem)
        {
            throw Refused($"Stream '{stream}' cannot be written: names that begin with $ control other streams and could hide events. Choose another name.");
        }

        long size = 0;
        for (var i = 0; i < events.Count; i++)
        {
            var e = events[i];
            if (e.Id == Guid.Empty)
            {
                throw Refused($"Event {i} for '{stream}' has the nil UUID as id. Give every event an id of its own.");
            }

            if (string.IsNullOrEmpty(e.Type) || string.IsNullOrEmpty(e.ContentType))
            {
                throw Refused($"Event {i} for '{stream}' lacks a {(string.IsNullOrEmpty(e.Type) ? "type" : "content type")}. Name it.");
            }

            if (Encoding.UTF8.GetByteCount(e.Type) > RecordEncoder.MaxText || Encoding.UTF8.GetByteCount(e.ContentType) > RecordEncoder.MaxText)
            {
                throw Refused($"Event {i} for '{stream}' has a type or content type of more than {RecordEncoder.MaxText} bytes. Shorten it.");
            }

            size += e.Size;
        }

        if (size > MaxAppend)
        {
            throw Refused($"The append to '{stream}' has {size} bytes; at most {MaxAppend} are taken at once. Split it.");
        }
    }

    internal static JournalException Refused(string message, Exception? inner = null) => new(JournalFailure.Refused, message, inner);
}
