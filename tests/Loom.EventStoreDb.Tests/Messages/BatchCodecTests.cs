using System.Buffers;
using Google.Protobuf;
using Loom.Core;
using Loom.EventStoreDb.Grpc;
using Loom.EventStoreDb.Messages;
using Loom.EventStoreDb.Protocol;
using Loom.EventStoreDb.Protocol.Streams;
using Loom.Journal;
using Loom.Testing;
using Success = Loom.EventStoreDb.Protocol.Streams.BatchAppendResp.Types.Success;

namespace Loom.EventStoreDb.Tests.Messages;

/// <summary>Appends and their answers are written byte for byte as the generated classes write them, and read as these read them.</summary>
public sealed class BatchCodecTests
{
    [Fact]
    public void Appends_are_written_as_the_generated_classes_write_them()
    {
        var seed = Seeds.First("appends-written");
        for (var n = 0; n < Tier.Count(ci: 3_000, @long: 300_000); n++)
        {
            var random = new Random(seed + n);
            var part = Part(random);
            var expected = Generated(part);
            Assert.True(Written(BatchPartCodec.Instance, part).SequenceEqual(expected.ToByteArray()), $"seed {seed + n}: {expected}");
        }
    }

    [Fact]
    public void Whatever_is_read_of_an_append_the_generated_classes_read_alike()
    {
        var seed = Seeds.First("appends-changed");
        var plain = 0;
        for (var n = 0; n < Tier.Count(ci: 10_000, @long: 3_000_000); n++)
        {
            var random = new Random(seed + n);
            var part = Part(random);
            var message = Generated(part);
            if (random.Next(2) == 0)
            {
                message.CorrelationId = Wire.Text(part.Correlation!.Value);
                message.Options.Deadline21100 = new() { Seconds = random.NextInt64(), Nanos = random.Next() };
            }

            var original = message.ToByteArray();
            Assert.True(BatchPartCodec.Instance.TryRead(original) is not null, $"seed {seed + n}: a plain append was left to the generated classes");
            var bytes = new WireMutator(random).Mutate(original);
            var fast = BatchPartCodec.Instance.TryRead(bytes);
            plain += fast is null ? 0 : 1;
            BatchPart slow;
            try
            {
                slow = BatchPart.Of(BatchAppendReq.Parser.WithDiscardUnknownFields(true).ParseFrom(bytes));
            }
            catch (InvalidProtocolBufferException)
            {
                Assert.True(fast is null, $"seed {seed + n}: bytes that are no message were read");
                Assert.Equal(StatusCode.InvalidArgument, Assert.Throws<GrpcException>(() => BatchPartCodec.Instance.Read(new ReadOnlySequence<byte>(bytes))).Code);
                continue;
            }

            AssertSame(slow, BatchPartCodec.Instance.Read(new ReadOnlySequence<byte>(bytes)), $"seed {seed + n}");
            if (fast is not null)
            {
                AssertSame(slow, fast, $"seed {seed + n}");
            }
        }

        Assert.True(plain > 500, $"Only {plain} were read: the mutator leaves too little to compare.");
    }

    [Fact]
    public void Bytes_that_are_not_counted_are_not_kept()
    {
        var part = BatchPart.Whole(new Guid(1, 2, 3, new byte[8]), StreamName.Parse("s"), ExpectedRevision.Any, [new RandomEvents(new Random(2)).Proposed()]);
        var message = Generated(part);
        byte[] unknown = [.. message.ToByteArray(), 0xA2, 0x1F, 0x80, 0x80, 0x40, .. new byte[1 << 20]]; // field 500 with a mebibyte
        var read = BatchPartCodec.Instance.Read(new ReadOnlySequence<byte>(unknown));
        Assert.Equal(part.Correlation, read.Correlation);
        Assert.All(read.Events, e => Assert.True(System.Runtime.InteropServices.MemoryMarshal.TryGetArray(e.Data, out var array) && array.Array!.Length < 1 << 20));
    }

    [Fact]
    public void Successes_are_written_as_the_generated_classes_write_them_and_read_alike()
    {
        var seed = Seeds.First("successes");
        var plain = 0;
        for (var n = 0; n < Tier.Count(ci: 8_000, @long: 2_000_000); n++)
        {
            var random = new Random(seed + n);
            var events = new RandomEvents(random);
            var done = new AppendResult.Appended(random.Next(5) == 0 ? -1 : random.NextInt64(), random.Next(5) == 0 ? null : events.Position()) { Repeated = random.Next(2) == 0 };
            var id = random.Next(2) == 0 ? Wire.Text(events.Id()) : Wire.Structured(events.Id());
            var stream = random.Next(5) == 0 ? null : Wire.Identifier(events.Stream());
            var expected = new BatchAppendResp { CorrelationId = id, StreamIdentifier = stream, Success = Generated(done) };
            var written = Written(
                BatchAnswerCodec.Instance,
                new BatchAnswer { CorrelationBytes = id.ToByteArray(), StreamBytes = stream is null ? default(ReadOnlyMemory<byte>?) : stream.ToByteArray(), Done = done });
            Assert.True(written.SequenceEqual(expected.ToByteArray()), $"seed {seed + n}: {expected}");
            Assert.Equal((done, done.Repeated), (BatchAnswerCodec.TryRead(written)?.Done, BatchAnswerCodec.TryRead(written)?.Done?.Repeated));

            var bytes = new WireMutator(random).Mutate(written);
            if (BatchAnswerCodec.TryRead(bytes) is not { } fast)
            {
                continue;
            }

            plain++;
            var oracle = BatchAppendResp.Parser.ParseFrom(bytes);
            Assert.True(Wire.TryGuid(oracle.CorrelationId, out var correlation) && correlation == fast.Correlation, $"seed {seed + n}");
            Assert.True(oracle.ResultCase == BatchAppendResp.ResultOneofCase.Success, $"seed {seed + n}");
            var success = oracle.Success;
            Assert.Equal(
                (success.CurrentRevisionOptionCase == Success.CurrentRevisionOptionOneofCase.CurrentRevision ? (long)success.CurrentRevision : -1,
                    success.Position?.CommitPosition, !success.HasLoomRepeated || success.LoomRepeated),
                (fast.Done!.LastRevision, fast.Done.Position, fast.Done.Repeated));
        }

        Assert.True(plain > 500, $"Only {plain} were read: the mutator leaves too little to compare.");
    }

    private static BatchPart Part(Random random)
    {
        var events = new RandomEvents(random);
        var expected = random.Next(5) switch
        {
            0 => ExpectedRevision.Any,
            1 => ExpectedRevision.NoStream,
            2 => ExpectedRevision.StreamExists,
            3 => ExpectedRevision.At(0),
            _ => ExpectedRevision.At(random.NextInt64()),
        };
        return BatchPart.Whole(events.Id(), events.Stream(), expected, [.. Enumerable.Range(0, random.Next(4)).Select(_ => events.Proposed())]);
    }

    private static BatchAppendReq Generated(BatchPart part)
    {
        var options = new BatchAppendReq.Types.Options { StreamIdentifier = Wire.Identifier(part.Options!.Stream) };
        switch (part.Options.Expected.Value)
        {
            case -1: options.NoStream = Wire.Nothing; break;
            case -2: options.Any = Wire.Nothing; break;
            case -4: options.StreamExists = Wire.Nothing; break;
            default: options.StreamPosition = (ulong)part.Options.Expected.Value; break;
        }

        return new BatchAppendReq
        {
            CorrelationId = Wire.Structured(part.Correlation!.Value),
            Options = options,
            ProposedMessages = { part.Events.Select(Wire.Propose) },
            IsFinal = part.IsFinal,
        };
    }

    private static Success Generated(AppendResult.Appended done)
    {
        var success = new Success { LoomRepeated = done.Repeated };
        if (done.LastRevision >= 0)
        {
            success.CurrentRevision = (ulong)done.LastRevision;
        }
        else
        {
            success.NoStream = Wire.Nothing;
        }

        if (done.Position is { } position)
        {
            success.Position = new AllStreamPosition { CommitPosition = position, PreparePosition = position };
        }
        else
        {
            success.NoPosition = Wire.Nothing;
        }

        return success;
    }

    private static byte[] Written<T>(Codec<T> codec, T message)
        where T : class
    {
        using var frame = new FrameBuffer();
        codec.Write(message, frame);
        return frame.Written[FrameBuffer.HeaderBytes..].ToArray();
    }

    private static void AssertSame(BatchPart expected, BatchPart actual, string seed)
    {
        Assert.True(expected.Correlation == actual.Correlation && expected.IsFinal == actual.IsFinal && expected.Wrong?.Message == actual.Wrong?.Message, seed);
        Assert.True((expected.Options is null) == (actual.Options is null), seed);
        if (expected.Options is { } a && actual.Options is { } b)
        {
            Assert.True(a.Wrong?.Message == b.Wrong?.Message && a.Stream == b.Stream && a.Expected == b.Expected && a.Deadline == b.Deadline, seed);
            Assert.True((a.StreamBytes is null) == (b.StreamBytes is null), seed);
        }

        Assert.True(expected.Events.Count == actual.Events.Count, seed);
        foreach (var (x, y) in expected.Events.Zip(actual.Events))
        {
            Assert.True(x with { Data = default, Metadata = default } == y with { Data = default, Metadata = default }, seed);
            Assert.True(x.Data.Span.SequenceEqual(y.Data.Span) && x.Metadata.Span.SequenceEqual(y.Metadata.Span), seed);
        }
    }
}
