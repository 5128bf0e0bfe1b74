using Google.Protobuf;
using Loom.EventStoreDb.Grpc;
using Loom.EventStoreDb.Protocol;

namespace Loom.EventStoreDb.Tests.Grpc;

/// <summary>Methods that tests serve and call; a message is bytes.</summary>
internal static class Echo
{
    public const string Service = "loom.test.Echo";

    public static GrpcMethod<StreamIdentifier, StreamIdentifier> Method(string name) =>
        new(Service, name, Codec.Of(StreamIdentifier.Parser), Codec.Of(StreamIdentifier.Parser));

    /// <summary>A message with its length in front.</summary>
    public static byte[] Frame(StreamIdentifier message)
    {
        using var frame = new FrameBuffer();
        Codec.Of(StreamIdentifier.Parser).Write(message, frame);
        return frame.Written.ToArray();
    }

    public static StreamIdentifier Message(string text) => new() { StreamName = ByteString.CopyFromUtf8(text) };

    public static StreamIdentifier Message(int bytes) => new() { StreamName = UnsafeByteOperations.UnsafeWrap(new byte[bytes]) };
}
