using System.Text;
using Loom.Core;
using Loom.EventStoreDb.Grpc;
using Loom.EventStoreDb.Tests.Grpc;
using Loom.Journal;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Loom.EventStoreDb.Tests.Faults;

/// <summary>Connections that break HTTP/2, or never say what they began to: they are ended, and everybody else is served.</summary>
public sealed class HostileConnectionTests : IAsyncLifetime
{
    private static readonly string Read = Methods.Read.Path;
    private static readonly string Append = Methods.Append.Path;

    private readonly InMemoryJournal _journal = new(TimeProvider.System);
    private TestServer _server = null!;

    private int Port => _server.Address.Port;

    public async Task InitializeAsync() => _server = await TestServer.StartAsync(
        app => app.MapEventStoreDb(_journal, new EventStoreDbServerOptions { Authenticate = _ => ValueTask.FromResult<EventStoreCaller?>(EventStoreCaller.Host("any")) }),
        limits: kestrel =>
        {
            kestrel.UseEventStoreDbLimits();
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(1);
            kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(1.1));
        });

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        await _journal.DisposeAsync();
    }

    public static TheoryData<string, byte[]> Frames => new()
    {
        { "no frame", Enumerable.Repeat((byte)0xFF, 64).ToArray() },
        { "data of no stream", RawHttp2.Frame(RawHttp2.Data, 0, 0, [1]) },
        { "data of a stream that was never opened", RawHttp2.Frame(RawHttp2.Data, 0, 7, [1]) },
        { "headers of no stream", RawHttp2.Frame(RawHttp2.Headers, 5, 0, RawHttp2.Post(Read)) },
        { "headers of an even stream", RawHttp2.Frame(RawHttp2.Headers, 5, 2, RawHttp2.Post(Read)) },
        { "headers that are no HPACK", RawHttp2.Frame(RawHttp2.Headers, 5, 1, [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]) },
        { "an index beyond the table", RawHttp2.Frame(RawHttp2.Headers, 5, 1, [0xFE]) },
        { "a continuation of nothing", RawHttp2.Frame(RawHttp2.Continuation, 4, 1, RawHttp2.Post(Read)) },
        { "another frame within headers", [.. RawHttp2.Frame(RawHttp2.Headers, 0, 1, RawHttp2.Post(Read)), .. RawHttp2.Frame(RawHttp2.Data, 0, 1, [1])] },
        { "settings of a wrong size", RawHttp2.Frame(RawHttp2.Settings, 0, 0, [1, 2, 3]) },
        { "a window of zero more", RawHttp2.Frame(RawHttp2.WindowUpdate, 0, 0, [0, 0, 0, 0]) },
        { "a window beyond its limit", RawHttp2.Frame(RawHttp2.WindowUpdate, 0, 0, [0x7F, 0xFF, 0xFF, 0xFF]) },
        { "a ping of a wrong size", RawHttp2.Frame(RawHttp2.Ping, 0, 0, [1]) },
        { "a reset of an idle stream", RawHttp2.Frame(RawHttp2.Reset, 0, 9, [0, 0, 0, 8]) },
    };

    [Theory(Timeout = 600_000)]
    [MemberData(nameof(Frames))]
    public async Task A_connection_that_breaks_http2_is_closed(string what, byte[] bytes)
    {
        using var raw = await RawHttp2.OpenAsync(Port);
        await raw.TrySendAsync(bytes);
        Assert.True((await raw.ToTheEndAsync()).Length >= 0, what);
        await ServesOthersAsync();
    }

    [Fact(Timeout = 600_000)]
    public async Task A_frame_or_header_block_beyond_the_limit_closes_the_connection()
    {
        await A_connection_that_breaks_http2_is_closed("a frame", RawHttp2.Frame(RawHttp2.Data, 0, 1, new byte[100_000]));
        await A_connection_that_breaks_http2_is_closed("a header block without end", Endless());
    }

    public static TheoryData<string, byte[]> Requests => new()
    {
        { "upper case", RawHttp2.Post(Read, ("X-Upper", "1")) },
        { "a header of HTTP/1", RawHttp2.Post(Read, ("connection", "close")) },
        { "two methods", RawHttp2.Post(Read, (":method", "GET")) },
        { "no path", RawHttp2.Literals((":method", "POST"), (":scheme", "http")) },
        { "a path that is none", RawHttp2.Post("no-slash") },
        { "a path with nulls", RawHttp2.Post("/a\0b") },
        { "a value with a line break", RawHttp2.Post(Read, ("a", "b\r\nc: d")) },
    };

    [Theory(Timeout = 600_000)]
    [MemberData(nameof(Requests))]
    public async Task A_request_that_breaks_http2_gets_no_answer_of_ours(string what, byte[] headers)
    {
        using var raw = await RawHttp2.OpenAsync(Port);
        await raw.SendAsync(RawHttp2.Frame(RawHttp2.Headers, RawHttp2.EndHeaders | RawHttp2.EndStream, 1, headers));
        while (await raw.NextAsync() is { } frame)
        {
            Assert.False(frame.Type == RawHttp2.Data && frame.Payload.Length > 0, what);
            if (frame.Stream == 1 && (frame.Type == RawHttp2.Reset || (frame.Flags & RawHttp2.EndStream) != 0))
            {
                break; // refused, and the connection may live on
            }
        }

        await ServesOthersAsync();
    }

    [Theory(Timeout = 600_000)]
    [InlineData("nothing", "")]
    [InlineData("half a preface", "PRI * HT")]
    [InlineData("half a request line", "POST /event")]
    [InlineData("half a header", "POST / HTTP/1.1\r\nHost: x\r\nX-Slow: ")]
    public async Task A_connection_that_never_finishes_its_first_words_is_closed(string what, string sent)
    {
        using var raw = await RawHttp2.ConnectAsync(Port);
        await raw.SendAsync(Encoding.ASCII.GetBytes(sent));
        Assert.DoesNotContain("200 OK", Encoding.ASCII.GetString(await raw.ToTheEndAsync()), StringComparison.Ordinal);
        await ServesOthersAsync();
        Assert.NotNull(what);
    }

    [Fact(Timeout = 600_000)]
    public async Task Headers_without_their_end_close_the_connection()
    {
        using var raw = await RawHttp2.OpenAsync(Port);
        await raw.SendAsync(RawHttp2.Frame(RawHttp2.Headers, 0, 1, RawHttp2.Post(Read)));
        await raw.ToTheEndAsync();
        await ServesOthersAsync();
    }

    [Fact(Timeout = 600_000)]
    public async Task A_single_request_that_comes_drop_by_drop_is_ended()
    {
        using var raw = await RawHttp2.OpenAsync(Port);
        await raw.SendAsync(RawHttp2.Frame(RawHttp2.Headers, RawHttp2.EndHeaders, 1, RawHttp2.Post(Read)));
        await raw.SendAsync(RawHttp2.Frame(RawHttp2.Data, 0, 1, [0, 0, 0, 0, 99, 1, 2, 3]));
        await raw.ToTheEndAsync();
        await ServesOthersAsync();
    }

    [Fact(Timeout = 600_000)]
    public async Task A_server_that_stops_does_not_wait_for_a_connection_that_says_nothing()
    {
        await using var server = await TestServer.StartAsync(_ => { }, limits: k => k.Limits.RequestHeadersTimeout = TimeSpan.FromDays(1));
        using var raw = await RawHttp2.ConnectAsync(server.Address.Port);
        using var http = new HttpClient();
        await http.GetAsync(server.Address); // the silent connection was accepted before
        await server.StopAsync();
        await raw.ToTheEndAsync();
    }

    [Fact(Timeout = 600_000)]
    public async Task Streams_beyond_the_limit_are_refused_and_others_are_served()
    {
        using var raw = await RawHttp2.OpenAsync(Port);
        var headers = RawHttp2.Post(Append);
        var refused = Task.Run(async () =>
        {
            while (await raw.NextAsync() is { } frame)
            {
                if (frame.Type == RawHttp2.Reset && frame.Payload[3] == 7)
                {
                    return true;
                }
            }

            return false;
        });
        for (var i = 0; i < 10_050; i++)
        {
            if (!await raw.TrySendAsync(RawHttp2.Frame(RawHttp2.Headers, RawHttp2.EndHeaders, (2 * i) + 1, headers)))
            {
                break;
            }
        }

        Assert.True(await refused, "no stream was refused");
        await ServesOthersAsync();
    }

    [Theory(Timeout = 600_000)]
    [InlineData(40_000)]
    public async Task A_flood_of_streams_that_are_reset_at_once_harms_nobody_else(int count)
    {
        using var raw = await RawHttp2.OpenAsync(Port);
        var headers = RawHttp2.Post(Read);
        var draining = raw.ToTheEndAsync();
        for (var i = 0; i < count; i++)
        {
            byte[] both = [.. RawHttp2.Frame(RawHttp2.Headers, RawHttp2.EndHeaders, (2 * i) + 1, headers), .. RawHttp2.Frame(RawHttp2.Reset, 0, (2 * i) + 1, [0, 0, 0, 8])];
            if (!await raw.TrySendAsync(both))
            {
                break; // the server had enough
            }
        }

        await ServesOthersAsync();
        raw.Dispose();
        await Task.WhenAny(draining);
    }

    [Fact(Timeout = 600_000)]
    public async Task Floods_of_pings_and_settings_harm_nobody_else()
    {
        using var raw = await RawHttp2.OpenAsync(Port);
        for (var i = 0; i < 5_000; i++) // and their answers are not read
        {
            if (!await raw.TrySendAsync(RawHttp2.Frame(RawHttp2.Ping, 0, 0, new byte[8])) || !await raw.TrySendAsync(RawHttp2.Frame(RawHttp2.Settings, 0, 0, [])))
            {
                break;
            }
        }

        await ServesOthersAsync();
    }

    private static byte[] Endless()
    {
        var block = RawHttp2.Frame(RawHttp2.Headers, 0, 1, RawHttp2.Post(Read));
        return [.. block, .. Enumerable.Range(0, 2_000).SelectMany(i => RawHttp2.Frame(RawHttp2.Continuation, 0, 1, RawHttp2.Literals(($"x-{i}", new string('v', 100)))))];
    }

    private async Task ServesOthersAsync()
    {
        using var channel = _server.Channel();
        while (true)
        {
            try
            {
                var supported = await channel.UnaryAsync(Methods.SupportedMethods, Wire.Empty, GrpcCallOptions.None, CancellationToken.None);
                Assert.NotEmpty(supported.Methods);
                break;
            }
            catch (GrpcException e) when (e is { Code: StatusCode.Unavailable, IsAnswer: false })
            {
                // This server gives a connection a second for its first bytes, and a busy machine may have taken longer to send them.
            }
        }

        Assert.Equal(-1, await _journal.LastRevisionAsync(StreamName.Parse("s"), CancellationToken.None));
    }
}
