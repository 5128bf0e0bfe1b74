using System.Net;
using System.Net.Sockets;
using Google.Protobuf.WellKnownTypes;
using Loom.Core;
using Loom.EventStoreDb.Grpc;
using Loom.EventStoreDb.Protocol.Gossip;
using Loom.EventStoreDb.Protocol.Streams;
using Loom.EventStoreDb.Tests.Grpc;
using Loom.Journal;
using Microsoft.AspNetCore.Http;
using State = Loom.EventStoreDb.Protocol.Gossip.MemberInfo.Types.VNodeState;

namespace Loom.EventStoreDb.Tests.Faults;

/// <summary>Servers that break the protocol: our client says so, in the journal's words, and gives up in the end.</summary>
public sealed class HostileServerTests
{
    private static CancellationToken None => CancellationToken.None;

    public static TheoryData<string, byte[], string?, JournalFailure, string> Reads => new()
    {
        { "no status at all", [], null, JournalFailure.Unavailable, "without a status" },
        { "half a message", [0, 0, 0, 0, 9, 1], "0", JournalFailure.Unavailable, "within a message" },
        { "a huge length", [0, 0xFF, 0xFF, 0xFF, 0xFF], "0", JournalFailure.Corrupt, "4294967295 bytes" },
        { "no protobuf", [0, 0, 0, 0, 2, 0x0A, 0x7F], "0", JournalFailure.Corrupt, "cannot be read" },
        { "a compressed message", [1, 0, 0, 0, 0], "0", JournalFailure.Unavailable, "compressed" },
        { "an event that is none", HostileServer.Frame(new ReadResp { Event = new() }), "0", JournalFailure.Corrupt, "without the event itself" },
        { "an impossible revision", HostileServer.Frame(Event(ulong.MaxValue)), "0", JournalFailure.Corrupt, "revision" },
        { "a status of its own", [], "99", JournalFailure.Unavailable, "Unknown" },
        { "a status that is no number", [], "ok", JournalFailure.Unavailable, "Unknown" },
        { "a negative status", [], "-1", JournalFailure.Unavailable, "Unknown" },
    };

    [Theory(Timeout = 600_000)]
    [MemberData(nameof(Reads))]
    public async Task A_read_that_is_answered_with_nonsense_fails_clearly(string what, byte[] body, string? status, JournalFailure failure, string says)
    {
        await using var server = await HostileServer.StartAsync(false, (Methods.Read.Path, http => HostileServer.AnswerAsync(http, body, status)));
        await using var journal = await server.ConnectAsync();
        var e = await Assert.ThrowsAsync<JournalException>(() => journal.LastPositionAsync(None));
        Assert.True(e.Failure == failure && e.Message.Contains(says, StringComparison.Ordinal), $"{what}: {e.Failure}, {e.Message}");
        e = await Assert.ThrowsAsync<JournalException>(() => journal.LastRevisionAsync(StreamName.Parse("s"), None));
        Assert.True(e.Failure == failure, what);
        e = await Assert.ThrowsAsync<JournalException>(async () => await journal.SubscribeToAllAsync(null, null, None).GetAsyncEnumerator(None).MoveNextAsync());
        Assert.True(e.Failure == failure, what);
    }

    public static TheoryData<string, byte[], string?> Appends => new()
    {
        { "no status at all", [], null },
        { "half a message", [0, 0, 0, 0, 9, 1], "0" },
        { "a huge length", [0, 0xFF, 0xFF, 0xFF, 0xFF], "0" },
        { "no protobuf", [0, 0, 0, 0, 2, 0x0A, 0x7F], "0" },
        { "no answer", [], "0" },
        { "an empty answer", [0, 0, 0, 0, 0], "0" },
        { "an impossible revision", HostileServer.Frame(new AppendResp { Success = new() { CurrentRevision = ulong.MaxValue, NoPosition = Wire.Empty } }), "0" },
        { "an impossible conflict", HostileServer.Frame(new AppendResp { WrongExpectedVersion = new() { CurrentRevision = ulong.MaxValue } }), "0" },
        { "an unknown failure", [], "2" },
        { "a failure inside", [], "13" },
    };

    [Theory(Timeout = 600_000)]
    [MemberData(nameof(Appends))]
    public async Task An_append_that_is_answered_with_nonsense_has_an_unknown_outcome(string what, byte[] body, string? status)
    {
        await using var server = await HostileServer.StartAsync(false, (Methods.Append.Path, async http =>
        {
            while (await HostileServer.ReadAsync(http, AppendReq.Parser) is not null)
            {
            }

            await HostileServer.AnswerAsync(http, body, status);
        }
        ));
        await using var journal = await server.ConnectAsync();
        var e = await Assert.ThrowsAsync<JournalException>(() => HostileServer.AppendAsync(journal));
        Assert.True(e.Failure == JournalFailure.Unavailable && e.Message.Contains("is unknown", StringComparison.Ordinal), $"{what}: {e.Failure}, {e.Message}");
    }

    [Theory(Timeout = 600_000)]
    [InlineData("no protobuf", new byte[] { 0, 0, 0, 0, 2, 0x0A, 0x7F }, "0")]
    [InlineData("refused as a whole", new byte[0], "3")]
    [InlineData("exhausted as a whole", new byte[0], "8")]
    [InlineData("ended in order", new byte[0], "0")]
    public async Task The_end_of_all_batches_is_no_answer_to_an_append_in_it(string what, byte[] body, string status)
    {
        await using var server = await HostileServer.StartAsync(true, (Methods.BatchAppend.Path, async http =>
        {
            await HostileServer.ReadAsync(http, BatchAppendReq.Parser);
            await HostileServer.AnswerAsync(http, body, status);
        }
        ));
        await using var journal = await server.ConnectAsync();
        var e = await Assert.ThrowsAsync<JournalException>(() => HostileServer.AppendAsync(journal));
        Assert.True(e.Failure == JournalFailure.Unavailable && e.Message.Contains("is unknown", StringComparison.Ordinal), $"{what}: {e.Failure}, {e.Message}");
    }

    [Fact(Timeout = 600_000)]
    public async Task A_refusal_of_the_repeat_does_not_speak_for_the_attempt_before_it()
    {
        var calls = 0;
        await using var server = await HostileServer.StartAsync(false, (Methods.Append.Path, async http =>
        {
            await http.Request.Body.CopyToAsync(Stream.Null);

            // Written, but the answer is lost; then the server has no room for more.
            await HostileServer.AnswerAsync(http, [], ++calls == 1 ? null : "8", calls == 1 ? null : "disk full");
        }
        ));
        await using var journal = await server.ConnectAsync(20_000);
        var e = await Assert.ThrowsAsync<JournalException>(() => HostileServer.AppendAsync(journal));
        Assert.True(e.Failure == JournalFailure.Unavailable && e.Message.Contains("is unknown", StringComparison.Ordinal), $"{e.Failure}, {e.Message}");
        Assert.Equal(2, calls);
        e = await Assert.ThrowsAsync<JournalException>(() => HostileServer.AppendAsync(journal)); // the first attempt of another is refused
        Assert.Equal(JournalFailure.DiskFull, e.Failure);
    }

    [Fact(Timeout = 600_000)]
    public async Task A_connection_whose_batches_were_refused_is_tried_anew_by_the_next_append()
    {
        var calls = 0;
        await using var server = await HostileServer.StartAsync(true, (Methods.BatchAppend.Path, async http =>
        {
            if (++calls == 1)
            {
                await HostileServer.AnswerAsync(http, [], "16", "not yet");
                return;
            }

            var request = await HostileServer.ReadAsync(http, BatchAppendReq.Parser);
            var success = new BatchAppendResp.Types.Success { CurrentRevision = 0, NoPosition = new Empty() };
            await HostileServer.AnswerAsync(http, HostileServer.Frame(new BatchAppendResp { CorrelationId = request!.CorrelationId, Success = success }), null);
        }
        ));
        await using var journal = await server.ConnectAsync();
        Assert.Equal(JournalFailure.Refused, (await Assert.ThrowsAsync<JournalException>(() => HostileServer.AppendAsync(journal))).Failure);
        Assert.Equal(0, Assert.IsType<AppendResult.Appended>(await HostileServer.AppendAsync(journal)).LastRevision);
    }

    [Theory(Timeout = 600_000)]
    [InlineData(400, JournalFailure.Unavailable)]
    [InlineData(401, JournalFailure.Refused)]
    [InlineData(403, JournalFailure.Refused)]
    [InlineData(404, JournalFailure.Refused)]
    [InlineData(500, JournalFailure.Unavailable)]
    [InlineData(503, JournalFailure.Unavailable)]
    [InlineData(302, JournalFailure.Unavailable)]
    [InlineData(200, JournalFailure.Unavailable)] // and HTML
    public async Task What_is_no_grpc_server_is_said_to_be_none(int status, JournalFailure failure)
    {
        await using var server = await HostileServer.StartAsync(false, (Methods.Read.Path, async http =>
        {
            http.Response.StatusCode = status;
            http.Response.Headers.Location = "http://localhost:1/";
            http.Response.ContentType = "text/html";
            await http.Response.WriteAsync("<html>");
        }
        ));
        await using var journal = await server.ConnectAsync();
        var e = await Assert.ThrowsAsync<JournalException>(() => journal.LastPositionAsync(None));
        Assert.True(e.Failure == failure, $"{e.Failure}: {e.Message}");
        Assert.Contains(status == 200 ? "text/html" : $"{status}", e.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 600_000)]
    public async Task Servers_that_call_each_other_leader_are_not_followed_for_ever()
    {
        HostileServer? other = null;
        var asked = 0;
        Func<HttpContext, Task> Elsewhere(Func<int> port) => http =>
        {
            asked++;
            http.Response.ContentType = "application/grpc";
            http.Response.Headers["grpc-status"] = "5";
            http.Response.Headers["exception"] = "not-leader";
            http.Response.Headers["leader-endpoint-host"] = "localhost";
            http.Response.Headers["leader-endpoint-port"] = $"{port()}";
            return Task.CompletedTask;
        };
        await using var one = await HostileServer.StartAsync(false, (Methods.Append.Path, Elsewhere(() => other!.Port)));
        await using var two = other = await HostileServer.StartAsync(false, (Methods.Append.Path, Elsewhere(() => one.Port)));
        await using var journal = await one.ConnectAsync();
        var e = await Assert.ThrowsAsync<JournalException>(() => HostileServer.AppendAsync(journal));
        Assert.Equal(JournalFailure.Unavailable, e.Failure);
        Assert.Contains("leader", e.Message, StringComparison.Ordinal);
        Assert.InRange(asked, 2, 20); // with longer and longer pauses
    }

    [Theory(Timeout = 600_000)]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("evil/path?x=")]
    [InlineData("user@host")]
    [InlineData("\u0000")]
    [InlineData("[::")]
    public async Task Gossip_of_addresses_that_are_none_finds_no_member(string address)
    {
        var cluster = new ClusterInfo
        {
            Members =
            {
                new MemberInfo { State = State.Leader, IsAlive = true, HttpEndPoint = new Protocol.Gossip.EndPoint { Address = address, Port = 2113 } },
                new MemberInfo { State = State.Leader, IsAlive = true, HttpEndPoint = new Protocol.Gossip.EndPoint { Address = "localhost", Port = uint.MaxValue } },
                new MemberInfo { State = (State)77, IsAlive = true },
                new MemberInfo(),
            },
        };
        await using var server = await TestServer.StartAsync(s => s.Unary(Methods.Gossip, (_, _) => Task.FromResult(cluster)));
        var e = await Assert.ThrowsAsync<JournalException>(
            () => HostileServer.ConnectAsync($"esdb+discover://localhost:{server.Address.Port}?tls=false&maxDiscoverAttempts=2&discoveryInterval=1", 100));
        Assert.Equal(JournalFailure.Unavailable, e.Failure);
        Assert.Contains("no member to connect to", e.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 600_000)]
    public async Task Closing_does_not_wait_for_a_server_that_never_answers()
    {
        var server = await HostileServer.StartAsync(false, (Methods.Read.Path, http => HostileServer.AnswerAsync(http, [], "14")));
        var journal = await server.ConnectAsync(600_000, "&gossipTimeout=600000&keepAliveInterval=-1&discoveryInterval=1&maxDiscoverAttempts=1000000");
        var port = server.Port;
        await server.DisposeAsync();
        using var silent = new TcpListener(IPAddress.Loopback, port);
        silent.Start();
        var reading = journal.LastPositionAsync(None);
        using var accepted = await silent.AcceptTcpClientAsync();
        await journal.DisposeAsync();
        Assert.Equal(JournalFailure.Unavailable, (await Assert.ThrowsAsync<JournalException>(() => reading)).Failure);
    }

    private static ReadResp Event(ulong revision)
    {
        var recorded = new ReadResp.Types.ReadEvent.Types.RecordedEvent
        {
            Id = Wire.Text(Guid.NewGuid()),
            StreamIdentifier = Wire.Identifier(StreamName.Parse("s")),
            StreamRevision = revision,
            Metadata = { Properties.OfType("t") },
        };
        return new ReadResp { Event = new() { Event = recorded, CommitPosition = 1 } };
    }
}
