using System.Buffers;
using Loom.Core;

namespace Loom.Provenance;

/// <summary>Writes one stream's file, and learns from its links what the statement says about it.</summary>
internal static class StreamFile
{
    /// <exception cref="InvalidOperationException">The events are no history that a bundle can hold; names stream and revision.</exception>
    public static (byte[] Bytes, StatedStream Stated) Write(BundleStream stream, string file, BundleHide hide, CommandFiles commands, ModuleFiles modules, Func<long, string?> addReceipt)
    {
        var output = new ArrayBufferWriter<byte>(64 * 1024);
        long first = -1, next = -1, transitions = 0;
        var partsOpen = 0;
        Link? head = null;
        foreach (var e in stream.Events)
        {
            if (e.Stream != stream.Name || (next >= 0 && e.Revision != next))
            {
                throw Refused(e, $"event {next} of {stream.Name} was expected; a bundle holds one unbroken range of each stream");
            }

            var metadata = Metadata(e);
            first = first < 0 ? e.Revision : first;
            next = e.Revision + 1;
            if (metadata.Link is { } link)
            {
                head = link;
                partsOpen = 0;
                transitions++;
                metadata = metadata with { Opening = Hiding.Of(metadata.Opening!, link.Count, hide) };
                if ((commands.Add(metadata.Opening) ?? modules.Add(link.Machine) ?? addReceipt(link.Revision)) is { } problem)
                {
                    throw Refused(e, problem);
                }
            }
            else
            {
                partsOpen++;
            }

            if (e.ContentType == EventData.Json && !CanonicalJson.IsCanonical(e.Data))
            {
                throw Refused(e, "its body is JSON but not in RFC 8785 form");
            }

            var line = new StreamLine(e.Revision, e.Id, e.Type, e.ContentType, e.Data, IsNull: false, metadata);
            Hiding.Of(line, hide).Write(output);
            output.Write("\n"u8);
        }

        if (head is null || partsOpen > 0)
        {
            throw new InvalidOperationException($"{stream.Name}: a bundle holds whole transitions, at least one; the last one given is incomplete or there is none.");
        }

        return stream.Leaves.Count == transitions
            ? (output.WrittenSpan.ToArray(), new StatedStream(stream.Name, file, first, next - 1, transitions, head.Hash))
            : throw new InvalidOperationException($"{stream.Name}: {transitions} transitions, but {stream.Leaves.Count} places in the log.");
    }

    private static EventMetadata Metadata(RecordedEvent e)
    {
        try
        {
            return EventMetadata.Parse(e.Metadata);
        }
        catch (FormatException ex)
        {
            throw Refused(e, ex.Message);
        }
    }

    private static InvalidOperationException Refused(RecordedEvent e, string reason) =>
        new($"{e.Stream} at revision {e.Revision} cannot be exported: {reason}");
}
