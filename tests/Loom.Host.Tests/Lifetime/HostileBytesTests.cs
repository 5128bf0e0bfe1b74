using System.Net.Sockets;
using System.Text;
using Loom.Api;
using Loom.Testing;

namespace Loom.Host.Tests.Lifetime;

/// <summary>Bytes that are no HTTP, or too much of it.</summary>
[Collection(OnLoopback.Name)]
public sealed class HostileBytesTests(LoopbackHost on)
{
    private static readonly byte[] Good = Encoding.ASCII.GetBytes(
        "POST /api/actors/account-x/commands/open HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 15\r\nIf-Match: \"0\"\r\nConnection: close\r\n\r\n{\"owner\":\"Ada\"}");

    [Theory]
    [InlineData("GET /api/whoami HTTP/1.1\r\nConnection: close\r\n\r\n")]
    [InlineData("GET /api/whoami HTTP/1.1\r\nHost: a\r\nHost: 127.0.0.1\r\n\r\n")]
    [InlineData("POST /api/log/flush HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: -1\r\n\r\n")]
    [InlineData("POST /api/log/flush HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx")]
    [InlineData("POST /api/verify HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")]
    [InlineData("\0\0\0\0\r\n\r\n")]
    [InlineData("GET /%00 HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")]
    public async Task What_is_no_request_is_answered_with_400(string request) =>
        Assert.StartsWith("HTTP/1.1 400", await AnswerAsync(Encoding.ASCII.GetBytes(request)), StringComparison.Ordinal);

    [Theory]
    [InlineData("If-Match: \"-1\"\r\nIf-Match: \"5\"")]
    [InlineData("Loom-Roles: supervisor\r\nLoom-Roles: employee")]
    [InlineData("Loom-Principal: ada\r\nLoom-Principal: bob")]
    [InlineData("Idempotency-Key: a\r\nIdempotency-Key: b")]
    public async Task A_header_of_a_command_that_is_there_twice_is_refused(string headers)
    {
        var request = Encoding.ASCII.GetString(Good).Replace("account-x", $"account-{Guid.NewGuid():N}", StringComparison.Ordinal).Replace("If-Match: \"0\"", headers, StringComparison.Ordinal);
        var answer = await AnswerAsync(Encoding.ASCII.GetBytes(request));
        Assert.StartsWith("HTTP/1.1 400", answer, StringComparison.Ordinal);
        Assert.Contains("more than once", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Too_many_headers_and_too_long_an_address_are_refused()
    {
        Assert.StartsWith("HTTP/1.1 431", await AnswerAsync(Encoding.ASCII.GetBytes($"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: {new string('x', 40_000)}\r\n\r\n")), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 414", await AnswerAsync(Encoding.ASCII.GetBytes($"GET /{new string('x', 20_000)} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Changed_requests_are_answered_or_dropped_and_the_host_stays_well()
    {
        var seed = Seeds.First("host bytes");
        foreach (var input in Fuzzing.Inputs("host bytes", ci: 150, @long: 20_000))
        {
            var random = new Random(seed + input);
            var bytes = (byte[])Good.Clone();
            for (var i = random.Next(1, 6); i > 0; i--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            // An answer, or none where the change made the host wait for more: never 500.
            var answer = await AnswerAsync(bytes, thenClose: true);
            Assert.True(answer.Length == 0 || (answer.StartsWith("HTTP/1.1 ", StringComparison.Ordinal) && (answer[9] is '2' or '3' or '4' || answer.StartsWith("HTTP/1.1 505", StringComparison.Ordinal))), $"LOOM_SEED={seed}, input {input}: {answer}");
        }

        Assert.Equal("ready", (await on.Http.GetAsync("/health/ready", LoomJson.Default.HealthReport)).Status);
    }

    // All that comes back until the host closes; a request that may be incomplete is followed by the end of the sending side.
    private async Task<string> AnswerAsync(byte[] request, bool thenClose = false)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync("127.0.0.1", on.Host.Address.Port);
        var answer = new MemoryStream();
        try
        {
            await socket.SendAsync(request);
            if (thenClose)
            {
                socket.Shutdown(SocketShutdown.Send);
            }

            var buffer = new byte[4096];
            for (int read; (read = await socket.ReceiveAsync(buffer)) > 0;)
            {
                answer.Write(buffer, 0, read);
            }
        }
        catch (SocketException)
        {
            // The host closed first; what it said before counts.
        }

        return Encoding.ASCII.GetString(answer.ToArray());
    }
}
