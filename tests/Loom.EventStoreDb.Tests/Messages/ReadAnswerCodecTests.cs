using System.Buffers;
using Google.Protobuf;
using Loom.Core;
using Loom.EventStoreDb.Client;
using Loom.EventStoreDb.Grpc;
using Loom.EventStoreDb.Messages;
using Loom.EventStoreDb.Protocol.Streams;
using Loom.Testing;
using Recorded = Loom.EventStoreDb.Protocol.Streams.ReadResp.Types.ReadEvent.Types.RecordedEvent;

namespace Loom.EventStoreDb.Tests.Messages;

/// <summary>Events are written byte for byte as the generated classes write them, and read as these read them.</summary>
public sealed class ReadAnswerCodecTests
{
    [Fact]
    public void Events_are_written_as_the_generated_classes_write_them()
    {
        var seed = Seeds.First("events-written");
        for (var n = 0; n < Tier.Count(ci: 4_000, @long: 400_000); n++)
        {
            var random = new Random(seed + n);
            var events = new RandomEvents(random);
            var (target, link, asText) = (events.Recorded(), random.Next(4) == 0 ? events.Recorded() : null, random.Next(2) == 0);
            var gone = link is not null && random.Next(2) == 0;
            var answer = link is null ? ReadAnswer.Of(target, asText) : ReadAnswer.Resolved(link, gone ? null : target, asText);
            var expected = new ReadResp
            {
                Event = new()
                {
                    Event = gone ? null : Generated(target, asText),
                    Link = link is null ? null : Generated(link, asText),
                    CommitPosition = (link ?? target).Position,
                },
            };
            Assert.True(Written(answer).SequenceEqual(expected.ToByteArray()), $"seed {seed + n}: {expected}");
        }
    }

    [Fact]
    public void Plain_events_are_read_without_the_generated_classes()
    {
        var seed = Seeds.First("events-plain");
        for (var n = 0; n < Tier.Count(ci: 4_000, @long: 400_000); n++)
        {
            var e = new RandomEvents(new Random(seed + n)).Recorded();
            var read = ReadAnswerCodec.Instance.TryRead(Written(ReadAnswer.Of(e, textIds: n % 2 == 0)));
            Assert.True(read is not null && Same(e, read), $"seed {seed + n}");
        }
    }

    [Fact]
    public void Whatever_is_read_the_generated_classes_read_alike()
    {
        var seed = Seeds.First("events-changed");
        var plain = 0;
        for (var n = 0; n < Tier.Count(ci: 10_000, @long: 3_000_000); n++)
        {
            var random = new Random(seed + n);
            var e = new RandomEvents(random).Recorded();
            var bytes = new WireMutator(random).Mutate(Written(random.Next(9) == 0 ? Another(random) : ReadAnswer.Of(e, random.Next(2) == 0)));
            var fast = ReadAnswerCodec.Instance.TryRead(bytes);
            plain += fast is null ? 0 : 1;
            ReadResp oracle;
            try
            {
                oracle = ReadResp.Parser.ParseFrom(bytes);
            }
            catch (InvalidProtocolBufferException)
            {
                Assert.True(fast is null, $"seed {seed + n}: bytes that are no message were read");
                Assert.Equal(StatusCode.InvalidArgument, Assert.Throws<GrpcException>(() => ReadAnswerCodec.Instance.Read(new ReadOnlySequence<byte>(bytes))).Code);
                continue;
            }

            if (fast is null)
            {
                Assert.Equal(oracle, ReadAnswerCodec.Instance.Read(new ReadOnlySequence<byte>(bytes)).Other);
            }
            else
            {
                Assert.True(oracle.ContentCase == ReadResp.ContentOneofCase.Event && new EventDecoder().Decode(oracle.Event) is { } slow && Same(slow, fast), $"seed {seed + n}: {oracle}");
            }
        }

        Assert.True(plain > 500, $"Only {plain} were read: the mutator leaves too little to compare.");
    }

    [Fact]
    public void A_message_in_pieces_is_read_as_a_whole_one()
    {
        var e = new RandomEvents(new Random(1)).Recorded();
        var bytes = Written(ReadAnswer.Of(e, textIds: false));
        for (var cut = 1; cut < bytes.Length; cut += 7)
        {
            var first = new Piece(bytes.AsMemory(0, cut), null);
            var last = new Piece(bytes.AsMemory(cut), first);
            Assert.True(Same(e, ReadAnswerCodec.Instance.Read(new ReadOnlySequence<byte>(first, 0, last, bytes.Length - cut)).Event!));
        }
    }

    private static byte[] Written(ReadAnswer answer)
    {
        using var frame = new FrameBuffer();
        ReadAnswerCodec.Instance.Write(answer, frame);
        return frame.Written[FrameBuffer.HeaderBytes..].ToArray();
    }

    private static ReadAnswer Another(Random random) => random.Next(4) switch
    {
        0 => new ReadResp { Checkpoint = new() { CommitPosition = (ulong)random.NextInt64(), Timestamp = new() { Seconds = random.Next() } } },
        1 => new ReadResp { CaughtUp = new() { StreamRevision = random.Next() } },
        2 => new ReadResp { Confirmation = new() { SubscriptionId = "one" } },
        _ => new ReadResp { LastStreamPosition = (ulong)random.NextInt64() },
    };

    private static Recorded Generated(RecordedEvent e, bool asText) => new()
    {
        Id = asText ? Wire.Text(e.Id) : Wire.Structured(e.Id),
        StreamIdentifier = Wire.Identifier(e.Stream),
        StreamRevision = (ulong)e.Revision,
        CommitPosition = e.Position,
        PreparePosition = e.Position,
        Metadata = { Properties.OfType(e.Type), Properties.OfCreated(e.Created), Properties.OfContentType(e.ContentType) },
        CustomMetadata = ByteString.CopyFrom(e.Metadata.Span),
        Data = ByteString.CopyFrom(e.Data.Span),
    };

    private static bool Same(RecordedEvent a, RecordedEvent b) =>
        a with { Data = default, Metadata = default } == b with { Data = default, Metadata = default }
        && a.Data.Span.SequenceEqual(b.Data.Span) && a.Metadata.Span.SequenceEqual(b.Metadata.Span);

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> memory, Piece? before)
        {
            Memory = memory;
            if (before is not null)
            {
                before.Next = this;
                RunningIndex = before.RunningIndex + before.Memory.Length;
            }
        }
    }
}
