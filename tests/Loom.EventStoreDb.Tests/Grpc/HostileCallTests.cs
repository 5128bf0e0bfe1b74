using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Loom.EventStoreDb.Grpc;
using Loom.EventStoreDb.Protocol;

namespace Loom.EventStoreDb.Tests.Grpc;

/// <summary>What no client of ours would send.</summary>
public sealed class HostileCallTests : IAsyncLifetime
{
    private TestServer _server = null!;
    private HttpClient _http = null!;

    public async Task InitializeAsync()
    {
        _server = await TestServer.StartAsync(s =>
        {
            s.Unary(Echo.Method("Unary"), (m, _) => Task.FromResult(m));
            s.ClientStreaming(Echo.Method("Last"), async (requests, _) =>
            {
                StreamIdentifier last = new();
                while (await requests.ReadAsync() is { } request)
                {
                    last = request;
                }

                return last;
            });
        });
        _http = new HttpClient { BaseAddress = _server.Address };
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
    }

    public static TheoryData<string, byte[], int> Bodies => new()
    {
        { "no message", [], 13 },
        { "half a header", [0, 0, 0], 13 },
        { "half a message", [0, 0, 0, 0, 9, 1, 2], 13 },
        { "a huge length", [0, 0xFF, 0xFF, 0xFF, 0xFF], 8 },
        { "just too long", [0, 0, 0x40, 0, 1], 8 },
        { "a compressed message", [1, 0, 0, 0, 0], 13 },
        { "a flag of its own", [7, 0, 0, 0, 0], 13 },
        { "no protobuf", [0, 0, 0, 0, 3, 0xFF, 0xFF, 0xFF], 3 },
        { "two messages for one", [0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 13 },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task Bad_bodies_get_their_status_and_the_next_call_is_answered(string what, byte[] body, int status)
    {
        Assert.True(status.ToString(System.Globalization.CultureInfo.InvariantCulture) == await StatusAsync("Unary", body), what);
        Assert.Equal("0", await StatusAsync("Unary", [0, 0, 0, 0, 0]));
    }

    [Fact]
    public async Task A_bad_message_after_good_ones_ends_a_stream_of_requests()
    {
        Assert.Equal("0", await StatusAsync("Last", [0, 0, 0, 0, 0, 0, 0, 0, 0, 0]));
        Assert.Equal("13", await StatusAsync("Last", [0, 0, 0, 0, 0, 0, 0, 0, 0]));
        Assert.Equal("8", await StatusAsync("Last", [0, 0, 0, 0, 0, 0, 0xFF, 0, 0, 0]));
    }

    [Fact]
    public async Task Compression_that_is_named_is_unimplemented_and_the_answer_says_what_is_taken()
    {
        using var request = Request("Unary", [1, 0, 0, 0, 0]);
        request.Headers.Add("grpc-encoding", "gzip");
        using var response = await _http.SendAsync(request);
        Assert.Equal("12", response.Headers.GetValues("grpc-status").Single());
        Assert.Equal("identity", response.Headers.GetValues("grpc-accept-encoding").Single());
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/grpc-web")]
    [InlineData("text/plain")]
    public async Task Another_content_type_is_refused_in_http(string type)
    {
        using var request = Request("Unary", [0, 0, 0, 0, 0]);
        request.Content!.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        using var response = await _http.SendAsync(request);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
    }

    [Fact]
    public async Task Another_http_version_is_refused()
    {
        using var request = Request("Unary", [0, 0, 0, 0, 0]);
        request.Version = HttpVersion.Version11;
        using var response = await _http.SendAsync(request);
        Assert.Equal(HttpStatusCode.UpgradeRequired, response.StatusCode);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "HTTP/1.1 404")]
    [InlineData("PRI is no preface\r\n\r\n", "HTTP/1.1 400")]
    [InlineData("PR", "")]
    public async Task The_clear_text_port_tells_protocols_apart(string sent, string answered)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, _server.Address.Port);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(sent));
        if (answered.Length == 0)
        {
            client.Client.Shutdown(SocketShutdown.Send);
        }

        using var reader = new StreamReader(stream);
        Assert.StartsWith(answered, await reader.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Garbage_after_the_preface_closes_that_connection_only()
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, _server.Address.Port);
        var stream = client.GetStream();
        await stream.WriteAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray().Concat(Enumerable.Repeat((byte)0xFF, 64)).ToArray());
        client.Client.Shutdown(SocketShutdown.Send);
        var rest = new MemoryStream();
        await stream.CopyToAsync(rest);
        Assert.Equal("0", await StatusAsync("Unary", [0, 0, 0, 0, 0]));
    }

    private HttpRequestMessage Request(string method, byte[] body) => new(HttpMethod.Post, Echo.Method(method).Path)
    {
        Version = HttpVersion.Version20,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/grpc") } },
    };

    private async Task<string> StatusAsync(string method, byte[] body)
    {
        using var request = Request(method, body);
        using var response = await _http.SendAsync(request);
        await response.Content.ReadAsByteArrayAsync();
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return (response.Headers.TryGetValues("grpc-status", out var early) ? early : response.TrailingHeaders.GetValues("grpc-status")).Single();
    }
}
