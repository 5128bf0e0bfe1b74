using Loom.Api;
using Loom.Testing;

namespace Loom.Host.Tests.Proofs;

/// <summary>The queue of proofs over HTTP, on a host whose prover is off: what is to be proven waits.</summary>
public sealed class ProofRouteTests
{
    [Fact]
    public async Task Proofs_are_asked_for_listed_by_page_called_off_and_tried_anew()
    {
        using var folder = new Folder();
        await using (var before = await RunningHost.StartOnAsync(folder["data"]))
        {
            using var added = await before.Http.ModuleAsync(SampleModule.Of("counter"));
            await added.ReadAsync(LoomJson.Default.ModuleReportResult, 201);
        }

        await using var host = await RunningHost.StartOnAsync(folder["data"], "--proving.prover", "off", "--proving.policies", """{"counter":"on-demand"}""");
        for (var i = 0; i < 3; i++)
        {
            await host.Http.DoneAsync("counter-a", "increment");
            Assert.Equal(i, (await RequestAsync(host, "counter-a", i)).Revision);
        }

        var all = await Commands.UntilAsync(() => ListAsync(host, ""), l => l.Proofs.Count == 3);
        Assert.Equal([2, 1, 0], all.Proofs.Select(p => p.Revision));
        Assert.Contains("proving.prover", all.Problem, StringComparison.Ordinal);
        Assert.Empty(all.Unprovable); // without a prover nobody can say
        var first = await ListAsync(host, "?count=2");
        Assert.Equal([0], (await ListAsync(host, $"?count=2&before={first.Next}")).Proofs.Select(p => p.Revision));

        var link = all.Proofs[0].Link;
        using var cancelled = await host.Http.PostAsync($"/api/proofs/{link}/cancel", null);
        Assert.Equal("cancelled", (await cancelled.ReadAsync(LoomJson.Default.ProofItem)).State);
        Assert.Equal(link, Assert.Single((await ListAsync(host, "?state=cancelled")).Proofs).Link);
        using var retried = await host.Http.PostAsync($"/api/proofs/{link}/retry", null);
        Assert.NotEqual("cancelled", (await retried.ReadAsync(LoomJson.Default.ProofItem)).State);
        using var receipt = await host.Http.GetAsync($"/api/proofs/{link}/receipt");
        await receipt.ProblemAsync(409, "no-receipt");
    }

    [Fact]
    public async Task What_cannot_be_asked_is_refused()
    {
        await using var host = await RunningHost.StartAsync("--proving.prover", "off", "--proving.policies", """{"counter":"on-demand"}""");
        var account = await host.Http.AccountAsync();
        using var native = await PostAsync(host, account, 0);
        await native.ProblemAsync(409, "not-a-module");
        using var nobody = await PostAsync(host, "counter-nobody", 0);
        await nobody.ProblemAsync(404, "unknown-actor");
        using var negative = await PostAsync(host, account, -1);
        await negative.ProblemAsync(400, "invalid-request");
        using var state = await host.Http.GetAsync("/api/proofs?state=1");
        await state.ProblemAsync(400, "invalid-request");
        using var name = await host.Http.GetAsync("/api/proofs/first");
        await name.ProblemAsync(400, "invalid-request");
        using var unknown = await host.Http.GetAsync($"/api/proofs/{new string('0', 64)}");
        await unknown.ProblemAsync(404, "unknown-proof");

        await using var without = await RunningHost.StartAsync();
        using var off = await without.Http.GetAsync("/api/proofs");
        Assert.Contains("proving.policies", (await off.ProblemAsync(409, "proofs-off")).Detail, StringComparison.Ordinal);
    }

    private static Task<ProofList> ListAsync(RunningHost host, string query) => host.Http.GetAsync("/api/proofs" + query, LoomJson.Default.ProofList);

    private static Task<HttpResponseMessage> PostAsync(RunningHost host, string actor, long revision) =>
        host.Http.PostAsync("/api/proofs", Json.Body(new ProofRequest(actor, revision), LoomJson.Default.ProofRequest));

    private static async Task<ProofItem> RequestAsync(RunningHost host, string actor, long revision)
    {
        using var answer = await PostAsync(host, actor, revision);
        return await answer.ReadAsync(LoomJson.Default.ProofItem);
    }
}
