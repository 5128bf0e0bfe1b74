using Google.Protobuf;
using Loom.Core;
using Loom.EventStoreDb.Grpc;
using Loom.EventStoreDb.Protocol.Features;
using Loom.EventStoreDb.Tests.Grpc;
using Loom.Journal;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace Loom.EventStoreDb.Tests.Faults;

/// <summary>A server that is found and then answers with whatever bytes a test has for it; and a client of it that gives up soon.</summary>
internal sealed class HostileServer : IAsyncDisposable
{
    private readonly TestServer _server;

    private HostileServer(TestServer server) => _server = server;

    public int Port => _server.Address.Port;

    public static async Task<HostileServer> StartAsync(bool batches, params (string Path, Func<HttpContext, Task> Answer)[] methods)
    {
        var supported = new SupportedMethods { EventStoreServerVersion = "23.10.0" };
        if (batches)
        {
            supported.Methods.Add(new SupportedMethod { ServiceName = Methods.BatchAppend.Service.ToLowerInvariant(), MethodName = "batchappend" });
        }

        return new HostileServer(await TestServer.StartAsync(app =>
        {
            new GrpcServer(app, TimeProvider.System, NullLogger.Instance, _ => null).Unary(Methods.SupportedMethods, (_, _) => Task.FromResult(supported));
            foreach (var (path, answer) in methods)
            {
                app.MapPost(path, (RequestDelegate)(http => answer(http)));
            }
        }));
    }

    /// <summary>A message with its length in front.</summary>
    public static byte[] Frame<T>(T message)
        where T : class, IMessage<T>
    {
        using var frame = new FrameBuffer();
        message.WriteTo(frame.Add(message.CalculateSize()));
        return frame.Written.ToArray();
    }

    /// <summary>Bytes, and then a status where there is one.</summary>
    public static async Task AnswerAsync(HttpContext http, byte[] body, string? status, string? message = null)
    {
        http.Response.ContentType = "application/grpc";
        await http.Response.StartAsync();
        await http.Response.Body.WriteAsync(body);
        if (status is not null)
        {
            http.Response.AppendTrailer("grpc-status", status);
        }

        if (message is not null)
        {
            http.Response.AppendTrailer("grpc-message", message);
        }
    }

    /// <summary>Reads the next message of the request, whose bytes may come in any pieces.</summary>
    public static async Task<T?> ReadAsync<T>(HttpContext http, MessageParser<T> parser)
        where T : class, IMessage<T> =>
        await new FrameReader<T>(http.Request.BodyReader, Codec.Of(parser), 1 << 20, encoded: false).ReadAsync(http.RequestAborted);

    public Task<EventStoreDbJournal> ConnectAsync(int milliseconds = 300, string more = "") => ConnectAsync($"esdb://localhost:{Port}?tls=false{more}", milliseconds);

    public static Task<EventStoreDbJournal> ConnectAsync(string text, int milliseconds) => EventStoreDbJournal.ConnectAsync(
        new EventStoreDbJournalOptions { Settings = EventStoreDbSettings.Parse(text), RetryDuring = TimeSpan.FromMilliseconds(milliseconds) }, CancellationToken.None);

    public static Task<AppendResult> AppendAsync(EventStoreDbJournal journal) => journal.AppendAsync(
        StreamName.Parse("s"), ExpectedRevision.NoStream, [new EventData(Guid.NewGuid(), "happened", EventData.Json, default, default)], CancellationToken.None);

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
