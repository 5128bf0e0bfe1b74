using System.Text.Json;
using Loom.Api;
using Loom.Core;
using Loom.Journal;
using Loom.Provenance;
using Loom.Proving;
using Loom.Testing;

namespace Loom.Host.Tests.Proofs;

/// <summary>From a command to a bundle that is proven, with the real prover.</summary>
public sealed class ProvenBundleTests
{
    [ProverFact]
    public async Task A_transition_above_the_threshold_is_proven_in_the_bundle_and_one_below_has_a_decision_and_no_job()
    {
        await using var host = await RunningHost.StartAsync(
            "--proving.prover", "program", "--proving.program", Testing.ProverProgram.Path!, "--proving.sets", "std",
            "--proving.policies", """{"counter":{"prove":"when command.by >= 1000","set":"std"},"tiny":{"prove":"always","set":"std"}}""");
        using var refused = await host.Http.ModuleAsync(SampleModule.Make(TinyModule.Floating()));
        var problem = await refused.ProblemAsync(400, "module-not-provable");
        Assert.Contains("f32.const", problem.Detail, StringComparison.Ordinal);
        Assert.Matches(@"\(function \d+, byte \d+\)", problem.Detail);
        using var added = await host.Http.ModuleAsync(SampleModule.Of("counter"));
        await added.ReadAsync(LoomJson.Default.ModuleReportResult, 201);

        await host.Http.DoneAsync("counter-small", "increment", """{"by":999}""");
        await host.Http.DoneAsync("counter-large", "increment", """{"by":1000}""");
        var queue = host.Service<ProvingService>().Queue;
        await Commands.UntilAsync(
            () => Task.FromResult((queue.Figures.DecidedNotTo, State: queue.List(null, null, 10).Jobs.FirstOrDefault()?.State)),
            f => f is { DecidedNotTo: 1, State: ProofJobState.Attached or ProofJobState.Parked });

        var job = Assert.Single(queue.List(null, null, 10).Jobs);
        Assert.True(job.State == ProofJobState.Attached, job.Reason);
        Assert.Equal("counter-large", job.Stream.Value);
        Assert.Equal([("counter-large", true), ("counter-small", false)], (await DecisionsAsync(host)).Order());

        var trust = TrustRoot.Parse(await host.Http.GetByteArrayAsync("/api/trust"));
        var image = Assert.Single(trust.Images);
        Assert.Equal((Digest.Of(SampleModule.Of("counter").Wasm), job.Receipt!.ImageId), (image.Module, image.Image));
        Assert.Equal(["std"], image.Sets);
        var large = await host.Http.GetByteArrayAsync("/api/actors/counter-large/bundle");
        Assert.Equal(Verdict.Holds, Proven(large, trust));
        Assert.Equal(Verdict.NotCovered, Proven(await host.Http.GetByteArrayAsync("/api/actors/counter-small/bundle"), trust));
        Assert.NotEqual(Verdict.Holds, Proven(large, trust with { Images = [image with { Sets = ["proven"] }] }));
        Assert.NotEqual(Verdict.Holds, Proven(await host.Http.GetByteArrayAsync("/api/actors/counter-large/bundle?hide=data"), trust));
        var bytes = await host.Http.GetByteArrayAsync($"/api/proofs/{job.Link}/receipt");
        Assert.Equal("LOOMRCPT"u8, bytes.AsSpan(0, 8));
        Assert.True(bytes.Length > job.Receipt.Bytes, "The frames are attached.");
        var item = await host.Http.GetAsync($"/api/proofs/{job.Link}", LoomJson.Default.ProofItem);
        Assert.Equal(("attached", "counter-large", 0L, job.Receipt.Cycles), (item.State, item.Actor, item.Revision, item.Receipt!.Cycles));
        using var cancel = await host.Http.PostAsync($"/api/proofs/{job.Link}/cancel", null);
        Assert.Contains("attached", (await cancel.ProblemAsync(409, "job-done")).Detail, StringComparison.Ordinal);
        using var server = await host.Http.PostAsync("/api/verify", Json.Bytes(large));
        Assert.Contains((await server.ReadAsync(LoomJson.Default.VerifyResult)).Claims, c => c.Claim.StartsWith("proven", StringComparison.Ordinal) && c.Outcome == "holds");
    }

    private static Verdict Proven(byte[] bundle, TrustRoot trust) =>
        BundleVerifier.Verify(bundle, trust, new VerifyOptions { At = DateTimeOffset.UtcNow }).Claims.Single(c => c.Claim == Claim.Proven).Verdict;

    private static async Task<List<(string Stream, bool Prove)>> DecisionsAsync(RunningHost host)
    {
        var decisions = new List<(string, bool)>();
        await foreach (var e in host.Service<IJournal>().ReadStreamAsync(ProofQueue.Stream, Direction.Forwards, 0, long.MaxValue, default))
        {
            if (e.Type == "loom.proofs.decided")
            {
                using var body = JsonDocument.Parse(e.Data);
                decisions.Add((body.RootElement.GetProperty("stream").GetString()!, body.RootElement.GetProperty("prove").GetBoolean()));
            }
        }

        return decisions;
    }
}
