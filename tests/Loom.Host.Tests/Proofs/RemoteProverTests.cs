using System.Diagnostics;
using System.Security.Cryptography;
using Loom.Api;
using Loom.Proving;
using Loom.Testing;

namespace Loom.Host.Tests.Proofs;

/// <summary><c>proving.prover = remote</c> with <c>loom-prover serve</c> behind a token.</summary>
public sealed class RemoteProverTests : IDisposable
{
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [ProverFact]
    public async Task A_service_proves_and_with_another_token_jobs_wait_with_the_reason_and_nothing_else_is_hurt()
    {
        var right = Secret("right.token");
        await using var service = await ServedProver.StartAsync(_folder["prover"], right);
        await using (var host = await HostAsync(service.Address, right))
        {
            using var added = await host.Http.ModuleAsync(SampleModule.Of("counter"));
            await added.ReadAsync(LoomJson.Default.ModuleReportResult, 201);
            await host.Http.DoneAsync("counter-a", "increment", """{"by":1000}""");
            var job = await JobAsync(host, j => j.State is "attached" or "parked");
            Assert.True(job.State == "attached", job.Reason);
        }

        await using (var host = await HostAsync(service.Address, Secret("wrong.token")))
        {
            await host.Http.DoneAsync("counter-b", "increment", """{"by":1000}""");
            var check = await Commands.UntilAsync(
                async () => (await host.Http.GetAsync("/health/ready", LoomJson.Default.HealthReport)).Checks.Single(c => c.Name == "proofs"),
                c => c.Status == "warning" && c.Message.Contains("wants another token", StringComparison.Ordinal));
            Assert.Contains("1 proofs wait.", check.Message, StringComparison.Ordinal);
            var job = await JobAsync(host, j => j.Actor == "counter-b");
            Assert.Equal(("queued", 0), (job.State, job.Attempts)); // it was not tried, and no try was journaled
            await host.Http.DoneAsync("counter-b", "increment", """{"by":1}""");
            await host.Http.AccountAsync();
            using var refused = await host.Http.ModuleAsync(SampleModule.Of("echo"));
            Assert.Contains("wants another token", (await refused.ProblemAsync(503, "prover-unavailable")).Detail, StringComparison.Ordinal);
        }

        await using (var host = await HostAsync(service.Address, right))
        {
            var job = await JobAsync(host, j => j.Actor == "counter-b" && j.State is "attached" or "parked");
            Assert.True(job.State == "attached", job.Reason);
            Assert.Equal(2, host.Service<ProvingService>().Queue.Figures.ByState[ProofJobState.Attached]);
        }
    }

    private Task<RunningHost> HostAsync(Uri prover, string token) => RunningHost.StartOnAsync(
        _folder["data"], "--proving.prover", "remote", "--proving.address", prover.ToString(), "--proving.tokenFile", token, "--proving.sets", "std",
        "--proving.policies", """{"counter":{"prove":"when command.by >= 1000","set":"std"},"echo":{"prove":"always","set":"std"}}""");

    private static async Task<ProofItem> JobAsync(RunningHost host, Func<ProofItem, bool> wished) =>
        (await Commands.UntilAsync(() => host.Http.GetAsync("/api/proofs", LoomJson.Default.ProofList), l => l.Proofs.Any(wished))).Proofs.First(wished);

    private string Secret(string name)
    {
        var file = _folder[name];
        File.WriteAllText(file, RandomNumberGenerator.GetHexString(64, lowercase: true) + "\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        return file;
    }

    /// <summary>The prover's service as somebody else starts it.</summary>
    private sealed class ServedProver : IAsyncDisposable
    {
        private const string Listening = "listening on ";
        private readonly Process _process;

        private ServedProver(Process process, Uri address) => (_process, Address) = (process, address);

        public Uri Address { get; }

        public static async Task<ServedProver> StartAsync(string data, string tokenFile)
        {
            var process = Process.Start(new ProcessStartInfo(
                Testing.ProverProgram.Path!, ["serve", "--listen", "127.0.0.1:0", "--data", data, "--token-file", tokenFile, "--memory", "1024"])
            { RedirectStandardOutput = true })!;
            var line = await process.StandardOutput.ReadLineAsync();
            Assert.StartsWith(Listening, line, StringComparison.Ordinal);
            return new ServedProver(process, new Uri(line![Listening.Length..]));
        }

        public async ValueTask DisposeAsync()
        {
            _process.Kill();
            await _process.WaitForExitAsync();
            _process.Dispose();
        }
    }
}
