using Loom.EventStoreDb.Grpc;

namespace Loom.EventStoreDb.Client;

/// <summary>What is wrong with an answer itself: it says nothing, so what the server did is unknown.</summary>
internal static class Answers
{
    /// <exception cref="GrpcException">No stream can have such a revision.</exception>
    public static long Revision(ulong revision) =>
        revision <= long.MaxValue ? (long)revision : throw Unreadable($"revision {revision}, which no stream can have");

    public static GrpcException Unreadable(string what, Exception? inner = null) =>
        new(StatusCode.DataLoss, $"The server answered with {what}.", inner: inner);
}
