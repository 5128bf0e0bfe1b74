using Google.Protobuf.WellKnownTypes;
using Loom.EventStoreDb.Grpc;
using Loom.EventStoreDb.Protocol;
using Loom.EventStoreDb.Protocol.Streams;
using Options = Loom.EventStoreDb.Protocol.Streams.BatchAppendReq.Types.Options;

namespace Loom.EventStoreDb.Tests.Server;

public sealed class BatchAppendTests : ServerTestBase
{
    private DuplexCall<BatchAppendReq, BatchAppendResp> _call = null!;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        _call = Channel.Duplex(Methods.BatchAppend, GrpcCallOptions.None, None);
    }

    public override async Task DisposeAsync()
    {
        await _call.DisposeAsync();
        await base.DisposeAsync();
    }

    [Fact(Timeout = 600_000)]
    public async Task Parts_of_appends_may_mix_and_each_append_is_answered_once()
    {
        var (a, b) = (Guid.NewGuid(), Guid.NewGuid());
        await SendAsync(a, Any("a"), final: false, Proposed("one"));
        await SendAsync(b, Any("b"), final: false);
        await SendAsync(a, null, final: false, Proposed("two"), Proposed("three"));
        await SendAsync(b, null, final: true, Proposed());
        await SendAsync(a, Any("ignored"), final: true, Proposed("four"));
        await _call.CompleteAsync(None);
        var answers = await AnswersAsync();
        Assert.Equal(2, answers.Count);
        Assert.Equal(3UL, answers[Wire.Text(a)].Success.CurrentRevision);
        Assert.Equal("a", answers[Wire.Text(a)].StreamIdentifier.StreamName.ToStringUtf8());
        Assert.Equal(0UL, answers[Wire.Text(b)].Success.CurrentRevision);
        var read = await ReadAsync(Read(o => o.Stream = Stream("a", s => s.Start = Wire.Empty)));
        Assert.Equal(["one", "two", "three", "four"], read.Select(r => Value(r.Event.Event.Metadata, "type")));
    }

    [Fact(Timeout = 600_000)]
    public async Task Half_close_means_answer_everything_and_end()
    {
        // More than may be under way at once, some of them large: the server stops reading until answers are written.
        var writing = Task.Run(async () =>
        {
            for (var i = 0; i < 1_500; i++)
            {
                await SendAsync(Guid.NewGuid(), Any($"s-{i % 20}"), final: true, Proposed(data: new string('x', i % 100 == 0 ? 500_000 : 10)));
            }

            await _call.CompleteAsync(None);
        });
        var answers = await AnswersAsync();
        await writing;
        Assert.Equal(1_500, answers.Count);
        Assert.All(answers.Values, a => Assert.NotNull(a.Success));
    }

    [Fact(Timeout = 600_000)]
    public async Task Errors_are_answers_with_details_and_the_call_goes_on()
    {
        await FillAsync("s", 2);
        var conflict = await OneAsync(new Options { StreamIdentifier = Name("s"), StreamPosition = 0 }, Proposed());
        Assert.Equal((6, "WrongExpectedVersion"), (conflict.Code, conflict.Message));
        var wrong = conflict.Details.Unpack<WrongExpectedVersion>();
        Assert.Equal((1UL, 0UL), (wrong.CurrentStreamRevision, wrong.ExpectedStreamPosition));
        Assert.Equal("type.googleapis.com/event_store.client.WrongExpectedVersion", conflict.Details.TypeUrl);

        var none = (await OneAsync(new Options { StreamIdentifier = Name("none"), StreamExists = Wire.Nothing }, Proposed())).Details.Unpack<WrongExpectedVersion>();
        Assert.NotNull(none.CurrentNoStream);
        Assert.NotNull(none.ExpectedStreamExists);

        var denied = await OneAsync(Any("$settings"), Proposed());
        Assert.Equal((7, "AccessDenied", true), (denied.Code, denied.Message, denied.Details.Is(AccessDenied.Descriptor)));

        var large = await OneAsync(Any("s"), Proposed(data: new string('x', 1 << 20)));
        Assert.Equal((3, 1_048_576U), (large.Code, large.Details.Unpack<MaximumAppendSizeExceeded>().MaxAppendSize));

        foreach (var bad in new[] { Proposed(contentType: null), Proposed(type: ""), Proposed(id: Guid.Empty) })
        {
            var error = await OneAsync(Any("s"), bad);
            Assert.Equal((3, true), (error.Code, error.Details.Is(BadRequest.Descriptor)));
        }

        Assert.Equal(3, (await OneAsync(new Options { StreamIdentifier = Name("s") }, Proposed())).Code);
        Assert.Equal(3, (await OneAsync(new Options { Any = Wire.Nothing }, Proposed())).Code);
        await SendAsync(Guid.NewGuid(), Any("s"), final: true, Proposed());
        Assert.Equal(2UL, (await _call.ReadAsync())!.Success.CurrentRevision);
    }

    [Fact(Timeout = 600_000)]
    public async Task Deadlines_of_every_client_are_understood()
    {
        var far = Any("s");
        far.Deadline21100 = new Timestamp { Seconds = 253_402_300_799 }; // the year 9999
        var long1 = Any("s");
        long1.Deadline = new Duration { Seconds = 1_700_000_000 };
        foreach (var options in new[] { far, long1 })
        {
            await SendAsync(Guid.NewGuid(), options, final: true, Proposed());
            Assert.NotNull((await _call.ReadAsync())!.Success);
        }

        var past = Any("s");
        past.Deadline21100 = new Timestamp { Seconds = 1 };
        var negative = Any("s");
        negative.Deadline = new Duration { Seconds = -1 };
        var nothing = Any("s");
        nothing.Deadline = new Duration { Seconds = long.MinValue, Nanos = int.MinValue };
        foreach (var options in new[] { past, negative, nothing })
        {
            var error = await OneAsync(options, Proposed());
            Assert.Equal((4, "Timeout", true), (error.Code, error.Message, error.Details.Is(Protocol.Timeout.Descriptor)));
        }

        Assert.Equal(1, await Served.Journal.LastRevisionAsync(Core.StreamName.Parse("s"), None));
    }

    [Fact(Timeout = 600_000)]
    public async Task An_append_whose_last_part_does_not_come_in_time_is_let_go()
    {
        var id = Guid.NewGuid();
        var soon = Any("s");
        soon.Deadline = new Duration { Nanos = 1_000_000 };
        await SendAsync(id, soon, final: false, Proposed());
        var answer = (await _call.ReadAsync())!;
        Assert.Equal((4, Wire.Text(id)), (answer.Error.Code, answer.CorrelationId));
        await SendAsync(id, null, final: true, Proposed());
        await SendAsync(Guid.NewGuid(), Any("s"), final: true, Proposed());
        Assert.Equal(0UL, (await _call.ReadAsync())!.Success.CurrentRevision);
    }

    [Fact(Timeout = 600_000)]
    public async Task A_message_without_a_correlation_id_ends_the_call()
    {
        await _call.WriteAsync(new BatchAppendReq { Options = Any("s"), IsFinal = true }, None);
        Assert.Equal(StatusCode.InvalidArgument, (await FailsAsync(async () => await _call.ReadAsync())).Code);
    }

    [Fact(Timeout = 600_000)]
    public async Task Appends_that_are_never_finished_are_not_kept_without_bound()
    {
        var e = await FailsAsync(async () =>
        {
            for (var i = 0; i < 5_000; i++)
            {
                await SendAsync(Guid.NewGuid(), Any("s"), final: false);
            }

            await _call.ReadAsync();
        });
        if (e.Code != StatusCode.ResourceExhausted)
        {
            e = await FailsAsync(async () => await _call.ReadAsync()); // the write was what failed; the reading says why
        }

        Assert.Equal(StatusCode.ResourceExhausted, e.Code);
    }

    [Fact(Timeout = 600_000)]
    public async Task The_id_comes_back_in_the_form_in_which_it_was_sent()
    {
        var id = Guid.NewGuid();
        var request = new BatchAppendReq { CorrelationId = Wire.Structured(id), Options = Any("s"), IsFinal = true };
        await _call.WriteAsync(request, None);
        var answer = (await _call.ReadAsync())!;
        Assert.Equal(Wire.Structured(id), answer.CorrelationId);
        Assert.NotNull(answer.Success.NoStream);
        Assert.NotNull(answer.Success.NoPosition);
    }

    private static new Options Any(string stream) => new() { StreamIdentifier = Name(stream), Any = Wire.Nothing };

    private Task SendAsync(Guid id, Options? options, bool final, params AppendReq.Types.ProposedMessage[] events) =>
        _call.WriteAsync(new BatchAppendReq { CorrelationId = Wire.Text(id), Options = options, IsFinal = final, ProposedMessages = { events } }, None);

    private async Task<Protocol.Status> OneAsync(Options options, AppendReq.Types.ProposedMessage e)
    {
        await SendAsync(Guid.NewGuid(), options, final: true, e);
        return (await _call.ReadAsync())!.Error;
    }

    private async Task<Dictionary<UUID, BatchAppendResp>> AnswersAsync()
    {
        var answers = new Dictionary<UUID, BatchAppendResp>();
        while (await _call.ReadAsync() is { } answer)
        {
            answers.Add(answer.CorrelationId, answer);
        }

        return answers;
    }
}
