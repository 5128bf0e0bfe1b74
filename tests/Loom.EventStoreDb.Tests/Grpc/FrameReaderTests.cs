using System.Buffers.Binary;
using System.IO.Pipelines;
using Google.Protobuf;
using Loom.EventStoreDb.Grpc;
using Loom.EventStoreDb.Protocol;
using Loom.Testing;

namespace Loom.EventStoreDb.Tests.Grpc;

public sealed class FrameReaderTests
{
    private const int Limit = 100_000;

    [Fact]
    public async Task A_connection_that_ends_while_requests_are_read_is_the_callers_going_away()
    {
        var pipe = new Pipe();
        await pipe.Writer.WriteAsync(Echo.Frame(Echo.Message("first")));
        var requests = new RequestReader<StreamIdentifier>(Reader(pipe), null, TimeProvider.System, CancellationToken.None);
        Assert.NotNull(await requests.ReadAsync());
        await pipe.Writer.CompleteAsync(new IOException("The request stream was aborted."));
        Assert.Equal(StatusCode.Cancelled, (await Assert.ThrowsAsync<GrpcException>(async () => await requests.ReadAsync())).Code);
    }

    [Fact]
    public async Task Messages_are_read_wherever_their_bytes_were_split()
    {
        var seed = Seeds.First("frames");
        for (var n = 0; n < Tier.Count(ci: 300, @long: 20_000); n++)
        {
            var random = new Random(seed + n);
            var messages = Enumerable.Range(0, random.Next(8)).Select(_ => Echo.Message(random.Next(4) == 0 ? random.Next(20_000) : random.Next(12))).ToList();
            var bytes = messages.SelectMany(Echo.Frame).ToArray();
            var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0, minimumSegmentSize: 16));
            var reader = Reader(pipe);
            var reading = Task.Run(async () =>
            {
                var read = new List<StreamIdentifier>();
                while (await reader.ReadAsync(CancellationToken.None) is { } message)
                {
                    read.Add(message);
                }

                return read;
            });
            for (var at = 0; at < bytes.Length;)
            {
                var some = Math.Min(bytes.Length - at, random.Next(3) == 0 ? 1 : random.Next(1, 3_000));
                await pipe.Writer.WriteAsync(bytes.AsMemory(at, some));
                at += some;
            }

            await pipe.Writer.CompleteAsync();
            Assert.True(messages.SequenceEqual(await reading), $"seed {seed + n}");
        }
    }

    [Fact]
    public async Task Every_single_split_of_two_messages_is_read()
    {
        var bytes = Echo.Frame(Echo.Message("one")).Concat(Echo.Frame(new StreamIdentifier())).ToArray();
        for (var split = 0; split <= bytes.Length; split++)
        {
            var pipe = new Pipe();
            var reader = Reader(pipe);
            await pipe.Writer.WriteAsync(bytes.AsMemory(0, split));
            var first = reader.ReadAsync(CancellationToken.None);
            await pipe.Writer.WriteAsync(bytes.AsMemory(split));
            await pipe.Writer.CompleteAsync();
            Assert.Equal("one", (await first)!.StreamName.ToStringUtf8());
            Assert.Equal(new StreamIdentifier(), await reader.ReadAsync(CancellationToken.None));
            Assert.Null(await reader.ReadAsync(CancellationToken.None));
        }
    }

    [Fact]
    public async Task A_huge_length_is_refused_by_its_header_alone()
    {
        foreach (var length in new[] { (uint)Limit + 1, 1u << 31, uint.MaxValue })
        {
            var header = new byte[FrameBuffer.HeaderBytes];
            BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(1), length);
            Assert.Equal(StatusCode.ResourceExhausted, await FailsAsync(header, complete: false));
        }
    }

    [Fact]
    public async Task Bytes_that_end_within_a_message_are_an_error()
    {
        var whole = Echo.Frame(Echo.Message("cut"));
        for (var length = 1; length < whole.Length; length++)
        {
            Assert.Equal(StatusCode.Internal, await FailsAsync(whole[..length], complete: true));
        }
    }

    [Fact]
    public async Task A_compressed_message_is_not_read()
    {
        byte[] compressed = [1, 0, 0, 0, 0];
        Assert.Equal(StatusCode.Internal, await FailsAsync(compressed, complete: false));
        Assert.Equal(StatusCode.Unimplemented, await FailsAsync(compressed, complete: false, encoded: true));
        Assert.Equal(StatusCode.Internal, await FailsAsync([2, 0, 0, 0, 0], complete: false));
    }

    [Fact]
    public async Task Bytes_that_are_no_message_of_the_type_are_an_error() =>
        Assert.Equal(StatusCode.InvalidArgument, await FailsAsync([0, 0, 0, 0, 2, 0x1A, 0x7F], complete: false));

    private static async Task<StatusCode> FailsAsync(byte[] bytes, bool complete, bool encoded = false)
    {
        var pipe = new Pipe();
        await pipe.Writer.WriteAsync(bytes);
        if (complete)
        {
            await pipe.Writer.CompleteAsync();
        }

        return (await Assert.ThrowsAsync<GrpcException>(async () => await Reader(pipe, encoded).ReadAsync(CancellationToken.None))).Code;
    }

    private static FrameReader<StreamIdentifier> Reader(Pipe pipe, bool encoded = false) =>
        new(pipe.Reader, Codec.Of(StreamIdentifier.Parser), Limit, encoded);
}
