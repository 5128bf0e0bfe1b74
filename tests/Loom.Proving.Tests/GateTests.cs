using System.Text;
using Loom.Core;
using Loom.Journal.Log;
using Loom.Runtime;
using Loom.Testing;

namespace Loom.Proving.Tests;

public sealed class GateTests
{
    [Theory]
    [InlineData(ProverFailure.Refused, "module-not-provable", "Function 3 at offset 0x20 uses f64.add.")]
    [InlineData(ProverFailure.Unavailable, "prover-unavailable", "The prover cannot be reached. Start it.")]
    public async Task A_module_that_is_to_be_proven_is_registered_only_if_it_could_be(ProverFailure failure, string rule, string message)
    {
        await using var bench = new Bench();
        bench.Prover.NoImage = new ProverException(failure, "x", message);
        var service = await bench.ProveAsync("""{"ledger":"on-demand"}""");
        var registry = await Registry(bench, service);

        var report = await Register(registry, "bank-ledger");

        Assert.Equal(rule, report.Refusal!.Rule);
        Assert.Contains(message, report.Refusal.Message, StringComparison.Ordinal);
        Assert.Contains("on-demand", report.Refusal.Message, StringComparison.Ordinal);
        Assert.Empty(await bench.Read("loom.modules"));
        Assert.Null(report.Registered);

        Assert.Null((await Register(registry, "counter")).Refusal); // its type has no such policy: nobody is asked
    }

    [Fact]
    public async Task The_image_id_is_registered_with_the_module()
    {
        await using var bench = new Bench();
        var service = await bench.ProveAsync("""{"ledger":"always"}""");
        var registry = await Registry(bench, service);

        var report = await Register(registry, "bank-ledger");

        Assert.Null(report.Refusal);
        Assert.Equal(report.Hash, Assert.Single(service.Images.All).Module);
        Assert.Equal(["loom.modules.imaged", "loom.modules.registered"], (await bench.Read("loom.modules")).Select(e => e.Type));
        using var fresh = new ImageRegistry(bench.Memory, new LoomStreams(bench.Memory, bench.Time), bench.Blobs);
        await fresh.CatchUpAsync(default);
        Assert.Equal(service.Images.All, fresh.All);
        await new ModuleRegistry(bench.Memory, new LoomStreams(bench.Memory, bench.Time), bench.Blobs, new ActorTypes(), bench.Time).OpenAsync(default);
    }

    [Fact]
    public async Task A_module_registered_before_there_was_a_policy_is_looked_at_when_there_is_one()
    {
        await using var bench = new Bench();
        var actors = await bench.ActorsAsync();
        await actors.Open("ledger-a");
        bench.Prover.NoImage = new ProverException(ProverFailure.Refused, "not-provable", "Function 3 at offset 0x20 uses f64.add.");
        var service = await bench.ProveAsync("""{"ledger":"never","counter":"always"}""");
        await bench.Until(() => service.InCharge);
        Assert.Empty(service.UnprovableModules);

        service.Policies = ProofPolicies.Parse("""{"ledger":"on-demand"}"""u8.ToArray());

        await bench.Until(() => service.UnprovableModules.Count == 1, "a finding");
        var found = service.UnprovableModules[0];
        Assert.Equal(("ledger", Digest.Of(SampleModule.Of("bank-ledger").Wasm), "on-demand"), (found.ActorType, found.Module, found.Policy));
        Assert.Contains("Function 3 at offset 0x20 uses f64.add.", found.Reason, StringComparison.Ordinal);

        // The actors go on, and what is asked for is parked with the reason.
        await actors.Deposit("ledger-a", 5);
        var link = (await bench.Links("ledger-a"))[1];
        await service.RequestAsync(link, "ann", default);
        await bench.Until(() => service.Queue.Find(link.Hash)!.State == ProofJobState.Parked, "the job parked");
        Assert.Contains("Function 3 at offset 0x20 uses f64.add.", service.Queue.Find(link.Hash)!.Reason, StringComparison.Ordinal);

        // A better translator takes it one day; no policy, no finding.
        bench.Prover.NoImage = null;
        await bench.Until(() => service.UnprovableModules.Count == 0, "the finding withdrawn");
    }

    [Fact]
    public async Task At_the_start_every_module_in_use_is_looked_at_once_there_is_a_prover_to_ask()
    {
        await using var bench = new Bench();
        await bench.ActorsAsync();
        bench.Prover.NoImage = new ProverException(ProverFailure.Unavailable, "prover-unreachable", "The prover cannot be reached. Start it.");
        var service = await bench.ProveAsync("""{"ledger":"always"}""");
        await bench.Until(() => service.InCharge);
        Assert.Empty(service.UnprovableModules);

        bench.Prover.NoImage = new ProverException(ProverFailure.Refused, "not-provable", "Function 3 at offset 0x20 uses f64.add.");
        await bench.Until(() => service.UnprovableModules.Count == 1, "a finding");

        service.Policies = ProofPolicies.None;
        await bench.Until(() => service.UnprovableModules.Count == 0, "the finding withdrawn");
    }

    private static Task<ModuleReport> Register(ModuleRegistry registry, string name)
    {
        var module = SampleModule.Of(name);
        return registry.RegisterAsync(module.Wasm, module.Manifest, "dev", null, default);
    }

    private static async Task<ModuleRegistry> Registry(Bench bench, ProvingService service)
    {
        var registry = new ModuleRegistry(bench.Memory, new LoomStreams(bench.Memory, bench.Time), bench.Blobs, new ActorTypes(), bench.Time) { Gate = service.Gate };
        await registry.OpenAsync(default);
        return registry;
    }
}
