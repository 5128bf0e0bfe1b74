using Loom.EventStoreDb.Grpc;
using Loom.EventStoreDb.Messages;
using Loom.EventStoreDb.Protocol.Persistent;
using Loom.Journal;
using Empty = Loom.EventStoreDb.Protocol.Empty;
using Options = Loom.EventStoreDb.Protocol.Persistent.ParkedReq.Types.Options;

namespace Loom.EventStoreDb.Server.Persistent;

/// <summary>The service PersistentSubscriptions.</summary>
internal sealed class PersistentService(IJournal journal, StreamAccess access, PersistentGroups groups)
{
    public async Task<Empty> CreateAsync(GroupReq request, ServerCall call)
    {
        await access.RequireAdministratorAsync(call).ConfigureAwait(false);
        var (key, body) = await GroupRequests.GroupAsync(request, journal, call.Ended).ConfigureAwait(false);
        await groups.CreateAsync(key, body, call.Ended).ConfigureAwait(false);
        return Wire.Empty;
    }

    public async Task<Empty> UpdateAsync(GroupReq request, ServerCall call)
    {
        await access.RequireAdministratorAsync(call).ConfigureAwait(false);
        var (key, body) = await GroupRequests.GroupAsync(request, journal, call.Ended).ConfigureAwait(false);
        await groups.UpdateAsync(key, body, call.Ended).ConfigureAwait(false);
        return Wire.Empty;
    }

    public async Task<Empty> DeleteAsync(DeleteReq request, ServerCall call)
    {
        await access.RequireAdministratorAsync(call).ConfigureAwait(false);
        var options = request.Options ?? throw Wire.Invalid("A request about a group has options.");
        var key = GroupRequests.Key(options.StreamIdentifier, options.StreamOptionCase == DeleteReq.Types.Options.StreamOptionOneofCase.All, options.GroupName);
        await groups.DeleteAsync(key, call.Ended).ConfigureAwait(false);
        return Wire.Empty;
    }

    public async Task<Empty> ReplayAsync(ParkedReq request, ServerCall call)
    {
        var (activation, stopAt) = await ParkedAsync(request, call).ConfigureAwait(false);
        await activation.ReplayAsync(stopAt).ConfigureAwait(false);
        return Wire.Empty;
    }

    public async Task<Empty> TruncateAsync(ParkedReq request, ServerCall call)
    {
        var (activation, stopAt) = await ParkedAsync(request, call).ConfigureAwait(false);
        await activation.TruncateAsync(stopAt).ConfigureAwait(false);
        return Wire.Empty;
    }

    public async Task<Empty> RestartAsync(Empty request, ServerCall call)
    {
        await access.RequireAdministratorAsync(call).ConfigureAwait(false);
        await groups.RestartAsync(call.Ended).ConfigureAwait(false);
        return Wire.Empty;
    }

    public async Task<GetInfoResp> InfoAsync(GetInfoReq request, ServerCall call)
    {
        await access.RequireReaderAsync(call).ConfigureAwait(false);
        var options = request.Options ?? throw Wire.Invalid("A request about a group has options.");
        var key = GroupRequests.Key(options.StreamIdentifier, options.StreamOptionCase == GetInfoReq.Types.Options.StreamOptionOneofCase.All, options.GroupName);
        var found = await groups.ListAsync(g => g.Key == key, call.Ended).ConfigureAwait(false);
        return found is [var (group, active)]
            ? new GetInfoResp { SubscriptionInfo = await GroupInfo.OfAsync(journal, group, active, call.Ended).ConfigureAwait(false) }
            : throw PersistentErrors.NotFound(key);
    }

    public async Task<ListResp> ListAsync(ListReq request, ServerCall call)
    {
        await access.RequireReaderAsync(call).ConfigureAwait(false);
        Func<Group, bool> which;
        var source = "";
        switch (request.Options?.ListOptionCase)
        {
            case ListReq.Types.Options.ListOptionOneofCase.ListAllSubscriptions:
                which = _ => true;
                break;
            case ListReq.Types.Options.ListOptionOneofCase.ListForStream when request.Options.ListForStream.StreamOptionCase == ListReq.Types.StreamOption.StreamOptionOneofCase.All:
                (which, source) = (g => g.IsAll, GroupKey.All);
                break;
            case ListReq.Types.Options.ListOptionOneofCase.ListForStream:
                var stream = Wire.Stream(request.Options.ListForStream.Stream);
                (which, source) = (g => g.Key.Stream == stream, stream.Value);
                break;
            default:
                throw Wire.Invalid("A list is of all groups, or of a stream's.");
        }

        var list = new ListResp();
        foreach (var (group, active) in await groups.ListAsync(which, call.Ended).ConfigureAwait(false))
        {
            list.Subscriptions.Add(await GroupInfo.OfAsync(journal, group, active, call.Ended).ConfigureAwait(false));
        }

        return list.Subscriptions.Count > 0 ? list : throw PersistentErrors.NotFound(source, "");
    }

    public async Task ReadAsync(RequestReader<ReadReq> requests, ResponseWriter<ReadAnswer> responses, ServerCall call)
    {
        var caller = await access.CallerAsync(call).ConfigureAwait(false);
        await access.RequireReaderAsync(call).ConfigureAwait(false);
        access.RefuseReadOnly(); // consuming writes the group's cursor
        await new ConsumerCall(journal, groups, caller, call).RunAsync(requests, responses).ConfigureAwait(false);
    }

    private async Task<(GroupActivation Activation, long? StopAt)> ParkedAsync(ParkedReq request, ServerCall call)
    {
        await access.RequireAdministratorAsync(call).ConfigureAwait(false);
        var options = request.Options ?? throw Wire.Invalid("A request about a group has options.");
        var key = GroupRequests.Key(options.StreamIdentifier, options.StreamOptionCase == Options.StreamOptionOneofCase.All, options.GroupName);
        long? stopAt = options.StopAtOptionCase switch
        {
            Options.StopAtOptionOneofCase.NoLimit => null,
            Options.StopAtOptionOneofCase.StopAt when options.StopAt >= 0 => options.StopAt,
            _ => throw Wire.Invalid("It says up to which parked event it goes: stop_at, 0 or more, or no_limit."),
        };
        return (await groups.ActivateAsync(key, call.Ended).ConfigureAwait(false), stopAt);
    }
}
