using Loom.EventStoreDb.Grpc;

namespace Loom.EventStoreDb.Server.Persistent;

/// <summary>How calls about groups end.</summary>
internal static class PersistentErrors
{
    public const string Missing = "persistent-subscription-does-not-exist";
    public const string ThereAlready = "persistent-subscription-exists";

    private const string GroupName = "group-name";

    public static GrpcException NotFound(GroupKey key) => NotFound(key.Source, key.Name);

    public static GrpcException NotFound(string source, string group) =>
        Of(StatusCode.NotFound, $"Subscription group {group} on stream {source} does not exist.", Missing, source, group);

    public static GrpcException Exists(GroupKey key) =>
        Of(StatusCode.AlreadyExists, $"Subscription group {key.Name} on stream {key.Source} already exists.", ThereAlready, key.Source, key.Name);

    public static GrpcException TooMany(GroupKey key) =>
        Of(StatusCode.FailedPrecondition, $"Maximum subscriptions reached for subscription group {key.Name} on stream {key.Source}.", Errors.GroupFull, key.Source, key.Name);

    public static GrpcException Dropped(GroupKey key) =>
        Of(StatusCode.Cancelled, $"Subscription group {key.Name} on stream {key.Source} was dropped.", Errors.GroupDropped, key.Source, key.Name);

    public static GrpcException Refused(string source, string group, string reason) => new(
        StatusCode.Internal,
        $"Subscription group {group} on stream {source} failed: '{reason}'",
        Errors.Trailers(Errors.GroupFailed, (Errors.StreamName, source), (GroupName, group), ("reason", reason)));

    private static GrpcException Of(StatusCode code, string message, string identity, string source, string group) =>
        new(code, message, Errors.Trailers(identity, (Errors.StreamName, source), (GroupName, group)));
}
