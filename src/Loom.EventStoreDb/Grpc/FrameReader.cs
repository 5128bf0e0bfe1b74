using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;

namespace Loom.EventStoreDb.Grpc;

/// <summary>
/// Reads length-prefixed messages, wherever the bytes were split on their way. A length is checked before anything is kept for it; nothing is
/// decompressed, since neither side offers compression.
/// </summary>
internal sealed class FrameReader<T>(PipeReader pipe, Codec<T> codec, int maxBytes, bool encoded)
    where T : class
{
    // What came and was not read yet, between two reads of the pipe.
    private ReadOnlySequence<byte> _rest;
    private bool _holds;

    /// <summary>The next message if all of it is there already.</summary>
    /// <exception cref="GrpcException">The bytes are no messages, or hold one that is too large.</exception>
    public bool TryRead([NotNullWhen(true)] out T? message)
    {
        if (!_holds || Length(_rest) is not { } length || _rest.Length < FrameBuffer.HeaderBytes + length)
        {
            message = null;
            return false;
        }

        var payload = _rest.Slice(FrameBuffer.HeaderBytes, length);
        message = codec.Read(payload);
        _rest = _rest.Slice(payload.End); // what cannot be read stays, and fails again
        return true;
    }

    /// <summary>The next message, or null where the bytes end between two messages.</summary>
    /// <exception cref="GrpcException">The bytes are no messages, end within one, or hold one that is too large.</exception>
    public async ValueTask<T?> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (TryRead(out var message))
            {
                return message;
            }

            if (_holds)
            {
                _holds = false;
                pipe.AdvanceTo(_rest.Start, _rest.End);
            }

            var result = await pipe.ReadAsync(cancellationToken).ConfigureAwait(false);
            (_rest, _holds) = (result.Buffer, true);
            if (TryRead(out message))
            {
                return message;
            }

            if (result.IsCompleted)
            {
                _holds = false;
                pipe.AdvanceTo(_rest.End);
                return _rest.IsEmpty
                    ? null
                    : throw new GrpcException(StatusCode.Internal, $"The bytes end within a message ({_rest.Length} bytes of it came).");
            }

            if (result.IsCanceled)
            {
                throw new OperationCanceledException();
            }
        }
    }

    private int? Length(in ReadOnlySequence<byte> buffer)
    {
        var first = buffer.FirstSpan;
        if (first.Length < FrameBuffer.HeaderBytes)
        {
            if (buffer.Length < FrameBuffer.HeaderBytes)
            {
                return null;
            }

            Span<byte> header = stackalloc byte[FrameBuffer.HeaderBytes];
            buffer.Slice(0, FrameBuffer.HeaderBytes).CopyTo(header);
            return Length(header);
        }

        return Length(first);
    }

    private int Length(ReadOnlySpan<byte> header)
    {
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
}
