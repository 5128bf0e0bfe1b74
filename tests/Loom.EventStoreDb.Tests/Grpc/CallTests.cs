using System.Net.Security;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Google.Protobuf;
using Loom.EventStoreDb.Grpc;
using Loom.EventStoreDb.Protocol;
using Loom.Testing;
using Timeout = System.Threading.Timeout;

namespace Loom.EventStoreDb.Tests.Grpc;

/// <summary>The client against the server, over loopback.</summary>
public sealed class CallTests
{
    private static CancellationToken None => CancellationToken.None;

    [Fact(Timeout = 600_000)]
    public async Task A_unary_call_is_answered()
    {
        await using var server = await TestServer.StartAsync(s => s.Unary(Echo.Method("Unary"), (m, _) => Task.FromResult(Echo.Message("hello " + m.StreamName.ToStringUtf8()))));
        using var channel = server.Channel();
        Assert.Equal("hello you", (await channel.UnaryAsync(Echo.Method("Unary"), Echo.Message("you"), GrpcCallOptions.None, None)).StreamName.ToStringUtf8());
        Assert.Equal("hello ", (await channel.UnaryAsync(Echo.Method("Unary"), new StreamIdentifier(), GrpcCallOptions.None, None)).StreamName.ToStringUtf8());
    }

    [Fact(Timeout = 600_000)]
    public async Task A_call_over_tls_is_answered_and_an_unknown_certificate_is_not_trusted()
    {
        using var certificate = TestServer.SelfSigned();
        await using var server = await TestServer.StartAsync(s => s.Unary(Echo.Method("Unary"), (m, _) => Task.FromResult(m)), certificate: certificate);
        using var trusting = server.Channel(new GrpcChannelOptions
        {
            Tls = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.GetCertHashString() == certificate.GetCertHashString() },
        });
        Assert.Equal(Echo.Message("you"), await trusting.UnaryAsync(Echo.Method("Unary"), Echo.Message("you"), GrpcCallOptions.None, None));

        using var strict = server.Channel();
        var e = await Assert.ThrowsAsync<GrpcException>(() => strict.UnaryAsync(Echo.Method("Unary"), Echo.Message("you"), GrpcCallOptions.None, None));
        Assert.Equal(StatusCode.Unavailable, e.Code);
    }

    [Fact(Timeout = 600_000)]
    public async Task A_stream_of_requests_gets_one_response()
    {
        await using var server = await TestServer.StartAsync(s => s.ClientStreaming(Echo.Method("Sum"), async (requests, _) =>
        {
            var sum = 0;
            while (await requests.ReadAsync() is { } request)
            {
                sum += request.StreamName.Length;
            }

            return Echo.Message(sum.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }));
        using var channel = server.Channel();
        Assert.Equal("300000", (await channel.ClientStreamingAsync(Echo.Method("Sum"), Enumerable.Repeat(Echo.Message(1000), 300), GrpcCallOptions.None, None)).StreamName.ToStringUtf8());
        Assert.Equal("0", (await channel.ClientStreamingAsync(Echo.Method("Sum"), [], GrpcCallOptions.None, None)).StreamName.ToStringUtf8());
    }

    [Fact(Timeout = 600_000)]
    public async Task Duplex_messages_of_any_size_come_back_in_order()
    {
        await using var server = await TestServer.StartAsync(EchoAll);
        using var channel = server.Channel();
        var seed = Seeds.First("duplex");
        for (var n = 0; n < Tier.Count(ci: 6, @long: 200); n++)
        {
            var random = new Random(seed + n);
            var sent = Enumerable.Range(0, 60).Select(_ => Echo.Message(random.Next(20) == 0 ? random.Next(400_000) : random.Next(500))).ToList();
            await using var call = channel.Duplex(Echo.Method("All"), GrpcCallOptions.None, None);
            var writing = Task.Run(async () =>
            {
                foreach (var message in sent)
                {
                    await call.WriteAsync(message, None);
                }

                await call.CompleteAsync(None);
            });
            foreach (var message in sent)
            {
                Assert.Equal(message, await call.ReadAsync());
            }

            Assert.Null(await call.ReadAsync());
            await writing;
        }
    }

    [Fact(Timeout = 600_000)]
    public async Task Nothing_waits_in_a_buffer()
    {
        // Each side answers the other's last message, so one message held back would end the conversation.
        await using var server = await TestServer.StartAsync(EchoAll);
        using var channel = server.Channel();
        await using var call = channel.Duplex(Echo.Method("All"), GrpcCallOptions.None, None);
        for (var i = 0; i < 200; i++)
        {
            await call.WriteAsync(Echo.Message(i), None);
            Assert.Equal(i, (await call.ReadAsync())!.StreamName.Length);
        }
    }

    [Fact(Timeout = 600_000)]
    public async Task A_stream_of_responses_is_sent_as_it_is_made()
    {
        var next = Channel.CreateUnbounded<int>();
        await using var server = await TestServer.StartAsync(s => s.ServerStreaming(Echo.Method("Count"), (_, call) => Counted(next.Reader, call.Ended)));
        using var channel = server.Channel();
        var got = 0;
        await next.Writer.WriteAsync(0);
        await foreach (var message in channel.ServerStreamingAsync(Echo.Method("Count"), new StreamIdentifier(), GrpcCallOptions.None, None))
        {
            Assert.Equal(got++, message.StreamName.Length);
            if (got == 100)
            {
                next.Writer.Complete();
            }
            else
            {
                await next.Writer.WriteAsync(got);
            }
        }

        Assert.Equal(100, got);
    }

    [Theory(Timeout = 600_000)]
    [InlineData(0)]
    [InlineData(3)]
    public async Task An_error_brings_status_message_and_trailers_before_and_after_messages(int messages)
    {
        await using var server = await TestServer.StartAsync(s => s.ServerStreaming(Echo.Method("Fails"), (_, _) => Fails(messages)));
        using var channel = server.Channel();
        var got = 0;
        var e = await Assert.ThrowsAsync<GrpcException>(async () =>
        {
            await foreach (var message in channel.ServerStreamingAsync(Echo.Method("Fails"), new StreamIdentifier(), GrpcCallOptions.None, None))
            {
                got++;
            }
        });
        Assert.Equal(messages, got);
        Assert.Equal(StatusCode.FailedPrecondition, e.Code);
        Assert.Equal("Der Strom »größe« ist 100% fort:\n☹", e.Detail);
        Assert.Equal("stream-deleted", e.Trailers["exception"]);
        Assert.Equal("größe", e.Trailers["stream-name"]);
    }

    [Fact(Timeout = 600_000)]
    public async Task An_exception_of_a_handler_does_not_tell_its_text()
    {
        await using var server = await TestServer.StartAsync(s =>
        {
            s.Unary<StreamIdentifier, StreamIdentifier>(Echo.Method("Breaks"), (_, _) => throw new InvalidOperationException("a secret"));
            s.Unary<StreamIdentifier, StreamIdentifier>(Echo.Method("Refuses"), (_, _) => throw new FormatException("no such form"));
        });
        using var channel = server.Channel();
        var broken = await FailsAsync(channel, "Breaks");
        Assert.Equal((StatusCode.Unknown, "Exception was thrown by handler."), (broken.Code, broken.Detail));
        var refused = await FailsAsync(channel, "Refuses");
        Assert.Equal((StatusCode.InvalidArgument, "no such form"), (refused.Code, refused.Detail));
    }

    [Fact(Timeout = 600_000)]
    public async Task A_method_or_service_that_is_not_there_is_unimplemented()
    {
        await using var server = await TestServer.StartAsync(EchoAll);
        using var channel = server.Channel();
        var e = await FailsAsync(channel, "Nothing");
        Assert.Equal((StatusCode.Unimplemented, "Method is unimplemented."), (e.Code, e.Detail));
        var elsewhere = Echo.Method("All") with { Service = "loom.test.Nowhere" };
        e = await Assert.ThrowsAsync<GrpcException>(() => channel.UnaryAsync(elsewhere, new StreamIdentifier(), GrpcCallOptions.None, None));
        Assert.Equal(StatusCode.Unimplemented, e.Code);
    }

    [Fact(Timeout = 600_000)]
    public async Task A_server_that_is_not_there_is_unavailable()
    {
        Uri address;
        await using (var server = await TestServer.StartAsync(EchoAll))
        {
            address = server.Address;
        }

        using var channel = new GrpcChannel(address, new GrpcChannelOptions());
        Assert.Equal(StatusCode.Unavailable, (await FailsAsync(channel, "Unary")).Code);
        await using var call = channel.Duplex(Echo.Method("All"), GrpcCallOptions.None, None);
        Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<GrpcException>(async () => await call.ReadAsync())).Code);
        await Assert.ThrowsAsync<GrpcException>(() => call.WriteAsync(new StreamIdentifier(), None));
    }

    [Fact(Timeout = 600_000)]
    public async Task A_message_over_the_limit_is_refused_by_either_side()
    {
        await using var server = await TestServer.StartAsync(s =>
        {
            s.Unary(Echo.Method("Small") with { MaxRequestBytes = 1000 }, (m, _) => Task.FromResult(m));
            s.Unary(Echo.Method("Large"), (m, _) => Task.FromResult(Echo.Message(100_000)));
        });
        using var channel = server.Channel(new GrpcChannelOptions { MaxResponseBytes = 50_000 });
        Assert.Equal(990, (await channel.UnaryAsync(Echo.Method("Small"), Echo.Message(990), GrpcCallOptions.None, None)).StreamName.Length);
        var e = await Assert.ThrowsAsync<GrpcException>(() => channel.UnaryAsync(Echo.Method("Small"), Echo.Message(1000), GrpcCallOptions.None, None));
        Assert.Equal(StatusCode.ResourceExhausted, e.Code);
        Assert.Equal(StatusCode.DataLoss, (await FailsAsync(channel, "Large")).Code);
    }

    [Fact(Timeout = 600_000)]
    public async Task The_callers_deadline_ends_a_call_that_is_not_answered()
    {
        var time = new ManualTime();
        var handled = new TaskCompletionSource();
        await using var server = await TestServer.StartAsync(s => s.Unary(Echo.Method("Slow"), (_, call) => Endless(call, handled)));
        using var channel = server.Channel(new GrpcChannelOptions { Time = time });
        var calling = channel.UnaryAsync(Echo.Method("Slow"), new StreamIdentifier(), new GrpcCallOptions(TimeSpan.FromHours(1)), None);
        await handled.Task;
        time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(StatusCode.DeadlineExceeded, (await Assert.ThrowsAsync<GrpcException>(() => calling)).Code);
    }

    [Fact(Timeout = 600_000)]
    public async Task The_server_ends_a_call_whose_deadline_passed()
    {
        var time = new ManualTime();
        var handled = new TaskCompletionSource();
        DateTimeOffset? deadline = null;
        await using var server = await TestServer.StartAsync(
            s => s.Unary(Echo.Method("Slow"), (_, call) =>
            {
                deadline = call.Deadline;
                return Endless(call, handled);
            }),
            time);
        using var channel = server.Channel();
        var timeout = new GrpcCallOptions(Headers: new Dictionary<string, string> { ["grpc-timeout"] = "30M" });
        var calling = channel.UnaryAsync(Echo.Method("Slow"), new StreamIdentifier(), timeout, None);
        await handled.Task;
        Assert.Equal(time.GetUtcNow() + TimeSpan.FromMinutes(30), deadline);
        time.Advance(TimeSpan.FromMinutes(30));
        var e = await Assert.ThrowsAsync<GrpcException>(() => calling);
        Assert.Equal((StatusCode.DeadlineExceeded, "Deadline Exceeded"), (e.Code, e.Detail));
    }

    [Fact(Timeout = 600_000)]
    public async Task A_cancelled_call_ends_on_both_sides()
    {
        var handled = new TaskCompletionSource();
        var ended = new TaskCompletionSource();
        await using var server = await TestServer.StartAsync(s => s.Unary(Echo.Method("Slow"), async (_, call) =>
        {
            call.Ended.Register(ended.SetResult);
            return await Endless(call, handled);
        }));
        using var channel = server.Channel();
        using var stop = new CancellationTokenSource();
        var calling = channel.UnaryAsync(Echo.Method("Slow"), new StreamIdentifier(), GrpcCallOptions.None, stop.Token);
        await handled.Task;
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => calling);
        await ended.Task;
    }

    [Fact(Timeout = 600_000)]
    public async Task Leaving_a_stream_of_responses_ends_its_handler()
    {
        var ended = new TaskCompletionSource();
        await using var server = await TestServer.StartAsync(s => s.ServerStreaming(Echo.Method("Endless"), (_, call) => UntilEnded(call, ended)));
        using var channel = server.Channel();
        await foreach (var message in channel.ServerStreamingAsync(Echo.Method("Endless"), new StreamIdentifier(), GrpcCallOptions.None, None))
        {
            break;
        }

        await ended.Task;
    }

    [Fact(Timeout = 600_000)]
    public async Task A_server_that_shuts_down_ends_its_streams_at_once()
    {
        await using var server = await TestServer.StartAsync(s => s.ServerStreaming(Echo.Method("Endless"), (_, call) => UntilEnded(call, new TaskCompletionSource())));
        using var channel = server.Channel();
        Task? stopping = null;
        var e = await Assert.ThrowsAsync<GrpcException>(async () =>
        {
            await foreach (var message in channel.ServerStreamingAsync(Echo.Method("Endless"), new StreamIdentifier(), GrpcCallOptions.None, None))
            {
                stopping ??= server.StopAsync();
            }
        });
        Assert.Equal(StatusCode.Unavailable, e.Code);
        await stopping!;
    }

    [Fact(Timeout = 600_000)]
    public async Task A_reader_that_is_slow_holds_the_server_back()
    {
        const int Bytes = 64 << 10;
        var made = 0;
        await using var server = await TestServer.StartAsync(s => s.ServerStreaming(Echo.Method("Much"), (_, call) => Much(call.Ended)));
        using var channel = server.Channel();
        var read = 0;
        await foreach (var message in channel.ServerStreamingAsync(Echo.Method("Much"), new StreamIdentifier(), GrpcCallOptions.None, None))
        {
            read++;
            Assert.InRange(Volatile.Read(ref made) - read, 0, (40 << 20) / Bytes); // HTTP/2's windows, and what both sides' buffers hold
            await Task.Delay(1);
            if (read == 100)
            {
                break;
            }
        }

        async IAsyncEnumerable<StreamIdentifier> Much([EnumeratorCancellation] CancellationToken ended)
        {
            await Task.Yield();
            while (made < 20_000 && !ended.IsCancellationRequested)
            {
                Interlocked.Increment(ref made);
                yield return Echo.Message(Bytes);
            }
        }
    }

    [Fact(Timeout = 600_000)]
    public async Task A_caller_that_sends_nothing_is_not_waited_for_beyond_the_methods_limit()
    {
        var time = new ManualTime();
        var reading = new TaskCompletionSource();
        await using var server = await TestServer.StartAsync(
            s => s.ClientStreaming(Echo.Method("Idle") with { RequestIdleLimit = TimeSpan.FromMinutes(1) }, async (requests, _) =>
            {
                var read = requests.ReadAsync().AsTask();
                reading.SetResult();
                return (await read)!;
            }),
            time);
        using var channel = server.Channel();
        await using var call = channel.Duplex(Echo.Method("Idle"), GrpcCallOptions.None, None);
        await reading.Task;
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(StatusCode.DeadlineExceeded, (await Assert.ThrowsAsync<GrpcException>(async () => await call.ReadAsync())).Code);
    }

    private static async Task<GrpcException> FailsAsync(GrpcChannel channel, string method) =>
        await Assert.ThrowsAsync<GrpcException>(() => channel.UnaryAsync(Echo.Method(method), new StreamIdentifier(), GrpcCallOptions.None, None));

    private static void EchoAll(GrpcServer server) => server.Duplex(Echo.Method("All"), async (requests, responses, _) =>
    {
        while (await requests.ReadAsync() is { } request)
        {
            await responses.WriteAsync(request);
            await responses.FlushAsync();
        }
    });

    private static async Task<StreamIdentifier> Endless(ServerCall call, TaskCompletionSource handled)
    {
        handled.SetResult();
        await Task.Delay(Timeout.Infinite, call.Ended);
        return new StreamIdentifier();
    }

    private static async IAsyncEnumerable<StreamIdentifier> UntilEnded(ServerCall call, TaskCompletionSource ended)
    {
        call.Ended.Register(ended.SetResult);
        yield return Echo.Message("first");
        await Task.Delay(Timeout.Infinite, call.Ended);
    }

    private static async IAsyncEnumerable<StreamIdentifier> Counted(ChannelReader<int> numbers, [EnumeratorCancellation] CancellationToken ended)
    {
        await foreach (var n in numbers.ReadAllAsync(ended))
        {
            yield return Echo.Message(n);
        }
    }

    private static async IAsyncEnumerable<StreamIdentifier> Fails(int after)
    {
        await Task.Yield();
        for (var i = 0; i < after; i++)
        {
            yield return Echo.Message(i);
        }

        throw new GrpcException(
            StatusCode.FailedPrecondition,
            "Der Strom »größe« ist 100% fort:\n☹",
            new Dictionary<string, string> { ["exception"] = "stream-deleted", ["stream-name"] = "größe" });
    }
}
