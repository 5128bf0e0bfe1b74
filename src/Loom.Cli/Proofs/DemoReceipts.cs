using System.Globalization;
using Loom.Api;
using Loom.Cli.Client;
using Loom.Cli.Hosting;
using Loom.Cli.Modules;
using Loom.Cli.Output;
using Loom.Provenance;

namespace Loom.Cli.Proofs;

/// <summary>What the demo proved; for <c>--json</c>.</summary>
internal sealed record DemoProofs(IReadOnlyList<ProofItem> Receipts, string Bundle, string Trust, string Proven, string Small);

/// <summary>
/// The demo's part with proofs: an account kept by a WebAssembly module, whose large deposits are proven by policy and whose birth is proven because
/// somebody asks; receipts are told as they arrive on the chain, and the bundles are verified. The same commands come with the same ids, so that a
/// second demo on the folder does nothing twice.
/// </summary>
internal sealed class DemoReceipts(Invocation invocation, LoomClient client, string data)
{
    private const string Large = "ledger-alice", Small = "ledger-bob", Module = "bank-ledger";
    private const int MostModule = 8 << 20;
    private static readonly TimeSpan PollEvery = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);

    /// <summary>What the host is told besides.</summary>
    public static IReadOnlyList<string> HostArguments(string prover) =>
        ["--proving.prover", "program", "--proving.program", prover, "--proving.policies", """{"ledger":"when command.amount >= 1000"}"""];

    /// <summary>Null when proofs take longer than a demo waits; they go on.</summary>
    public async Task<DemoProofs?> RunAsync(CancellationToken cancellationToken)
    {
        Say("Proofs: accounts of the type ledger are kept by a WebAssembly module; their commands are proven when amount >= 1000.");
        await RegisterAsync(cancellationToken);
        var born = await SendAsync(Large, "open", """{"owner":"Alice"}""", cancellationToken);
        await SendAsync(Large, "deposit", """{"amount":"250000"}""", cancellationToken);
        await SendAsync(Small, "open", """{"owner":"Bob"}""", cancellationToken);
        await SendAsync(Small, "deposit", """{"amount":"999"}""", cancellationToken);
        await client.PostAsync("/api/proofs", new ProofRequest(Large, born.Revision), LoomJson.Default.ProofRequest, LoomJson.Default.ProofItem, cancellationToken);
        if (await ArriveAsync(2, cancellationToken) is not { } receipts)
        {
            return null;
        }

        var trust = Path.Combine(data, "trust.json");
        await client.PostAsync("/api/log/flush", null, LoomJson.Default.LogStatus, cancellationToken);
        await File.WriteAllBytesAsync(trust, await DownloadAsync("/api/trust", cancellationToken), cancellationToken);
        var (bundle, proven) = await VerifyAsync(Large, trust, cancellationToken);
        var (_, small) = await VerifyAsync(Small, trust, cancellationToken);
        return new DemoProofs(receipts, bundle, trust, proven, small);
    }

    private async Task RegisterAsync(CancellationToken cancellationToken)
    {
        var folder = Path.Combine(Checkout.Require("demo"), "samples", "modules");
        using var form = new MultipartFormDataContent
        {
            { new ByteArrayContent(await BoundedFile.RequireAsync(Path.Combine(folder, Module + ".wasm"), "a module", MostModule, cancellationToken)), "module", Module + ".wasm" },
            { new ByteArrayContent(await BoundedFile.RequireAsync(Path.Combine(folder, Module + ".module.json"), "a manifest", MostModule, cancellationToken)), "manifest", "module.json" },
        };
        await client.PostAsync("/api/modules", form, LoomJson.Default.ModuleReportResult, cancellationToken);
    }

    private async Task<CommandResult> SendAsync(string actor, string command, string body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/actors/{actor}/commands/{command}") { Content = LoomClient.Json(body) };
        request.Headers.Add("Idempotency-Key", $"demo-{actor}-{command}");
        return (await client.AskAsync(request, LoomJson.Default.CommandResult, cancellationToken)).Value;
    }

    // Tells each receipt once, as it comes; null when they take too long, or one will not come.
    private async Task<IReadOnlyList<ProofItem>?> ArriveAsync(int wanted, CancellationToken cancellationToken)
    {
        var arrived = new Dictionary<string, ProofItem>(StringComparer.Ordinal);
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var list = (await client.GetAsync("/api/proofs?count=100", LoomJson.Default.ProofList, cancellationToken)).Value;
            foreach (var job in list.Proofs.Where(j => j.Actor == Large && j.State == "attached" && !arrived.ContainsKey(j.Link)).OrderBy(j => j.Since))
            {
                arrived.Add(job.Link, job);
                Say(string.Create(
                    CultureInfo.InvariantCulture,
                    $"  {job.Actor} at revision {job.Revision} proven, {job.Receipt!.Milliseconds / 1000.0:F1} s, {job.Receipt.Bytes / 1000.0:N0} KB ({Printable.Line(job.Cause)})"));
            }

            if (arrived.Count >= wanted)
            {
                return [.. arrived.Values];
            }

            if (list.Proofs.FirstOrDefault(j => j.Actor == Large && j.State is "parked" or "cancelled") is { } ended)
            {
                Say($"  {ended.Actor} at revision {ended.Revision} is not proven: {Printable.Line(ended.Reason ?? ended.State)} 'loom prove retry {ended.Link}' tries it anew.");
                return null;
            }

            if (TimeProvider.System.GetElapsedTime(began) > Patience)
            {
                Say($"  Proofs take longer than a demo waits{(list.Problem is { } problem ? $": {Printable.Line(problem)}" : "")}. They go on; 'loom prove list' shows them.");
                return null;
            }

            await Task.Delay(PollEvery, cancellationToken);
        }
    }

    private async Task<(string File, string Verdict)> VerifyAsync(string actor, string trust, CancellationToken cancellationToken)
    {
        var file = Path.Combine(data, $"{actor}.loom");
        var bundle = await DownloadAsync($"/api/actors/{actor}/bundle", cancellationToken);
        await File.WriteAllBytesAsync(file, bundle, cancellationToken);
        var report = BundleVerifier.Verify(
            bundle, TrustRoot.Parse(await File.ReadAllBytesAsync(trust, cancellationToken)), new VerifyOptions { At = TimeProvider.System.GetUtcNow() }, cancellationToken);
        var claim = report.Claims.Single(c => c.Claim == Claim.Proven);
        var verdict = claim.Verdict == Verdict.Holds ? claim.Title : $"{ClaimNames.Of(claim.Verdict)}: {claim.Reason}";
        Say($"  loom verify {Path.GetFileName(file)}: {Printable.Line(verdict)}");
        return (file, verdict);
    }

    private async Task<byte[]> DownloadAsync(string path, CancellationToken cancellationToken)
    {
        using var response = await client.SendAsync(new HttpRequestMessage(HttpMethod.Get, path), cancellationToken);
        return await response.Content.ReadAsByteArrayAsync(cancellationToken);
    }

    private void Say(string text) => (invocation.Json ? invocation.Error : invocation.Out).WriteLine(text);
}
