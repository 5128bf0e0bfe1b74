using Loom.EventStoreDb.Grpc;
using Loom.EventStoreDb.Messages;
using Loom.EventStoreDb.Protocol;
using Loom.EventStoreDb.Protocol.Features;
using Loom.EventStoreDb.Protocol.Gossip;
using Loom.EventStoreDb.Protocol.Streams;

namespace Loom.EventStoreDb;

/// <summary>The protocol's methods, for both sides.</summary>
internal static class Methods
{
    private const string StreamsService = "event_store.client.streams.Streams";
    private const int StreamsMaxRequest = (16 << 20) - 10_000;
    private const int ReadMaxRequest = 1 << 20; // names and filters only
    private const int EmptyMaxRequest = 1 << 10; // from anybody, and nothing in it is looked at

    public static GrpcMethod<ReadReq, ReadResp> Read { get; } =
        new(StreamsService, "Read", Codec.Of(ReadReq.Parser), Codec.Of(ReadResp.Parser)) { MaxRequestBytes = ReadMaxRequest };

    public static GrpcMethod<AppendReq, AppendResp> Append { get; } =
        new(StreamsService, "Append", Codec.Of(AppendReq.Parser), Codec.Of(AppendResp.Parser)) { MaxRequestBytes = StreamsMaxRequest, RequestIdleLimit = TimeSpan.FromMinutes(1) };

    public static GrpcMethod<DeleteReq, DeleteResp> Delete { get; } =
        new(StreamsService, "Delete", Codec.Of(DeleteReq.Parser), Codec.Of(DeleteResp.Parser)) { MaxRequestBytes = ReadMaxRequest };

    public static GrpcMethod<DeleteReq, DeleteResp> Tombstone { get; } =
        new(StreamsService, "Tombstone", Codec.Of(DeleteReq.Parser), Codec.Of(DeleteResp.Parser)) { MaxRequestBytes = ReadMaxRequest };

    public static GrpcMethod<BatchAppendReq, BatchAppendResp> BatchAppend { get; } =
        new(StreamsService, "BatchAppend", Codec.Of(BatchAppendReq.Parser), Codec.Of(BatchAppendResp.Parser)) { MaxRequestBytes = StreamsMaxRequest };

    /// <summary><see cref="Read"/> with events in the journal's own form.</summary>
    public static GrpcMethod<ReadReq, ReadAnswer> ReadEvents { get; } = Read.With(Read.Requests, ReadAnswerCodec.Instance);

    /// <summary><see cref="BatchAppend"/> with appends and successes in the journal's own form.</summary>
    public static GrpcMethod<BatchPart, BatchAnswer> BatchAppendEvents { get; } = BatchAppend.With(BatchPartCodec.Instance, BatchAnswerCodec.Instance);

    public static GrpcMethod<Empty, SupportedMethods> SupportedMethods { get; } =
        new("event_store.client.server_features.ServerFeatures", "GetSupportedMethods", Codec.Of(Empty.Parser), Codec.Of(Protocol.Features.SupportedMethods.Parser)) { MaxRequestBytes = EmptyMaxRequest };

    public static GrpcMethod<Empty, ClusterInfo> Gossip { get; } =
        new("event_store.client.gossip.Gossip", "Read", Codec.Of(Empty.Parser), Codec.Of(ClusterInfo.Parser)) { MaxRequestBytes = EmptyMaxRequest };
}
