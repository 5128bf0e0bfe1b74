using Loom.Core;

namespace Loom.Core.Tests.Transitions;

/// <summary>A link that its writer made is not read again, and never stands for other bytes than its own.</summary>
public sealed class KnownLinkTests
{
    [Fact]
    public void A_recorded_event_knows_the_link_that_its_bytes_hold()
    {
        var written = Write();
        var known = Record(written);
        var read = known with { Known = null };

        var (link, opening) = TransitionReader.Read(known)!.Value;
        Assert.Same(written.Link, link);
        var fromBytes = TransitionReader.Read(read)!.Value;
        Assert.NotSame(written.Link, fromBytes.Link);
        Assert.Equal(fromBytes.Link.Hash, link.Hash);
        Assert.Equal(LinkJson.WithoutHash(fromBytes.Link), LinkJson.WithoutHash(link));
        Assert.Equal(fromBytes.Opening.Salt, opening.Salt);
        Assert.Equal(fromBytes.Opening.Command, opening.Command);
        Assert.Equal(fromBytes.Opening.CommandBlob, opening.CommandBlob);
    }

    [Fact]
    public void Of_changed_metadata_nothing_is_known()
    {
        var known = Record(Write());
        var bytes = known.Metadata.ToArray();
        bytes[bytes.AsSpan().IndexOf("\"fence\":1"u8) + 8] = (byte)'2';

        Assert.Throws<FormatException>(() => TransitionReader.ReadLink(known with { Metadata = bytes }));
    }

    [Fact]
    public void An_event_given_other_metadata_than_it_was_written_with_is_recorded_without_a_link()
    {
        var written = Write();
        var changed = written.Events[^1] with { Metadata = "{}"u8.ToArray() };

        Assert.Throws<FormatException>(() => TransitionReader.ReadLink(changed.Record(written.Link.Stream, 0, 0, DateTimeOffset.UnixEpoch)));
    }

    private static RecordedEvent Record(WrittenTransition written) =>
        written.Events[^1].Record(written.Link.Stream, written.Link.LastRevision, 5, DateTimeOffset.UnixEpoch);

    private static WrittenTransition Write() => TransitionWriter.Write(new TransitionDraft
    {
        Stream = StreamName.Parse("account-alice"),
        Previous = null,
        ActorType = "account@1",
        Machine = MachineId.DotNet("account", 1),
        CommandId = CommandId.Parse("c1"),
        CommandType = "open",
        Command = "{}"u8.ToArray(),
        Principal = "alice",
        Events = [new EmittedEvent("opened.v1", EventData.Json, "{}"u8.ToArray()), new EmittedEvent("checked.v1", EventData.Json, "{\"a\":1}"u8.ToArray())],
        State = "{}"u8.ToArray(),
        Fence = 1,
        At = Timestamp.Parse("2026-01-01T00:00:00.000000Z"),
        Salt = new byte[Salts.Size],
    });
}
