using Loom.Core;

namespace Loom.Provenance;

/// <summary>Checks one transition at a time: the link recomputes, and everything beside it agrees with it or opens its digests.</summary>
internal sealed class IntactCheck(StreamName stream, FirstFinding findings, Disclosure disclosure, CommandBlobs commands)
{
    /// <summary>Checks a transition; <paramref name="lines"/> are its events, the last of which carries the link.</summary>
    public void Check(IReadOnlyList<StreamLine> lines, EventMetadata last)
    {
        var link = last.Link!;
        void Fail(string reason, long? revision = null) => findings.Add(new Finding(reason, stream.Value, revision ?? link.Revision));

        if (link.Hash != last.StatedHash)
        {
            Fail("the link's hash does not recompute from its members");
        }

        if (link.Stream != stream)
        {
            Fail("the link names another stream");
        }

        if (last.CorrelationCopy != link.Correlation || last.CausationCopy != link.Causation || last.TraceparentCopy != link.Traceparent)
        {
            Fail("a copy in the metadata ($correlationId, $causationId or traceparent) differs from the link");
        }

        if (link.Count != lines.Count)
        {
            Fail($"the link counts {link.Count} events, the file has {lines.Count}");
            return;
        }

        for (var i = 0; i < lines.Count; i++)
        {
            if (EventDiffers(link, lines[i], i, last.Opening!) is { } reason)
            {
                Fail(reason, link.Revision + i);
            }
        }

        Open(link, last.Opening!, lines, Fail);
    }

    private static string? EventDiffers(Link link, StreamLine line, int index, Opening opening)
    {
        var stated = link.Events[index];
        var encrypted = (opening.Box is not null || opening.PartSalts is not null) && line.Metadata.Link is null
            ? line.ContentType == EventData.Binary
            : line.ContentType == EventData.Binary && (opening.Box is not null || line.Metadata.EncryptionKey is not null);
        return line.Revision != link.Revision + index ? $"the event states revision {line.Revision}, the link puts it at {link.Revision + index}"
            : line.Metadata.Link is null && (line.Metadata.Part != index || line.Metadata.PartCount != link.Count)
                ? $"the event says it is part {line.Metadata.Part} of {line.Metadata.PartCount}, the link has it as {index} of {link.Count}"
            : line.Id != stated.Id ? "the event's id differs from the link"
            : stated.Id != UuidV5.OfEvent(link.Stream, link.Command.Id, index) ? "the event's id does not follow from stream, command and index"
            : line.Type != stated.Type ? "the event's type differs from the link"
            : line.ContentType != stated.ContentType && !encrypted ? "the event's content type differs from the link"
            : null;
    }

    private void Open(Link link, Opening opening, IReadOnlyList<StreamLine> lines, Action<string, long?> fail)
    {
        disclosure.Inputs += link.Inputs.Count;
        if (opening.Box is not null)
        {
            disclosure.EncryptedTransitions++;
            return;
        }

        OpenCommand(link, opening, fail);
        for (var i = 0; i < lines.Count; i++)
        {
            OpenEvent(link, opening, lines[i], i, fail);
        }

        if (opening.PartSalts is { } salts)
        {
            foreach (var label in salts.Keys)
            {
                if (label != Salts.Command && !Enumerable.Range(0, link.Count).Any(i => label == Salts.Event(i)))
                {
                    fail($"'open' has a salt '{(label.Length > 40 ? label[..40] : label)}' that opens nothing here", null);
                }
            }
        }
    }

    private void OpenCommand(Link link, Opening opening, Action<string, long?> fail)
    {
        var salt = opening.PartSalt(Salts.Command);
        if (opening.Command is { } command)
        {
            if (salt is null || Salts.DigestOf(salt, command) != link.Command.Digest)
            {
                fail("the command's body does not open its digest", null);
            }
        }
        else if (opening.CommandBlob is { } content)
        {
            if (commands.Differs(content, salt, link.Command.Digest) is { } reason)
            {
                fail(reason, null);
            }
        }
        else if (salt is null)
        {
            disclosure.HiddenCommands++;
        }
        else
        {
            fail("'open' has the command's salt but not its body", null);
        }
    }

    private static readonly byte[] NullLiteral = "null"u8.ToArray();

    private void OpenEvent(Link link, Opening opening, StreamLine line, int index, Action<string, long?> fail)
    {
        var salt = opening.PartSalt(Salts.Event(index));
        if (salt is null && line.IsNull)
        {
            disclosure.HiddenEvents++;
        }
        else if (salt is null)
        {
            // Left encrypted where its opening was taken out; anything else that cannot be opened must not be shown as if it were checked.
            if (line.ContentType == EventData.Binary && link.Events[index].ContentType != EventData.Binary)
            {
                disclosure.HiddenEvents++;
            }
            else
            {
                fail("the event's body is there, but nothing opens its digest", link.Revision + index);
            }
        }
        else if (Salts.DigestOf(salt, line.IsNull ? NullLiteral : line.Data.Span) != link.Events[index].Digest)
        {
            fail("the event's body does not open its digest", link.Revision + index);
        }
    }
}
