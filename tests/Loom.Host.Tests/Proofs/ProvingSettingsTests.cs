using Loom.Api;
using Loom.Hosting;
using Loom.Hosting.Configuration;
using Loom.Hosting.Proofs;
using Loom.Testing;

namespace Loom.Host.Tests.Proofs;

/// <summary>The section <c>proving</c>: what is wrong is named, and what is missing is visible and refuses only what needs it.</summary>
public sealed class ProvingSettingsTests
{
    [Theory]
    [InlineData("--proving.prover", "remote")]
    [InlineData("--proving.prover", "remote", "--proving.address", "http://prover.example:7707")]
    [InlineData("--proving.prover", "remote", "--proving.address", "http://127.0.0.1:7707", "--proving.tokenFile", "/nowhere")]
    [InlineData("--proving.policies", "always")]
    [InlineData("--proving.policies", """{"counter":"sometimes"}""")]
    [InlineData("--proving.policies", """{"counter":{"prove":"always","set":"std"}}""")]
    [InlineData("--proving.policies", "{}", "--proving.sets", "best")]
    public async Task What_is_wrong_keeps_the_host_from_starting_and_is_named(params string[] args)
    {
        using var folder = new Folder();
        var e = await Assert.ThrowsAsync<StartupException>(() => RunningHost.StartOnAsync(folder["data"], args));
        Assert.Contains("proving.", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("proving.prover is off", "--proving.prover", "off")]
    [InlineData("/nowhere/loom-prover (proving.program) does not exist", "--proving.program", "/nowhere/loom-prover")]
    [InlineData("/nowhere/loom-prover (proving.program) does not exist", "--proving.prover", "program", "--proving.program", "/nowhere/loom-prover")]
    public async Task Without_a_prover_health_says_what_is_missing_and_modules_with_a_policy_are_refused(string missing, params string[] args)
    {
        await using var host = await RunningHost.StartAsync(["--proving.policies", """{"counter":"always"}""", .. args]);
        var report = await host.Http.GetAsync("/health/ready", LoomJson.Default.HealthReport);
        var check = report.Checks.Single(c => c.Name == "proofs");
        Assert.Equal(("degraded", "warning"), (report.Status, check.Status));
        Assert.Contains(missing, check.Message, StringComparison.Ordinal);

        using var refused = await host.Http.ModuleAsync(SampleModule.Of("counter"));
        var problem = await refused.ProblemAsync(503, "prover-unavailable");
        Assert.Contains("Start one, or set the policy to never", problem.Detail, StringComparison.Ordinal);
        using var free = await host.Http.ModuleAsync(SampleModule.Of("echo"));
        await free.ReadAsync(LoomJson.Default.ModuleReportResult, 201);
        await host.Http.AccountAsync();
    }

    [Fact]
    public async Task Policies_may_stand_in_the_file_as_an_object()
    {
        using var folder = new Folder();
        await File.WriteAllTextAsync(folder["loom.json"], """{"proving": {"policies": {"counter": "when command.by >= 1000", "echo": {"prove": "on-demand"}}, "sets": ["proven", "std"]}}""");
        await using var host = await RunningHost.StartOnAsync(folder["data"], "--config", folder["loom.json"]);
        var policies = host.Service<Loom.Proving.ProvingService>().Policies;
        Assert.Equal("when command.by >= 1000", policies.Of("counter").ToString());
        Assert.Equal("on-demand", policies.Of("echo").ToString());
    }

    [Fact]
    public async Task Policies_are_live_and_bad_ones_are_named_while_the_earlier_ones_stay()
    {
        using var folder = new Folder();
        await using var host = await ChangingAsync(folder, """{"counter": "never"}""");
        var service = host.Service<Loom.Proving.ProvingService>();

        await WriteAsync(folder, """{"counter": "when command.by >= 1000"}""");
        host.Service<LiveSettings>().Refresh();
        Assert.Equal("when command.by >= 1000", service.Policies.Of("counter").ToString());

        await WriteAsync(folder, """{"counter": "sometimes"}""");
        host.Service<LiveSettings>().Refresh();
        Assert.Equal("when command.by >= 1000", service.Policies.Of("counter").ToString());
        var check = (await host.Http.GetAsync("/health/ready", LoomJson.Default.HealthReport)).Checks.Single(c => c.Name == "proofs");
        Assert.Equal("warning", check.Status);
        Assert.Contains("The earlier policies stay in force. proving.policies: The proof policy of 'counter'", check.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_that_was_started_without_proofs_says_that_policies_wait_for_the_next_start()
    {
        using var folder = new Folder();
        await using var host = await ChangingAsync(folder, policies: null);
        Assert.Throws<InvalidOperationException>(() => host.Service<Loom.Proving.ProvingService>());

        await WriteAsync(folder, """{"counter": "always"}""");
        host.Service<LiveSettings>().Refresh();
        var check = (await host.Http.GetAsync("/health/ready", LoomJson.Default.HealthReport)).Checks.Single(c => c.Name == "configuration");
        Assert.Equal("warning", check.Status);
        Assert.Contains("proving.policies takes effect at the next start", check.Message, StringComparison.Ordinal);
    }

    private static async Task<RunningHost> ChangingAsync(Folder folder, string? policies)
    {
        await WriteAsync(folder, policies);
        return await RunningHost.StartOnAsync(folder["data"], "--config", folder["loom.json"]);
    }

    private static Task WriteAsync(Folder folder, string? policies) =>
        File.WriteAllTextAsync(folder["loom.json"], policies is null ? "{}" : """{"proving": {"policies": """ + policies + "}}");

    [Fact]
    public void The_program_is_found_in_the_checkout_first_and_then_on_the_path()
    {
        using var folder = new Folder();
        var (deep, bin) = (Path.Combine(folder["checkout"], "src", "bin"), folder["bin"]);
        var built = Path.Combine(folder["checkout"], "prover", "target", "release");
        Array.ForEach([deep, bin, built], d => Directory.CreateDirectory(d));
        Assert.Null(ProverLocation.Find(deep, bin));
        File.WriteAllText(Path.Combine(bin, ProverLocation.FileName), "");
        Assert.Equal(Path.Combine(bin, ProverLocation.FileName), ProverLocation.Find(deep, $"relative{Path.PathSeparator}{bin}"));
        File.WriteAllText(Path.Combine(built, ProverLocation.FileName), "");
        Assert.Equal(Path.Combine(built, ProverLocation.FileName), ProverLocation.Find(deep, bin));
    }
}
