using Loom.EventStoreDb.Grpc;
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
    private const int ReadMaxRequest = 1 << 20; // names and filters only, and read before it is known who asks

    public static GrpcMethod<ReadReq, ReadResp> Read { get; } =
        new(StreamsService, "Read", ReadReq.Parser, ReadResp.Parser) { MaxRequestBytes = ReadMaxRequest };

    public static GrpcMethod<AppendReq, AppendResp> Append { get; } =
        new(StreamsService, "Append", AppendReq.Parser, AppendResp.Parser) { MaxRequestBytes = StreamsMaxRequest, RequestIdleLimit = TimeSpan.FromMinutes(1) };

    public static GrpcMethod<BatchAppendReq, BatchAppendResp> BatchAppend { get; } =
        new(StreamsService, "BatchAppend", BatchAppendReq.Parser, BatchAppendResp.Parser) { MaxRequestBytes = StreamsMaxRequest };

    public static GrpcMethod<Empty, SupportedMethods> SupportedMethods { get; } =
        new("event_store.client.server_features.ServerFeatures", "GetSupportedMethods", Empty.Parser, Protocol.Features.SupportedMethods.Parser);

    public static GrpcMethod<Empty, ClusterInfo> Gossip { get; } =
        new("event_store.client.gossip.Gossip", "Read", Empty.Parser, ClusterInfo.Parser);
}
