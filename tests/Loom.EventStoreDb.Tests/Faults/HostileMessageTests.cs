using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;
using Loom.Contracts;
using Loom.Core;
using Loom.EventStoreDb.Protocol.Streams;
using Loom.EventStoreDb.Tests.Grpc;
using Loom.EventStoreDb.Tests.Server;
using Loom.Journal;
using static Loom.EventStoreDb.Tests.Faults.ProtobufBytes;
using Options = Loom.EventStoreDb.Protocol.Streams.ReadReq.Types.Options;

namespace Loom.EventStoreDb.Tests.Faults;

/// <summary>Requests that are well framed and make no sense: each has its status, nothing of the server's insides is told, and the next is served.</summary>
public sealed class HostileMessageTests : IAsyncLifetime
{
    private const string Secret = "/var/secret/segment-7";

    private TestServer _server = null!;
    private HttpClient _http = null!;
    private FailingJournal _journal = null!;

    public async Task InitializeAsync()
    {
        _journal = new FailingJournal(new InMemoryJournal(TimeProvider.System));
        _server = await TestServer.StartAsync(
            app => app.MapEventStoreDb(_journal, new EventStoreDbServerOptions { Authenticate = _ => ValueTask.FromResult<EventStoreCaller?>(EventStoreCaller.User("any")) }),
            limits: kestrel => kestrel.UseEventStoreDbLimits());
        _http = new HttpClient { BaseAddress = _server.Address };
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
    }

    private static byte[] Name(string stream) => Field(3, stream);

    // What every good read has: direction, no filter, ids as text.
    private static byte[] Good => [.. Field(8, []), .. Field(9, Field(2, []))];

    private static byte[] Of(string stream) => Field(1, Field(1, Name(stream)), Field(3, []));

    private static byte[] Read(params byte[][] options) => Framed(Field(1, options));

    public static TheoryData<string, byte[], int> Reads => new()
    {
        { "no options", Framed(), 3 },
        { "empty options", Read([]), 3 },
        { "a missing stream", Read(Of("missing"), Good, Number(5, 1)), 0 },
        { "the largest count", Read(Of("missing"), Good, Number(5, ulong.MaxValue)), 0 },
        { "a count of nothing", Read(Of("s"), Good, Number(5, 0)), 3 },
        { "an overlong count", Read(Of("s"), Good, [5 << 3, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01]), 3 },
        { "a count that ends early", Read(Of("s"), Good, [5 << 3, 0xFF]), 3 },
        { "no way of ids", Read(Of("s"), Field(8, []), Number(5, 1)), 3 },
        { "an unknown direction", Read(Of("s"), Good, Number(5, 1), Number(3, 7)), 3 },
        { "a negative direction", Read(Of("s"), Good, Number(5, 1), Number(3, ulong.MaxValue)), 3 },
        { "no start", Read(Field(1, Field(1, Name("s"))), Good, Number(5, 1)), 3 },
        { "a revision beyond all", Read(Field(1, Field(1, Name("s")), Number(2, ulong.MaxValue - 1)), Good, Number(5, 1)), 3 },
        { "no name", Read(Field(1, Field(1, []), Field(3, [])), Good, Number(5, 1)), 3 },
        { "a name that is no UTF-8", Read(Field(1, Field(1, Field(3, [0xFF, 0xFE])), Field(3, [])), Good, Number(5, 1)), 3 },
        { "half a character in a name", Read(Field(1, Field(1, Field(3, [0x61, 0xC3])), Field(3, [])), Good, Number(5, 1)), 3 },
        { "a surrogate in a name", Read(Field(1, Field(1, Field(3, [0xED, 0xA0, 0x80])), Field(3, [])), Good, Number(5, 1)), 3 },
        { "a long name", Read(Of(new string('é', 1025)), Good, Number(5, 1)), 3 },
        { "positions in the wrong order", Read(Field(2, Field(1, Number(1, 1), Number(2, 2))), Good, Number(5, 1)), 3 },
        { "a filter that is no expression", Read(Field(2, Field(3, [])), Field(7, Field(1, Field(1, "(")), Number(3, 1)), Field(9, Field(2, [])), Number(5, 1)), 3 },
        { "a huge expression", Read(Field(2, Field(3, [])), Field(7, Field(1, Field(1, new string('(', 5000))), Number(3, 1)), Field(9, Field(2, [])), Number(5, 1)), 3 },
        { "too many prefixes", Read(Field(2, Field(3, [])), Field(7, Field(1, [.. Enumerable.Range(0, 1001).SelectMany(_ => Field(2, "p"))]), Number(3, 1)), Field(9, Field(2, [])), Number(5, 1)), 3 },
        { "unknown fields", Read(Of("missing"), Good, Number(5, 1), Number(77, 1), Field(99, new byte[1000])), 0 },
        { "a field of number 0", Read([0]), 3 },
        { "a field of an unknown kind", Read([(5 << 3) | 6, 1]), 3 },
        { "groups in groups", Read([.. Enumerable.Range(0, 5000).SelectMany(_ => Varint((50 << 3) | 3))]), 3 },
        { "a length beyond the end", Framed([(1 << 3) | 2, 0x7F]), 3 },
        { "a negative length", Framed([(1 << 3) | 2, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F]), 3 },
    };

    [Theory(Timeout = 600_000)]
    [MemberData(nameof(Reads))]
    public async Task A_read_that_makes_no_sense_has_its_status(string what, byte[] body, int status) => await HasAsync(what, Methods.Read.Path, body, status);

    private static byte[] Any(string stream) => Framed(Field(1, Field(1, Name(stream)), Field(4, [])));

    private static byte[] Id => Field(1, Field(2, "11111111-1111-4111-8111-111111111111"));

    private static byte[] Meta(string key, params byte[] value) => Field(2, Field(1, key), Field(2, value));

    private static byte[] Proposed(params byte[][] parts) => Framed(Field(2, parts));

    private static byte[] Type => [.. Meta("type", (byte)'t'), .. Meta("content-type", (byte)'x')];

    public static TheoryData<string, byte[], int> Appends => new()
    {
        { "nothing", [], 3 },
        { "an event first", Proposed(Id, Type), 3 },
        { "neither", Framed(), 3 },
        { "options twice", [.. Any("s"), .. Any("s")], 3 },
        { "no expectation", Framed(Field(1, Field(1, Name("s")))), 3 },
        { "a revision beyond all", Framed(Field(1, Field(1, Name("s")), Number(2, ulong.MaxValue))), 3 },
        { "a name that is no UTF-8", [.. Framed(Field(1, Field(1, Field(3, [0xC0, 0x80])), Field(4, []))), .. Proposed(Id, Type)], 3 },
        { "no id", [.. Any("s"), .. Proposed(Type)], 3 },
        { "the nil id", [.. Any("s"), .. Proposed(Field(1, Field(2, Guid.Empty.ToString())), Type)], 3 },
        { "an id that is none", [.. Any("s"), .. Proposed(Field(1, Field(2, "no-uuid")), Type)], 3 },
        { "an id in braces", [.. Any("s"), .. Proposed(Field(1, Field(2, "{11111111-1111-4111-8111-111111111111}")), Type)], 3 },
        { "an id that is no UTF-8", [.. Any("s"), .. Proposed(Field(1, Field(2, [0xFF])), Type)], 3 },
        { "no type", [.. Any("s"), .. Proposed(Id, Meta("content-type", (byte)'x'))], 3 },
        { "an empty type", [.. Any("s"), .. Proposed(Id, Meta("type"), Meta("content-type", (byte)'x'))], 3 },
        { "a type that is no UTF-8", [.. Any("s"), .. Proposed(Id, Meta("type", 0xFF), Meta("content-type", (byte)'x'))], 3 },
        { "a system stream", [.. Any("$settings"), .. Proposed(Id, Type)], 7 },
        { "a stream of Loom's", [.. Any("loom.log"), .. Proposed(Id, Type)], 7 },
        { "half an event", [.. Any("s"), 0, 0, 0, 0, 90, 1], 13 },
        { "bytes behind the last", [.. Any("s"), 0, 0], 13 },
    };

    [Theory(Timeout = 600_000)]
    [MemberData(nameof(Appends))]
    public async Task An_append_that_makes_no_sense_has_its_status_and_is_not_written(string what, byte[] body, int status)
    {
        await HasAsync(what, Methods.Append.Path, body, status);
        Assert.Null(await _journal.LastPositionAsync(CancellationToken.None));
    }

    [Fact(Timeout = 600_000)]
    public async Task What_is_too_large_is_refused()
    {
        await HasAsync("a read", Methods.Read.Path, Framed(new byte[(1 << 20) + 1]), 8);
        await HasAsync("an event", Methods.Append.Path, [.. Any("s"), .. Proposed(Id, Type, Field(4, new byte[1_048_576]))], 3);
        await HasAsync("a message", Methods.Append.Path, [.. Any("s"), .. Proposed(Id, Type, Field(4, new byte[16 << 20]))], 8);
        Assert.Null(await _journal.LastPositionAsync(CancellationToken.None));
    }

    public static TheoryData<string, byte[], int> Batches => new()
    {
        { "nothing", [], 0 },
        { "no correlation", Framed(Number(4, 1)), 3 },
        { "a correlation that is none", Framed(Field(1, Field(2, "?")), Number(4, 1)), 3 },
        { "an end that never began", Framed(Field(1, Field(2, Guid.NewGuid().ToString())), Number(4, 1)), 0 },
        { "a part without an end", Framed(Field(1, Field(2, Guid.NewGuid().ToString())), Field(2, Field(1, Name("s")))), 0 },
        { "no protobuf", Framed([0xFF]), 3 },
        { "half a message", [0, 0, 0], 13 },
        { "a huge length", [0, 0xFF, 0xFF, 0xFF, 0xFF], 8 },
    };

    [Theory(Timeout = 600_000)]
    [MemberData(nameof(Batches))]
    public async Task A_batch_that_makes_no_sense_has_its_status_and_is_not_written(string what, byte[] body, int status)
    {
        await HasAsync(what, Methods.BatchAppend.Path, body, status);
        Assert.Null(await _journal.LastPositionAsync(CancellationToken.None));
    }

    [Theory(Timeout = 600_000)]
    [InlineData("/event_store.client.streams.Streams/Nothing", "12")]
    [InlineData("/event_store.client.streams.Streams/", null)]
    [InlineData("/event_store.client.nothing.Nothing/Read", null)]
    [InlineData("/event_store.client.streams.Streams/Read/more", null)]
    [InlineData("/../../etc/passwd", null)]
    public async Task Methods_that_there_are_not_are_unimplemented(string path, string? status)
    {
        var (http, answered, _) = await CallAsync(path, Framed());
        Assert.True(status is null ? (int)http is 404 or 400 : http == HttpStatusCode.OK && answered == status, $"{http} {answered}");
        await NextIsServedAsync();
    }

    [Theory(Timeout = 600_000)]
    [InlineData("")]
    [InlineData("abc")]
    [InlineData("-1S")]
    [InlineData("1")]
    [InlineData("5 S")]
    [InlineData("999999999S")]
    [InlineData("99999999H")]
    [InlineData("1.5S")]
    public async Task A_timeout_that_is_none_is_no_timeout(string timeout)
    {
        var (_, status, _) = await CallAsync(Methods.SupportedMethods.Path, Framed(), ("grpc-timeout", timeout));
        Assert.Equal("0", status);
    }

    [Fact(Timeout = 600_000)]
    public async Task A_timeout_of_nothing_has_passed()
    {
        var (_, status, _) = await CallAsync(Methods.Read.Path, Read(Of("s"), Good, Number(5, 1)), ("grpc-timeout", "0n"));
        Assert.Equal("4", status);
        await NextIsServedAsync();
    }

    [Fact(Timeout = 600_000)]
    public async Task Metadata_beyond_the_limit_is_refused_before_anything_else()
    {
        foreach (var headers in new[] { [("x-big", new string('x', 60_000))], Enumerable.Range(0, 500).Select(i => ($"x-{i}", "1")).ToArray() })
        {
            try
            {
                var (http, status, _) = await CallAsync(Methods.SupportedMethods.Path, Framed(), headers);
                Assert.True((int)http is 431 or 400, $"{http} {status}");
            }
            catch (HttpRequestException)
            {
                // The connection was ended, which is an answer too.
            }

            await NextIsServedAsync();
        }
    }

    [Theory(Timeout = 600_000)]
    [InlineData("application/grpc-web")]
    [InlineData("application/grpc-web+proto")]
    [InlineData("application/grpc-web-text")]
    [InlineData("application/grpc+json")]
    [InlineData("application/grpcx")]
    [InlineData("text/html")]
    public async Task Another_content_type_is_unsupported(string type)
    {
        using var request = Request(Methods.Read.Path, Framed());
        request.Content!.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        using var response = await _http.SendAsync(request);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
        await NextIsServedAsync();
    }

    [Theory(Timeout = 600_000)]
    [InlineData("GET")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    [InlineData("OPTIONS")]
    [InlineData("X-OWN")]
    public async Task Another_method_of_http_is_not_allowed(string method)
    {
        using var request = Request(Methods.Read.Path, Framed());
        request.Method = new HttpMethod(method);
        using var response = await _http.SendAsync(request);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        await NextIsServedAsync();
    }

    [Fact(Timeout = 600_000)]
    public async Task What_fails_inside_is_not_told()
    {
        foreach (var failure in new Exception[]
        {
            new InvalidOperationException(Secret),
            new JournalException(JournalFailure.Corrupt, $"{Secret} is damaged"),
            new JournalException(JournalFailure.DiskFull, $"{Secret} is full"),
            new JournalException(JournalFailure.ReadOnly, $"{Secret} is read-only"),
            new JournalException(JournalFailure.Unavailable, $"{Secret} is gone"),
            new IOException(Secret),
        })
        {
            _journal.Failure = failure;
            var (_, read, ofRead) = await CallAsync(Methods.Read.Path, Read(Of("s"), Good, Number(5, 1)));
            var (_, append, ofAppend) = await CallAsync(Methods.Append.Path, [.. Any("s"), .. Proposed(Id, Type)]);
            var batch = new BatchAppendReq { CorrelationId = Wire.Text(Guid.NewGuid()), IsFinal = true, Options = new() { StreamIdentifier = new() { StreamName = ByteString.CopyFromUtf8("s") }, Any = Wire.Nothing } };
            batch.ProposedMessages.Add(ServerTestBase.Proposed());
            var (_, _, ofBatch) = await CallAsync(Methods.BatchAppend.Path, Framed(batch.ToByteArray()));
            Assert.True(read != "0" && append == read, $"{failure.Message}: {read}, {append}");
            Assert.True(ofBatch.Length > 0 && ofRead.Length > 0 && ofAppend.Length > 0, failure.Message);
            Assert.DoesNotContain("secret", ofRead + ofAppend + ofBatch, StringComparison.Ordinal);
            _journal.Failure = null;
            await NextIsServedAsync();
        }
    }

    [Fact(Timeout = 600_000)]
    public async Task A_message_about_a_long_expression_fits_into_headers()
    {
        var expression = new string('é', 4000) + "(";
        var body = Read(Field(2, Field(3, [])), Field(7, Field(1, Field(1, expression)), Number(3, 1)), Field(9, Field(2, [])), Number(5, 1));
        var (_, status, told) = await CallAsync(Methods.Read.Path, body);
        Assert.Equal("3", status);
        Assert.InRange(told.Length, 10, 8_000);
    }

    private async Task HasAsync(string what, string path, byte[] body, int status)
    {
        var (http, answered, told) = await CallAsync(path, body);
        Assert.True(http == HttpStatusCode.OK && answered == $"{status}", $"{what}: {http}, {answered}, {told}");
        Assert.True(!told.Contains("   at ", StringComparison.Ordinal) && !told.Contains("Loom.", StringComparison.Ordinal) && !told.Contains("System.", StringComparison.Ordinal), $"{what}: {told}");
        await NextIsServedAsync();
    }

    private async Task NextIsServedAsync()
    {
        var (http, status, _) = await CallAsync(Methods.SupportedMethods.Path, Framed());
        Assert.Equal((HttpStatusCode.OK, "0"), (http, status));
    }

    private static HttpRequestMessage Request(string path, byte[] body) => new(HttpMethod.Post, path)
    {
        Version = HttpVersion.Version20,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/grpc") } },
    };

    // What was told: the message, and the body, where an append of a batch has its own.
    private async Task<(HttpStatusCode Http, string? Status, string Told)> CallAsync(string path, byte[] body, params (string Name, string Value)[] headers)
    {
        using var request = Request(path, body);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await _http.SendAsync(request);
        var content = await response.Content.ReadAsStringAsync();
        string? Header(string name) =>
            response.Headers.TryGetValues(name, out var early) || response.TrailingHeaders.TryGetValues(name, out early) ? early.Single() : null;
        return (response.StatusCode, Header("grpc-status"), Header("grpc-message") + content);
    }

    private sealed class FailingJournal(IJournal inner) : DelegatingJournal(inner)
    {
        public Exception? Failure { get; set; }

        public override Task<AppendResult> AppendAsync(StreamName stream, ExpectedRevision expected, IReadOnlyList<EventData> events, CancellationToken cancellationToken) =>
            Failure is { } failure ? Task.FromException<AppendResult>(failure) : base.AppendAsync(stream, expected, events, cancellationToken);

        public override IAsyncEnumerable<RecordedEvent> ReadStreamAsync(StreamName stream, Direction direction, long from, long maxCount, CancellationToken cancellationToken) =>
            Failure is { } failure ? throw failure : base.ReadStreamAsync(stream, direction, from, maxCount, cancellationToken);

        public override Task<long> LastRevisionAsync(StreamName stream, CancellationToken cancellationToken) =>
            Failure is { } failure ? Task.FromException<long>(failure) : base.LastRevisionAsync(stream, cancellationToken);
    }
}
