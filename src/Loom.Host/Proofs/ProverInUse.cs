using Loom.Configuration;
using Loom.Hosting.Configuration;
using Loom.Proving;

namespace Loom.Hosting.Proofs;

/// <summary>The prover that the settings name, and what keeps it from working that can be seen without asking it.</summary>
internal sealed class ProverInUse : IAsyncDisposable
{
    private readonly Func<string?> _missing;

    private ProverInUse(IProver prover, Func<string?> missing) => (Prover, _missing) = (prover, missing);

    public IProver Prover { get; }

    /// <summary>What is missing for what the policies want, and the remedy; null when nothing is.</summary>
    public string? Missing(ProofPolicies policies) => policies.All.Values.Any(p => p.Mode != ProofMode.Never) ? _missing() : null;

    /// <exception cref="StartupException">A setting is missing or wrong.</exception>
    public static ProverInUse Of(LoomSettings settings, DataFolder data) => settings.Text("proving.prover") switch
    {
        "program" or "auto" => Program(settings, data),
        "remote" => Remote(settings),
        _ => new ProverInUse(new AbsentProver(), () => AbsentProver.Message),
    };

    public async ValueTask DisposeAsync()
    {
        if (Prover is IAsyncDisposable process)
        {
            await process.DisposeAsync();
        }

        (Prover as IDisposable)?.Dispose();
    }

    private static ProverInUse Program(LoomSettings settings, DataFolder data)
    {
        var named = settings.Text("proving.program");
        var path = named.Length > 0 ? Path.GetFullPath(named) : ProverLocation.Find() ?? ProverLocation.FileName;
        var threads = (int)settings.Integer("proving.threads");
        var program = new ProverProgram(path, Path.Combine(data.Root, "prover"))
        {
            MemoryMiB = (int)settings.Integer("proving.memory"),
            Threads = threads == 0 ? null : threads,
        };
        return new ProverInUse(
            new ProverProcess(program),
            () => File.Exists(path) ? null
                : named.Length > 0 ? $"The prover {path} (proving.program) does not exist. Build it with './loom' where cargo is, or name another."
                : "There is no loom-prover, neither built in the checkout nor on the PATH. Build it with './loom' where cargo is and start the host again, or name it with proving.program.");
    }

    private static ProverInUse Remote(LoomSettings settings)
    {
        if (!Uri.TryCreate(settings.Text("proving.address"), UriKind.Absolute, out var address)
            || !(address.Scheme == "https" || (address.Scheme == "http" && ListenRule.IsLoopbackName(address.Host))))
        {
            throw new StartupException(ExitCode.Usage, "proving.address is needed with proving.prover = remote: an https address, or an http one on this machine.");
        }

        var file = settings.Text("proving.tokenFile");
        var token = file.Length == 0 ? null
            : SecretFile.Lines(file, "proving.tokenFile") is [var line] ? line
            : throw new StartupException(ExitCode.Usage, $"{file} (proving.tokenFile) needs one line: the token.");
        return new ProverInUse(new ProverClient(new ProverAddress(address) { Token = token }), () => null);
    }
}
