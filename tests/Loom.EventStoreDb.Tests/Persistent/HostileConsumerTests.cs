using Loom.EventStoreDb.Grpc;
using Loom.EventStoreDb.Protocol.Persistent;
using Loom.EventStoreDb.Server.Persistent;
using Loom.EventStoreDb.Tests.Server;
using Options = Loom.EventStoreDb.Protocol.Persistent.ReadReq.Types.Options;

namespace Loom.EventStoreDb.Tests.Persistent;

/// <summary>Consumers that say what makes no sense: each has its status, and the others go on.</summary>
public sealed class HostileConsumerTests : PersistentTestBase
{
    private static readonly Dictionary<string, Func<ReadReq>> Beginnings = new()
    {
        { "nothing", () => new ReadReq() },
        { "an answer", () => new ReadReq { Ack = new() { Ids = { Wire.Text(Guid.NewGuid()) } } } },
        { "a refusal", () => new ReadReq { Nack = new() } },
        { "no buffer", () => Begin(o => o.BufferSize = 0) },
        { "a negative buffer", () => Begin(o => o.BufferSize = int.MinValue) },
        { "a giant buffer", () => Begin(o => o.BufferSize = int.MaxValue) },
        { "no form of ids", () => Begin(o => o.UuidOption = null) },
        { "an empty form of ids", () => Begin(o => o.UuidOption = new()) },
        { "no group", () => Begin(o => o.GroupName = "") },
        { "a giant group", () => Begin(o => o.GroupName = new string('g', 100_000)) },
    };

    public static TheoryData<string> Begins => [.. Beginnings.Keys];

    [Theory(Timeout = 600_000)]
    [MemberData(nameof(Begins))]
    public async Task A_first_message_that_is_none_is_refused(string what)
    {
        await CreateAsync();
        await using var call = Channel.Duplex(Methods.Consume, GrpcCallOptions.None, None);
        await TrySendAsync(call, Beginnings[what]());
        Assert.Equal(StatusCode.InvalidArgument, (await FailsAsync(async () => await call.ReadAsync())).Code);
        await using var other = await ConsumeAsync();
    }

    [Fact(Timeout = 600_000)]
    public async Task Answers_about_what_nobody_has_change_nothing()
    {
        await CreateAsync();
        await using var consumer = await ConsumeAsync();
        await using var stranger = await ConsumeAsync(buffer: 1);
        await AppendAsync(3);
        var had = new List<ReadResp.Types.ReadEvent> { await consumer.NextAsync(), await stranger.NextAsync(), await consumer.NextAsync() };
        foreach (var action in Enum.GetValues<ReadReq.Types.Nack.Types.Action>())
        {
            await consumer.SendAsync(new ReadReq { Nack = new() { Ids = { Wire.Text(Guid.NewGuid()), had[1].Event.Id }, Action = action, Reason = new string('x', 10_000) } });
        }

        var many = new ReadReq { Ack = new() };
        many.Ack.Ids.AddRange(Enumerable.Range(0, ConsumerCall.MaxIds).Select(_ => Wire.Structured(Guid.NewGuid())));
        await consumer.SendAsync(many);
        await consumer.AckAsync(had[1]); // another one's
        await consumer.AckAsync(had[0]);
        while (true)
        {
            var info = await InfoAsync();
            if (info.TotalInFlightMessages == 2)
            {
                Assert.Equal(0, info.ParkedMessageCount);
                break;
            }

            Assert.Equal(3, info.TotalInFlightMessages);
        }
    }

    [Fact(Timeout = 600_000)]
    public async Task Too_many_ids_wrong_ones_and_a_second_beginning_end_the_call_and_lose_nothing()
    {
        await AppendAsync(2);
        await CreateAsync();
        var many = new ReadReq { Ack = new() };
        many.Ack.Ids.AddRange(Enumerable.Range(0, ConsumerCall.MaxIds + 1).Select(_ => Wire.Structured(Guid.NewGuid())));
        foreach (var request in new[]
        {
            many,
            new ReadReq { Ack = new() { Ids = { new Protocol.UUID { String = "no uuid" } } } },
            new ReadReq { Nack = new() { Ids = { new Protocol.UUID() } } },
            Begin(_ => { }),
            new ReadReq(),
        })
        {
            await using var consumer = await ConsumeAsync();
            await consumer.NextAsync(2);
            await consumer.SendAsync(request);
            Assert.Equal(StatusCode.InvalidArgument, (await FailsAsync(() => consumer.ReadAsync())).Code);
        }

        await using var last = await ConsumeAsync();
        Assert.Equal([0UL, 1UL], await last.RevisionsAsync(2, ack: true));
    }

    private static ReadReq Begin(Action<Options> set)
    {
        var options = new Options { StreamIdentifier = ServerTestBase.Name(Source), GroupName = "g", BufferSize = 1, UuidOption = new() { String = Wire.Empty } };
        set(options);
        return new ReadReq { Options = options };
    }

    private static async Task TrySendAsync(DuplexCall<ReadReq, ReadResp> call, ReadReq request)
    {
        try
        {
            await call.WriteAsync(request, None);
        }
        catch (GrpcException)
        {
            // Refused before it was sent; reading says why.
        }
    }
}
