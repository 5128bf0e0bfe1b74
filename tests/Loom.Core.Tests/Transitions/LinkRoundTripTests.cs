using System.Text;
using System.Text.Json.Nodes;
using FsCheck.Fluent;
using Loom.Core;

namespace Loom.Core.Tests.Transitions;

/// <summary>What the writer writes, the reader reads; anything else it refuses with a reason, and nothing else happens.</summary>
public sealed class LinkRoundTripTests
{
    [Fact]
    public void A_changed_copy_of_a_link_has_its_own_hash()
    {
        var link = TransitionWriter.Write(Draft(new Random(1), previous: null)).Link;
        var known = link.Hash;
        var copy = link with { Fence = link.Fence + 1 };

        Assert.NotEqual(known, copy.Hash);
        Assert.Equal(LinkJson.HashOf(copy), copy.Hash);
        Assert.Equal(link, copy with { Fence = link.Fence });
    }

    [Fact]
    public void What_was_written_is_read_with_the_same_hash() =>
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            var random = new Random(seed);
            Link? previous = null;
            var stored = new List<RecordedEvent>();
            for (var i = 0; i < 4; i++)
            {
                var written = TransitionWriter.Write(Draft(random, previous));
                Assert.Equal(LinkJson.HashOf(written.Link), written.Link.Hash);
                stored.AddRange(Store(written));
                previous = written.Link;
            }

            var read = TransitionReader.Group(stored).ToArray();
            Assert.Equal(4, read.Length);
            for (var i = 0; i < read.Length; i++)
            {
                var (link, opening) = (read[i].Link, read[i].Opening);
                Assert.Equal(i == 0 ? null : read[i - 1].Link.Hash, link.Prev);
                Assert.Equal(i == 0 ? null : read[i - 1].Link.To, link.From);
                Assert.Equal(Encoding.UTF8.GetString(LinkJson.WithoutHash(link)), Encoding.UTF8.GetString(CanonicalJson.Canonicalize(LinkJson.WithoutHash(link))));
                Assert.Equal(link.Command.Digest, Salts.DigestOf(opening.PartSalt(Salts.Command)!, opening.Command));
                for (var e = 0; e < link.Count; e++)
                {
                    Assert.Equal(link.Events[e].Digest, Salts.DigestOf(opening.PartSalt(Salts.Event(e))!, read[i].Events[e].Data.Span));
                }
            }
        }).ShouldHold();

    [Fact]
    public void A_changed_byte_of_the_metadata_is_refused_or_changes_only_what_the_link_does_not_cover()
    {
        var random = new Random(7);
        var stored = Store(TransitionWriter.Write(Draft(random, null))).ToArray();
        var last = stored[^1];
        var link = TransitionReader.ReadLink(last)!;
        var refused = 0;
        for (var i = 0; i < last.Metadata.Length; i++)
        {
            foreach (var mask in new byte[] { 0x01, 0x20 })
            {
                var changed = last.Metadata.ToArray();
                changed[i] ^= mask;
                try
                {
                    Assert.Equal(link.Hash, TransitionReader.ReadLink(last with { Metadata = changed })!.Hash);
                }
                catch (FormatException)
                {
                    refused++;
                }
            }
        }

        Assert.True(refused > last.Metadata.Length);
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("""{"loom":null}""")]
    [InlineData("""{"loom":[]}""")]
    [InlineData("""{"loom":{}}""")]
    [InlineData("""{"loom":{"part":0,"count":2}}""")]
    [InlineData("""{"loom":{"part":0,"count":2,"v":1},"open":{}}""")]
    [InlineData("""{"loom":{"part":0,"count":2,"v":1,"x":1}}""")]
    [InlineData("""{"loom":{"v":1},"loom":{"v":1}}""")]
    [InlineData("""{"loom":{"v":"1"},"open":"AA=="}""")]
    public void Metadata_of_another_shape_is_refused(string metadata) =>
        Assert.Throws<FormatException>(() => TransitionReader.Read(Recorded(Encoding.UTF8.GetBytes(metadata))));

    [Fact]
    public void Deep_and_huge_metadata_is_refused_before_it_is_read()
    {
        Assert.Throws<FormatException>(() => TransitionReader.Read(Recorded(Encoding.UTF8.GetBytes("{\"loom\":" + new string('[', 100_000)))));
        Assert.Throws<FormatException>(() => TransitionReader.Read(Recorded(new byte[(1 << 20) + 1])));
        Assert.False(TransitionReader.CarriesLoom(Encoding.UTF8.GetBytes("{\"a\":" + new string('{', 100_000))));
    }

    [Theory]
    [InlineData("stream", "\"\"")]
    [InlineData("revision", "-1")]
    [InlineData("revision", "9007199254740993")]
    [InlineData("revision", "1.5")]
    [InlineData("count", "0")]
    [InlineData("at", "\"2026-01-01\"")]
    [InlineData("kind", "\"other\"")]
    [InlineData("machine", "\"java:x@1\"")]
    [InlineData("from", "\"AB\"")]
    [InlineData("fence", "null")]
    [InlineData("inputs", "{}")]
    [InlineData("events", "[]")]
    [InlineData("v", "2")]
    public void A_member_of_another_form_is_refused(string member, string json)
    {
        var written = TransitionWriter.Write(Draft(new Random(3), null));
        var last = Store(written).Last();
        var metadata = JsonNode.Parse(last.Metadata.Span)!.AsObject();
        metadata["loom"]![member] = JsonNode.Parse(json);
        Assert.Throws<FormatException>(() => TransitionReader.Read(last with { Metadata = Encoding.UTF8.GetBytes(metadata.ToJsonString()) }));
    }

    [Fact]
    public void A_stream_with_a_part_missing_is_refused_and_names_the_place()
    {
        var stored = Store(TransitionWriter.Write(Draft(new Random(1), null, events: 3))).ToArray();
        var e = Assert.Throws<FormatException>(() => TransitionReader.Group(stored[..2]).ToArray());
        Assert.Contains("account-alice at revision 0", e.Message, StringComparison.Ordinal);
        Assert.Throws<FormatException>(() => TransitionReader.Group(stored[1..]).ToArray());
    }

    private static TransitionDraft Draft(Random random, Link? previous, int? events = null)
    {
        var salt = new byte[Salts.Size];
        random.NextBytes(salt);
        return new TransitionDraft
        {
            Stream = StreamName.Parse("account-alice"),
            Previous = previous,
            ActorType = "account@1",
            Machine = MachineId.DotNet("account", 1),
            CommandId = CommandId.Parse($"c{random.Next()}"),
            CommandType = "deposit",
            Command = Encoding.UTF8.GetBytes($$"""{"amount":"{{random.Next()}}"}"""),
            Principal = random.Next(2) == 0 ? "alice" : "é\"\\\u0001",
            Roles = random.Next(2) == 0 ? [] : ["a", "b"],
            Events = [.. Enumerable.Range(0, events ?? random.Next(1, 5)).Select(i => new EmittedEvent("deposited.v1", EventData.Json, Encoding.UTF8.GetBytes($$"""{"n":{{i}}}""")))],
            State = Encoding.UTF8.GetBytes($$"""{"balance":"{{random.Next()}}"}"""),
            Inputs = random.Next(2) == 0 ? [] : [("activity", new byte[] { 1, 2, 3 })],
            Fence = previous is null ? 1 : previous.Fence + random.Next(2),
            At = new Timestamp(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddSeconds(previous?.Revision ?? 0)),
            Correlation = random.Next(2) == 0 ? null : "conversation",
            Causation = random.Next(2) == 0 ? null : "cause",
            Traceparent = random.Next(2) == 0 ? null : "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            Salt = salt,
        };
    }

    private static IEnumerable<RecordedEvent> Store(WrittenTransition written) => written.Events.Select((e, i) => new RecordedEvent(
        written.Link.Stream, written.Link.Revision + i, (ulong)(written.Link.Revision + i), e.Id, e.Type, e.ContentType, e.Data, e.Metadata, DateTimeOffset.UnixEpoch));

    private static RecordedEvent Recorded(byte[] metadata) => new(
        StreamName.Parse("account-alice"), 0, 0, Guid.Empty, "deposited.v1", EventData.Json, "{}"u8.ToArray(), metadata, DateTimeOffset.UnixEpoch);
}
