using Google.Protobuf;
using Loom.EventStoreDb.Grpc;
using Loom.EventStoreDb.Messages;
using Loom.EventStoreDb.Protocol;
using Loom.EventStoreDb.Protocol.Features;
using Loom.EventStoreDb.Protocol.Gossip;
using Loom.EventStoreDb.Protocol.Operations;
using Loom.EventStoreDb.Protocol.Persistent;
using Loom.EventStoreDb.Protocol.Streams;
using DeleteReq = Loom.EventStoreDb.Protocol.Streams.DeleteReq;
using PersistentDelete = Loom.EventStoreDb.Protocol.Persistent.DeleteReq;
using PersistentReadReq = Loom.EventStoreDb.Protocol.Persistent.ReadReq;
using PersistentReadResp = Loom.EventStoreDb.Protocol.Persistent.ReadResp;
using ReadReq = Loom.EventStoreDb.Protocol.Streams.ReadReq;
using ReadResp = Loom.EventStoreDb.Protocol.Streams.ReadResp;

namespace Loom.EventStoreDb;

/// <summary>The protocol's methods, for both sides.</summary>
internal static class Methods
{
    private const string StreamsService = "event_store.client.streams.Streams";
    private const string OperationsService = "event_store.client.operations.Operations";
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

    /// <summary>The service whose every method has the features <c>stream</c> and <c>all</c>.</summary>
    public const string PersistentService = "event_store.client.persistent_subscriptions.PersistentSubscriptions";

    public static GrpcMethod<PersistentReadReq, PersistentReadResp> Consume { get; } = Persistent("Read", PersistentReadReq.Parser, PersistentReadResp.Parser);

    /// <summary><see cref="Consume"/> with events in the journal's own form: its messages are those of <see cref="Read"/>, and how often an event came before.</summary>
    public static GrpcMethod<PersistentReadReq, ReadAnswer> ConsumeEvents { get; } = Consume.With(Consume.Requests, ReadAnswerCodec.Instance);

    public static GrpcMethod<GroupReq, Empty> CreateGroup { get; } = Persistent("Create", GroupReq.Parser, Empty.Parser);

    public static GrpcMethod<GroupReq, Empty> UpdateGroup { get; } = Persistent("Update", GroupReq.Parser, Empty.Parser);

    public static GrpcMethod<PersistentDelete, Empty> DeleteGroup { get; } = Persistent("Delete", PersistentDelete.Parser, Empty.Parser);

    public static GrpcMethod<GetInfoReq, GetInfoResp> GroupInfo { get; } = Persistent("GetInfo", GetInfoReq.Parser, GetInfoResp.Parser);

    public static GrpcMethod<ListReq, ListResp> ListGroups { get; } = Persistent("List", ListReq.Parser, ListResp.Parser);

    public static GrpcMethod<ParkedReq, Empty> ReplayParked { get; } = Persistent("ReplayParked", ParkedReq.Parser, Empty.Parser);

    public static GrpcMethod<ParkedReq, Empty> TruncateParked { get; } = Persistent("TruncateParked", ParkedReq.Parser, Empty.Parser);

    public static GrpcMethod<Empty, Empty> RestartGroups { get; } = Persistent("RestartSubsystem", Empty.Parser, Empty.Parser);

    public static GrpcMethod<Empty, SupportedMethods> SupportedMethods { get; } =
        new("event_store.client.server_features.ServerFeatures", "GetSupportedMethods", Codec.Of(Empty.Parser), Codec.Of(Protocol.Features.SupportedMethods.Parser)) { MaxRequestBytes = EmptyMaxRequest };

    public static GrpcMethod<StartScavengeReq, ScavengeResp> StartScavenge { get; } =
        new(OperationsService, "StartScavenge", Codec.Of(StartScavengeReq.Parser), Codec.Of(ScavengeResp.Parser)) { MaxRequestBytes = EmptyMaxRequest };

    public static GrpcMethod<StopScavengeReq, ScavengeResp> StopScavenge { get; } =
        new(OperationsService, "StopScavenge", Codec.Of(StopScavengeReq.Parser), Codec.Of(ScavengeResp.Parser)) { MaxRequestBytes = EmptyMaxRequest };

    public static GrpcMethod<Empty, ClusterInfo> Gossip { get; } =
        new("event_store.client.gossip.Gossip", "Read", Codec.Of(Empty.Parser), Codec.Of(ClusterInfo.Parser)) { MaxRequestBytes = EmptyMaxRequest };

    private static GrpcMethod<TRequest, TResponse> Persistent<TRequest, TResponse>(string name, MessageParser<TRequest> requests, MessageParser<TResponse> responses)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse> =>
        new(PersistentService, name, Codec.Of(requests), Codec.Of(responses)) { MaxRequestBytes = ReadMaxRequest };
}
