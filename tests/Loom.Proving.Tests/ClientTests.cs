using System.Net;
using System.Text;
using Loom.Core;
using Loom.Provenance.Receipts;

namespace Loom.Proving.Tests;

/// <summary>The client against answers of every kind, as they come over the network.</summary>
public sealed class ClientTests
{
    private static readonly ProverJob Job = new("j.proven.1", new byte[] { 1, 2 }, new byte[] { 3 }, "proven");

    [Fact]
    public async Task Requests_are_what_the_service_takes()
    {
        var network = new Network(_ => Answer(HttpStatusCode.Created, """{"id":"j.proven.1"}"""));
        using var client = new ProverClient(new ProverAddress(new Uri("http://127.0.0.1:7707")) { Token = "a-token-of-the-test" }, network);

        await client.StartAsync(Job, default);
        await client.CancelAsync("j.proven.1", default);

        Assert.Equal(
            [
                """POST http://127.0.0.1:7707/v1/jobs Bearer a-token-of-the-test {"id":"j.proven.1","input":"Aw==","module":"AQI=","set":"proven"}""",
                "DELETE http://127.0.0.1:7707/v1/jobs/j.proven.1 Bearer a-token-of-the-test ",
            ],
            network.Requests);
    }

    [Theory]
    [InlineData("""{"id":"j","state":"queued"}""", ProverJobState.Queued)]
    [InlineData("""{"id":"j","state":"done"}""", ProverJobState.Done)]
    [InlineData("""{"id":"j","state":"running","phase":"fri","done":3,"total":9,"fraction":0.75,"remainingSeconds":12}""", ProverJobState.Running)]
    [InlineData("""{"id":"j","state":"running","phase":"fri","done":-3,"total":9,"fraction":1.5,"remainingSeconds":-1}""", ProverJobState.Running)]
    public async Task Progress_is_read(string body, ProverJobState state)
    {
        using var client = Client(HttpStatusCode.OK, body);

        var progress = await client.ProgressAsync("j", default);

        Assert.Equal(state, progress.State);
        Assert.Equal(body.Contains("12", StringComparison.Ordinal) ? ("fri", 3L, 9L, TimeSpan.FromSeconds(12)) : (progress.Phase, 0L, progress.Total, null), (progress.Phase, progress.Done, progress.Total, progress.Remaining));
        Assert.Equal(body.Contains("12", StringComparison.Ordinal) ? 0.75 : null, progress.Share);
    }

    [Fact]
    public async Task A_job_that_the_prover_does_not_know_is_a_state_and_no_error()
    {
        using var client = Client(HttpStatusCode.NotFound, """{"error":{"code":"unknown-job","message":"x"}}""");

        Assert.Equal(ProverJobState.Unknown, (await client.ProgressAsync("j", default)).State);
        await client.CancelAsync("j", default);
    }

    [Theory]
    [InlineData("refused", ProverFailure.Refused)]
    [InlineData("failed", ProverFailure.Failed)]
    [InlineData("anything", ProverFailure.Failed)]
    public async Task A_failed_job_says_why(string kind, ProverFailure failure)
    {
        using var client = Client(HttpStatusCode.OK, $$$"""{"state":"failed","error":{"kind":"{{{kind}}}","code":"Unprovable","message":"instruction 5 cannot\u0007 be proven"}}""");

        var progress = await client.ProgressAsync("j", default);

        Assert.Equal((failure, "Unprovable", "Instruction 5 cannot  be proven."), (progress.Failure!.Failure, progress.Failure.Code, progress.Failure.Message));
    }

    [Theory]
    [InlineData(HttpStatusCode.UnprocessableEntity, """{"error":{"code":"FloatNotSupported","message":"function 3 at offset 32: f64.add"}}""", ProverFailure.Refused, "FloatNotSupported")]
    [InlineData(HttpStatusCode.Unauthorized, """{"error":{"code":"unauthorized","message":"x"}}""", ProverFailure.Unavailable, "unauthorized")]
    [InlineData(HttpStatusCode.ServiceUnavailable, """{"error":{"code":"full","message":"x"}}""", ProverFailure.Unavailable, "full")]
    [InlineData(HttpStatusCode.BadGateway, "<html>", ProverFailure.Unavailable, "http-502")]
    [InlineData(HttpStatusCode.Conflict, """{"error":{"code":"id-taken","message":"x"}}""", ProverFailure.Failed, "id-taken")]
    [InlineData(HttpStatusCode.InternalServerError, "", ProverFailure.Failed, "http-500")]
    [InlineData(HttpStatusCode.MovedPermanently, "", ProverFailure.Failed, "http-301")]
    [InlineData(HttpStatusCode.OK, "<html>", ProverFailure.Unavailable, "prover-nonsense")]
    [InlineData(HttpStatusCode.OK, "null", ProverFailure.Unavailable, "prover-nonsense")]
    [InlineData(HttpStatusCode.OK, """{"imageId":"xyz","image":""}""", ProverFailure.Unavailable, "prover-nonsense")]
    [InlineData(HttpStatusCode.OK, """{"imageId":"xyz","image":"%"}""", ProverFailure.Unavailable, "prover-nonsense")]
    public async Task Every_answer_that_is_no_image_is_a_failure_of_its_kind(HttpStatusCode status, string body, ProverFailure failure, string code)
    {
        using var client = Client(status, body);

        var refused = await Assert.ThrowsAsync<ProverException>(() => client.ImageAsync(new byte[] { 1 }, default));

        Assert.Equal((failure, code), (refused.Failure, refused.Code));
    }

    [Fact]
    public async Task An_image_is_taken_only_if_it_has_the_id_and_is_of_the_module()
    {
        byte[] module = [1];
        byte[] image = [1, 0, 1, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, .. Digest.Of(module).ToArray()];
        byte[] cut = image[..^1];
        Task<ProverImage> Ask(Digest id, byte[] bytes, byte[] asked)
        {
            using var client = Client(HttpStatusCode.OK, $$"""{"imageId":"{{id}}","image":"{{Convert.ToBase64String(bytes)}}"}""");
            return client.ImageAsync(asked, default);
        }

        Assert.Equal(ReceiptImage.IdOf(image), (await Ask(ReceiptImage.IdOf(image), image, module)).Id);
        foreach (var (id, bytes, asked) in new[] { (Digest.Of(image), image, module), (ReceiptImage.IdOf(cut), cut, module), (ReceiptImage.IdOf(image), image, [2]) })
        {
            Assert.Equal("prover-nonsense", (await Assert.ThrowsAsync<ProverException>(() => Ask(id, bytes, asked))).Code);
        }
    }

    [Fact]
    public async Task A_program_that_is_no_prover_hears_a_token_comes_behind_this_one_and_is_ended()
    {
        if (OperatingSystem.IsWindows())
        {
            return; // the program is a script of the shell
        }

        var folder = Directory.CreateTempSubdirectory("loom-no-prover");
        try
        {
            var program = Path.Combine(folder.FullName, "no-prover");
            File.WriteAllText(program, "#!/bin/sh\nread token\necho $$ $(nice) \"$*\" $token > \"$0.heard\"\necho hello\ncat > /dev/null\n");
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
            await using var process = new ProverProcess(new ProverProgram(program, folder.FullName));

            var refused = await Assert.ThrowsAsync<ProverException>(() => process.CheckAsync(default));

            Assert.Equal(("prover-failed-to-start", null), (refused.Code, process.ProcessId));
            Assert.Contains("hello", refused.Message, StringComparison.Ordinal);
            var heard = File.ReadAllText(program + ".heard").Split(' ', StringSplitOptions.TrimEntries);
            Assert.Contains("--token-stdin", heard);
            Assert.Equal(64, heard[^1].Length);
            Assert.True(int.Parse(heard[1], System.Globalization.CultureInfo.InvariantCulture) > 0, "it comes behind the actors");
            Assert.Throws<ArgumentException>(() => System.Diagnostics.Process.GetProcessById(int.Parse(heard[0], System.Globalization.CultureInfo.InvariantCulture)));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_prover_that_is_not_there_is_unavailable_and_a_cancelled_call_is_cancelled()
    {
        using var client = new ProverClient(new ProverAddress(new Uri("http://127.0.0.1:7707")), new Network(_ => throw new HttpRequestException("refused")));
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();

        Assert.Equal(ProverFailure.Unavailable, (await Assert.ThrowsAsync<ProverException>(() => client.CheckAsync(default))).Failure);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.CheckAsync(cancelled.Token));
    }

    [Fact]
    public async Task A_program_that_is_not_there_is_named_with_the_remedy()
    {
        await using var process = new ProverProcess(new ProverProgram(Path.Combine(Path.GetTempPath(), "no-such-prover"), Path.GetTempPath()));

        var refused = await Assert.ThrowsAsync<ProverException>(() => process.CheckAsync(default));

        Assert.Equal((ProverFailure.Unavailable, "prover-missing"), (refused.Failure, refused.Code));
        Assert.Null(process.ProcessId);
    }

    private static ProverClient Client(HttpStatusCode status, string body) => new(new ProverAddress(new Uri("http://127.0.0.1:7707")), new Network(_ => Answer(status, body)));

    private static HttpResponseMessage Answer(HttpStatusCode status, string body) => new(status) { Content = new StringContent(body, Encoding.UTF8, "application/json") };

    private sealed class Network(Func<HttpRequestMessage, HttpResponseMessage> answers) : HttpMessageHandler
    {
        public List<string> Requests { get; } = [];

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var body = request.Content is { } content ? await content.ReadAsStringAsync(cancellationToken) : "";
            Requests.Add($"{request.Method} {request.RequestUri} {request.Headers.Authorization} {body}");
            return answers(request);
        }
    }
}
