using System.Globalization;
using System.IO.Compression;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Loom.Api;
using Loom.Core;
using Loom.Hosting;
using Loom.Journal;
using Loom.Provenance;
using Loom.Provenance.Receipts;
using Loom.Proving;
using Loom.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Loom.Samples.Tests.Proofs;

/// <summary>A host with the settings of <c>samples/proving/loom.json</c> and the real prover, in this process, on a folder and a port of its own.</summary>
public sealed class ExampleHost : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(8);
    private readonly string _data = Directory.CreateTempSubdirectory("loom-examples-").FullName;
    private LoomApplication? _host;
    private HttpClient? _http;

    public ProofQueue Queue => _host!.Services.GetRequiredService<ProvingService>().Queue;

    // Without the prover every test is skipped, and nothing has to run.
    public async Task InitializeAsync()
    {
        if (Testing.ProverProgram.Path is not { } program)
        {
            return;
        }

        var builder = LoomHost.CreateBuilder(
        [
            "--config", Path.Combine(Modules.BuildScript.Samples, "proving", "loom.json"), "--modules", Path.Combine(Modules.BuildScript.Samples, "modules"),
            "--data", _data, "--urls", "http://127.0.0.1:0", "--console", "false", "--eventStoreDb.urls", "off", "--logging.level", "error", "--proving.program", program,
        ]);
        _host = await builder.StartAsync();
        _http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = _host.Address, Timeout = Patience };
    }

    public async Task DisposeAsync()
    {
        _http?.Dispose();
        if (_host is not null)
        {
            await _host.DisposeAsync();
        }

        Directory.Delete(_data, recursive: true);
    }

    /// <summary>Sends a command, and gives its transition's link.</summary>
    public async Task<Digest> SendAsync(string actor, string type, string json, string principal = "ann", string roles = "")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/actors/{actor}/commands/{type}") { Content = Body(json) };
        request.Headers.Add("Loom-Principal", principal);
        request.Headers.Add("Loom-Roles", roles);
        using var answer = await _http!.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{type} to {actor}: {text}");
        return Digest.Parse(JsonSerializer.Deserialize(text, LoomJson.Default.CommandResult)!.Link);
    }

    /// <summary>Asks for a proof, whatever the policy said.</summary>
    public async Task RequestAsync(string actor, long revision)
    {
        using var answer = await _http!.PostAsJsonAsync("/api/proofs", new ProofRequest(actor, revision), LoomJson.Default.ProofRequest);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>Waits until the policy has decided on a transition.</summary>
    public async Task<ProofDecisionItem> DecisionAsync(Digest link)
    {
        var decision = await UntilAsync(() => Queue.RecentDecisions.FirstOrDefault(d => d.Link == link), d => d is not null, $"a decision on {link}");
        return decision!;
    }

    /// <summary>Waits until a transition's receipt is attached.</summary>
    public async Task AttachedAsync(Digest link)
    {
        var job = await UntilAsync(() => Queue.Find(link), j => j?.State is ProofJobState.Attached or ProofJobState.Parked, $"the receipt of {link}");
        Assert.True(job!.State == ProofJobState.Attached, $"{job.Stream} at {job.Revision}: {job.Reason}");
    }

    /// <summary>The receipt, with input and output.</summary>
    public Task<byte[]> ReceiptAsync(Digest link) => _http!.GetByteArrayAsync($"/api/proofs/{link}/receipt");

    public async Task<List<Transition>> TransitionsAsync(string actor)
    {
        var events = new List<RecordedEvent>();
        await foreach (var e in _host!.Services.GetRequiredService<IJournal>().ReadStreamAsync(StreamName.Parse(actor), Direction.Forwards, 0, long.MaxValue, default))
        {
            events.Add(e);
        }

        return [.. TransitionReader.Group(events)];
    }

    public async Task<TrustRoot> TrustAsync() => TrustRoot.Parse(await _http!.GetByteArrayAsync("/api/trust"));

    public Task<byte[]> BundleAsync(string actor) => _http!.GetByteArrayAsync($"/api/actors/{actor}/bundle");

    /// <summary>What the offline verifier says of the claim <c>proven</c>.</summary>
    public async Task<ClaimVerdict> ProvenAsync(byte[] bundle)
    {
        var report = BundleVerifier.Verify(bundle, await TrustAsync(), new VerifyOptions { At = DateTimeOffset.UtcNow });
        Assert.All(report.Claims.Where(c => TrustRoot.DefaultRequired.Contains(c.Claim)), c => Assert.Equal(Verdict.Holds, c.Verdict));
        return report.Claims.Single(c => c.Claim == Claim.Proven);
    }

    /// <summary>The image that a receipt was made with, out of a bundle.</summary>
    public static byte[] ImageOf(byte[] bundle, byte[] receipt)
    {
        using var zip = new ZipArchive(new MemoryStream(bundle));
        var id = ReceiptFile.Parse(receipt, out _)!.Statement.ImageId.ToString();
        using var image = zip.Entries.Single(e => e.FullName.StartsWith("images/", StringComparison.Ordinal) && e.FullName.Contains(id, StringComparison.Ordinal)).Open();
        using var bytes = new MemoryStream();
        image.CopyTo(bytes);
        return bytes.ToArray();
    }

    private static StringContent Body(string json) => new(json, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));

    private static async Task<T> UntilAsync<T>(Func<T> ask, Func<T, bool> wished, string what)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            var answer = ask();
            if (wished(answer))
            {
                return answer;
            }

            Assert.False(patience.IsCancellationRequested, string.Create(CultureInfo.InvariantCulture, $"{what} did not come in {Patience.TotalMinutes} minutes; there is {answer}."));
            await Task.Delay(20);
        }
    }
}
