using System.Runtime.CompilerServices;
using System.Text;
using Loom.Coordination;
using Loom.Hosting.Configuration;
using Loom.Hosting.Health;
using Loom.Journal.Blobs;
using Loom.Journal.Log;
using Loom.Provenance.Receipts;
using Loom.Proving;
using Loom.Runtime;

namespace Loom.Hosting.Proofs;

/// <summary>Puts proving together when a policy or a prover is configured; else nothing of it is loaded.</summary>
internal static class ProofServices
{
    public const string PoliciesName = "proving.policies";

    /// <exception cref="StartupException">A setting of the section <c>proving</c> is missing or wrong.</exception>
    public static void AddIfWanted(IServiceCollection services, HostParts parts)
    {
        var settings = parts.Settings.Now;
        if (settings.Text("proving.prover") is "program" or "remote" || settings.Text(PoliciesName).Length > 0)
        {
            Add(services, parts, settings);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Add(IServiceCollection services, HostParts parts, LoomSettings settings)
    {
        var policies = Policies(settings);
        var prover = ProverInUse.Of(settings, parts.Data);
        services.AddSingleton(_ => prover);
        services.AddSingleton(s => new ProvingService(
            new ProvingParts(
                parts.Journal, s.GetRequiredService<LoomStreams>(), s.GetRequiredService<ILeases>(), s.GetRequiredService<ModuleRegistry>(),
                s.GetRequiredService<IBlobStore>(), prover.Prover, new StarkVerifier(), s.GetRequiredService<TimeProvider>()),
            policies, null, s.GetRequiredService<ILogger<ProvingService>>()));
        services.AddSingleton<LivePolicies>().AddSingleton<IProofs, ProofEngine>().AddSingleton<IHealthCheck, ProofCheck>();
    }

    /// <summary>The policies of these settings.</summary>
    /// <exception cref="StartupException">They cannot be read, or want parameter sets that the host does not accept; the message names the setting.</exception>
    public static ProofPolicies Policies(LoomSettings settings)
    {
        var accepted = settings.List("proving.sets");
        if (accepted.FirstOrDefault(name => ParameterSet.OfName(name) is null) is { } unknown)
        {
            throw Wrong($"proving.sets: '{unknown}' is not one of {string.Join(", ", ParameterSet.All.Select(s => s.Name))}.");
        }

        try
        {
            var text = settings.Text(PoliciesName);
            var policies = text.Length == 0 ? ProofPolicies.None : ProofPolicies.Parse(Encoding.UTF8.GetBytes(text));
            return policies.All.FirstOrDefault(p => !accepted.Contains(p.Value.Set.Name)) is { Key: { } type, Value.Set.Name: var set }
                ? throw Wrong($"proving.policies: the policy of '{type}' is of the parameter set '{set}', which this host does not accept. Name it in proving.sets, or give the policy one of {string.Join(", ", accepted)}.")
                : policies;
        }
        catch (FormatException e)
        {
            throw Wrong($"proving.policies: {e.Message}");
        }
    }

    private static StartupException Wrong(string message) => new(ExitCode.Usage, message);
}
