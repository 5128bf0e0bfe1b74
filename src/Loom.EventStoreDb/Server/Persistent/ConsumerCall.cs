using System.Globalization;
using Google.Protobuf.Collections;
using Loom.EventStoreDb.Grpc;
using Loom.EventStoreDb.Messages;
using Loom.EventStoreDb.Protocol;
using Loom.EventStoreDb.Protocol.Persistent;
using Loom.Journal;
using Action = Loom.EventStoreDb.Protocol.Persistent.ReadReq.Types.Nack.Types.Action;
using Options = Loom.EventStoreDb.Protocol.Persistent.ReadReq.Types.Options;
using Uuids = Loom.EventStoreDb.Protocol.Streams.ReadReq.Types.Options.Types.UUIDOption.ContentOneofCase;

namespace Loom.EventStoreDb.Server.Persistent;

/// <summary>One consumer's call: events go out, answers come in. The caller's half-close ends it.</summary>
internal sealed class ConsumerCall(IJournal journal, PersistentGroups groups, EventStoreCaller caller, ServerCall call)
{
    /// <summary>Most ids of one answer.</summary>
    public const int MaxIds = 10_000;

    public async Task RunAsync(RequestReader<ReadReq> requests, ResponseWriter<ReadAnswer> responses)
    {
        if ((await requests.ReadAsync().ConfigureAwait(false))?.Options is not { } options)
        {
            throw Wire.Invalid("A consumer's first message is its options.");
        }

        var isAll = options.StreamOptionCase == Options.StreamOptionOneofCase.All;
        var key = GroupRequests.Key(options.StreamIdentifier, isAll, options.GroupName);
        if (options.BufferSize is < 1 or > GroupSettings.MaxBuffer)
        {
            throw Wire.Invalid($"A consumer's buffer_size is 1 to {GroupSettings.MaxBuffer}.");
        }

        if (options.UuidOption is null or { ContentCase: Uuids.None })
        {
            throw Wire.Invalid("A consumer says how it wants ids: uuid_option is not set.");
        }

        var consumer = new Consumer(options.BufferSize, From(), caller.Name, call.Header("connection-name") is { Length: > 0 and <= 1_000 } name ? name : "<unknown>");
        var activation = await groups.ConnectAsync(key, consumer, call.Ended).ConfigureAwait(false);
        var encoder = new EventEncoder(journal, options.UuidOption.ContentCase == Uuids.String, activation.Group.Settings.ResolveLinks);
        Task writing = Task.CompletedTask, reading = Task.CompletedTask;
        try
        {
            await responses.WriteAsync(new Protocol.Streams.ReadResp { Confirmation = new() { SubscriptionId = key.ToString() } }).ConfigureAwait(false);
            await responses.FlushAsync().ConfigureAwait(false);
            writing = WriteAsync(consumer, activation, encoder, responses);
            reading = ReadAsync(consumer, activation, requests);
            await await Task.WhenAny(writing, reading).ConfigureAwait(false);
        }
        finally
        {
            await call.StopAsync().ConfigureAwait(false);
            await Task.WhenAll(writing, reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await activation.LeaveAsync(consumer).ConfigureAwait(false);
        }
    }

    private async Task WriteAsync(Consumer consumer, GroupActivation activation, EventEncoder encoder, ResponseWriter<ReadAnswer> responses)
    {
        while (await consumer.Deliveries.WaitToReadAsync(call.Ended).ConfigureAwait(false))
        {
            while (consumer.Deliveries.TryRead(out var delivery))
            {
                if (activation.Send(delivery))
                {
                    var answer = await encoder.EncodeAsync(delivery.Held.Event, call.Ended).ConfigureAwait(false);
                    await responses.WriteAsync(answer.Again(delivery.Retries)).ConfigureAwait(false);
                }
            }

            await responses.FlushAsync().ConfigureAwait(false);
        }
    }

    private async Task ReadAsync(Consumer consumer, GroupActivation activation, RequestReader<ReadReq> requests)
    {
        while (await requests.ReadAsync().ConfigureAwait(false) is { } request)
        {
            switch (request.ContentCase)
            {
                case ReadReq.ContentOneofCase.Ack:
                    activation.Take(consumer, Ids(request.Ack.Ids), Answer.Ack, "");
                    break;
                case ReadReq.ContentOneofCase.Nack:
                    activation.Take(consumer, Ids(request.Nack.Ids), Of(request.Nack.Action), request.Nack.Reason);
                    break;
                default:
                    throw Wire.Invalid("After its options a consumer sends answers only.");
            }
        }
    }

    private static List<Guid> Ids(RepeatedField<UUID> ids)
    {
        if (ids.Count > MaxIds)
        {
            throw Wire.Invalid($"An answer names at most {MaxIds} events.");
        }

        var guids = new List<Guid>(ids.Count);
        foreach (var id in ids)
        {
            guids.Add(Wire.TryGuid(id, out var guid) ? guid : throw Wire.Invalid("An answer names an event by something that is no UUID."));
        }

        return guids;
    }

    private static Answer Of(Action action) => action switch
    {
        Action.Park => Answer.Park,
        Action.Skip => Answer.Skip,
        Action.Stop => Answer.Stop,
        _ => Answer.Retry,
    };

    private string From() => string.Create(CultureInfo.InvariantCulture, $"{call.Http.Connection.RemoteIpAddress}:{call.Http.Connection.RemotePort}");
}
