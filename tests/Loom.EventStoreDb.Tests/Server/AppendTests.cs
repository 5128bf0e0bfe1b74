using Google.Protobuf;
using Loom.EventStoreDb.Grpc;
using Loom.EventStoreDb.Protocol.Streams;

namespace Loom.EventStoreDb.Tests.Server;

public sealed class AppendTests : ServerTestBase
{
    [Fact]
    public async Task A_wrong_expectation_is_an_answer_in_both_generations_of_fields()
    {
        await FillAsync("s", 3);
        var none = (await AppendAsync(Options(o => o.NoStream = Wire.Empty), Event())).WrongExpectedVersion;
        Assert.Equal((2UL, 2UL), (none.CurrentRevision, none.CurrentRevision2060));
        Assert.NotNull(none.ExpectedNoStream);
        Assert.Equal(ulong.MaxValue, none.ExpectedRevision2060);
        var at = (await AppendAsync(Options(o => o.Revision = 7), Event())).WrongExpectedVersion;
        Assert.Equal((7UL, 7UL, 2UL), (at.ExpectedRevision, at.ExpectedRevision2060, at.CurrentRevision));
        var exists = (await AppendAsync(Options(o => o.StreamExists = Wire.Empty, "none"), Event())).WrongExpectedVersion;
        Assert.NotNull(exists.CurrentNoStream);
        Assert.NotNull(exists.NoStream2060);
        Assert.NotNull(exists.ExpectedStreamExists);
        Assert.NotNull(exists.StreamExists2060);
        Assert.Equal(2, await Served.Journal.LastRevisionAsync(Core.StreamName.Parse("s"), None));
    }

    [Fact]
    public async Task A_repeated_append_is_answered_with_the_place_of_its_events()
    {
        AppendReq[] first = [Options(o => o.NoStream = Wire.Empty), Event(), Event()];
        var a = (await AppendAsync(first)).Success;
        await FillAsync("s", 3);
        var b = (await AppendAsync(first)).Success;
        Assert.Equal((1UL, a.Position), (b.CurrentRevision, b.Position));
        Assert.Equal((false, true), (a.LoomRepeated, b.LoomRepeated));
    }

    [Fact]
    public async Task An_empty_append_checks_the_expectation()
    {
        var none = (await AppendAsync(Any("none"))).Success;
        Assert.Equal(AppendResp.Types.Success.CurrentRevisionOptionOneofCase.NoStream, none.CurrentRevisionOptionCase);
        Assert.Equal(AppendResp.Types.Success.PositionOptionOneofCase.NoPosition, none.PositionOptionCase);
        await FillAsync("s", 2);
        Assert.Equal(1UL, (await AppendAsync(Any("s"))).Success.CurrentRevision);
        Assert.NotNull((await AppendAsync(Options(o => o.NoStream = Wire.Empty))).WrongExpectedVersion);
    }

    [Fact]
    public async Task What_an_event_lacks_is_named_and_nothing_is_written()
    {
        var missing = await FailsAsync(() => AppendAsync(Any("s"), Event(contentType: null)));
        Assert.Equal((StatusCode.InvalidArgument, "missing-required-metadata-property"), (missing.Code, missing.Trailers["exception"]));
        Assert.Equal("type,content-type", missing.Trailers["required-metadata-properties"]);
        var badType = Event();
        badType.ProposedMessage.Metadata.Add(Property("type", ByteString.CopyFrom(0xC3, 0x28)));
        var badId = Event();
        badId.ProposedMessage.Id = new() { String = "no uuid" };
        var noId = Event();
        noId.ProposedMessage.Id = null;
        AppendReq[][] wrong =
        [
            [Any("s"), Event(type: "")],
            [Any("s"), badType],
            [Any("s"), badId],
            [Any("s"), noId],
            [Any("s"), Event(id: Guid.Empty)],
            [Any("s"), Event(), Any("s")],
            [Event()],
            [],
            [new() { Options = new() { StreamIdentifier = Name("s") } }, Event()],
            [Options(o => o.Revision = 1UL << 63), Event()],
            [Any(""), Event()],
        ];
        foreach (var requests in wrong)
        {
            Assert.Equal(StatusCode.InvalidArgument, (await FailsAsync(() => AppendAsync(requests))).Code);
        }

        Assert.Equal(-1, await Served.Journal.LastRevisionAsync(Core.StreamName.Parse("s"), None));
    }

    [Fact]
    public async Task An_append_over_the_limit_is_refused_before_it_is_kept()
    {
        var half = new string('x', 600_000);
        var e = await FailsAsync(() => AppendAsync([Any("s"), Event(data: half), Event(data: half), .. Enumerable.Range(0, 50).Select(_ => Event(data: half))]));
        Assert.Equal((StatusCode.InvalidArgument, "maximum-append-size-exceeded", "1048576"), (e.Code, e.Trailers["exception"], e.Trailers["maximum-append-size"]));
    }

    [Fact]
    public async Task Features_and_gossip_say_what_clients_look_for()
    {
        var features = await Channel.UnaryAsync(Methods.SupportedMethods, Wire.Empty, GrpcCallOptions.None, None);
        Assert.Equal("23.10.0", features.EventStoreServerVersion);
        var batch = features.Methods.Single(m => m.MethodName == "batchappend");
        Assert.Equal(("event_store.client.streams.streams", "deadline_duration"), (batch.ServiceName, batch.Features.Single()));
        Assert.All(features.Methods, m => Assert.Equal(m.ServiceName.ToLowerInvariant(), m.ServiceName));
        var member = Assert.Single((await Channel.UnaryAsync(Methods.Gossip, Wire.Empty, GrpcCallOptions.None, None)).Members);
        Assert.Equal((true, 8, "localhost", (uint)Served.Address.Port), (member.IsAlive, (int)member.State, member.HttpEndPoint.Address, member.HttpEndPoint.Port));
        Assert.True(Wire.TryGuid(member.InstanceId, out var id));
        Assert.Equal(4, id.Version);
    }

    [Fact]
    public async Task Tools_ask_over_plain_http_on_the_same_port()
    {
        using var http = new HttpClient { BaseAddress = Served.Address };
        Assert.Equal(System.Net.HttpStatusCode.NoContent, (await http.GetAsync("/health/live")).StatusCode);
        Assert.Contains("\"esVersion\":\"23.10.0.0\"", await http.GetStringAsync("/info"), StringComparison.Ordinal);
        Assert.Contains($"\"httpEndPointPort\":{Served.Address.Port}", await http.GetStringAsync("/gossip"), StringComparison.Ordinal);
    }

    private static AppendReq Options(Action<AppendReq.Types.Options> set, string stream = "s")
    {
        var options = new AppendReq.Types.Options { StreamIdentifier = Name(stream) };
        set(options);
        return new AppendReq { Options = options };
    }
}
