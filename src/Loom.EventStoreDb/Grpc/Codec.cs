using System.Buffers;
using Google.Protobuf;

namespace Loom.EventStoreDb.Grpc;

/// <summary>How messages of one kind become bytes, and bytes such messages. Thread-safe.</summary>
internal abstract class Codec<T>
    where T : class
{
    /// <summary>Adds the message's frame; throws before it has added anything, or not at all.</summary>
    public abstract void Write(T message, FrameBuffer to);

    /// <summary>Reads a whole message, keeping nothing of the bytes it was given.</summary>
    /// <exception cref="GrpcException">The bytes are no such message.</exception>
    public abstract T Read(in ReadOnlySequence<byte> payload);
}

/// <summary>Codecs of generated messages.</summary>
internal static class Codec
{
    public static Codec<T> Of<T>(MessageParser<T> parser)
        where T : class, IMessage<T> =>
        new Generated<T>(parser);

    private sealed class Generated<T>(MessageParser<T> parser) : Codec<T>
        where T : class, IMessage<T>
    {
        public override void Write(T message, FrameBuffer to) => message.WriteTo(to.Add(message.CalculateSize()));

        public override T Read(in ReadOnlySequence<byte> payload)
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
}
