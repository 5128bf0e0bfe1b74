using Loom.Core;
using Loom.EventStoreDb.Protocol.Streams;

namespace Loom.EventStoreDb.Messages;

/// <summary>One response of Streams.Read: an event as the journal has it, or anything else as its generated message.</summary>
internal sealed class ReadAnswer
{
    private ReadAnswer()
    {
    }

    /// <summary>The event; null for another response, and where the target of a link is gone.</summary>
    public RecordedEvent? Event { get; private init; }

    /// <summary>The link that led to the event.</summary>
    public RecordedEvent? Link { get; private init; }

    /// <summary>Whether ids are written as text.</summary>
    public bool TextIds { get; private init; }

    /// <summary>How often an event of a persistent subscription had come before; null for those of other reads.</summary>
    public int? Retries { get; private init; }

    /// <summary>Any other response, and an event that did not come as plainly as servers send them.</summary>
    public ReadResp? Other { get; private init; }

    public ReadResp.ContentOneofCase Case => Other?.ContentCase ?? ReadResp.ContentOneofCase.Event;

    public static ReadAnswer Of(RecordedEvent e, bool textIds) => new() { Event = e, TextIds = textIds };

    public static ReadAnswer Resolved(RecordedEvent link, RecordedEvent? target, bool textIds) => new() { Event = target, Link = link, TextIds = textIds };

    /// <summary>The same answer to a consumer of a persistent subscription, whose messages have one field more.</summary>
    public ReadAnswer Again(int retries) => new() { Event = Event, Link = Link, TextIds = TextIds, Retries = retries };

    public static implicit operator ReadAnswer(ReadResp other) => new() { Other = other };
}
