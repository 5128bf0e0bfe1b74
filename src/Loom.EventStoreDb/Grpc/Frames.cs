using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using Google.Protobuf;

namespace Loom.EventStoreDb.Grpc;

/// <summary>Writes messages with their five bytes in front: not compressed, length.</summary>
internal static class Frames
{
    public const int HeaderBytes = 5;

    /// <summary>Returns how many bytes that took.</summary>
    public static int Write(IBufferWriter<byte> to, IMessage message)
    {
        var size = message.CalculateSize();
        var header = to.GetSpan(HeaderBytes);
        header[0] = 0;
        BinaryPrimitives.WriteUInt32BigEndian(header[1..], (uint)size);
        to.Advance(HeaderBytes);
        message.WriteTo(to);
        return HeaderBytes + size;
    }

    public static byte[] ToArray(IMessage message)
    {
        var buffer = new ArrayBufferWriter<byte>(HeaderBytes + message.CalculateSize());
        Write(buffer, message);
        return buffer.WrittenSpan.ToArray();
    }
}

/// <summary>
/// Reads length-prefixed messages, wherever the bytes were split on their way. A length is checked before anything is kept for it; nothing is
/// decompressed, since neither side offers compression.
/// </summary>
internal sealed class FrameReader<T>(PipeReader pipe, MessageParser<T> parser, int maxBytes, bool encoded)
    where T : class, IMessage<T>
{
    /// <summary>The next message, or null where the bytes end between two messages.</summary>
    /// <exception cref="GrpcException">The bytes are no messages, end within one, or hold one that is too large.</exception>
    public async ValueTask<T?> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await pipe.ReadAsync(cancellationToken).ConfigureAwait(false);
            var buffer = result.Buffer;
            if (Length(buffer) is { } length && buffer.Length >= Frames.HeaderBytes + length)
            {
                var end = buffer.GetPosition(Frames.HeaderBytes + length);
                var message = Parse(buffer.Slice(Frames.HeaderBytes, length));
                pipe.AdvanceTo(end);
                return message;
            }

            if (result.IsCompleted)
            {
                pipe.AdvanceTo(buffer.End);
                return buffer.IsEmpty
                    ? null
                    : throw new GrpcException(StatusCode.Internal, $"The bytes end within a message ({buffer.Length} bytes of it came).");
            }

            if (result.IsCanceled)
            {
                throw new OperationCanceledException();
            }

            pipe.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    private int? Length(ReadOnlySequence<byte> buffer)
    {
        if (buffer.Length < Frames.HeaderBytes)
        {
            return null;
        }

        Span<byte> header = stackalloc byte[Frames.HeaderBytes];
        buffer.Slice(0, Frames.HeaderBytes).CopyTo(header);
        if (header[0] == 1)
        {
            throw encoded
                ? new GrpcException(StatusCode.Unimplemented, "Compressed messages are not read here. Send grpc-encoding: identity.")
                : new GrpcException(StatusCode.Internal, "A message is marked as compressed, but no grpc-encoding was named.");
        }

        if (header[0] != 0)
        {
            throw new GrpcException(StatusCode.Internal, $"A message begins with the byte {header[0]}, which is no compressed flag.");
        }

        var length = BinaryPrimitives.ReadUInt32BigEndian(header[1..]);
        return length <= (uint)maxBytes
            ? (int)length
            : throw new GrpcException(StatusCode.ResourceExhausted, $"A message has {length} bytes; at most {maxBytes} are read.");
    }

    private T Parse(ReadOnlySequence<byte> payload)
    {
        try
        {
            return parser.ParseFrom(payload);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new GrpcException(StatusCode.InvalidArgument, $"A message cannot be read as {typeof(T).Name}: {e.Message}", inner: e);
        }
    }
}
