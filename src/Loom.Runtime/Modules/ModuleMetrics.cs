using System.Diagnostics.Metrics;
using Loom.Core;

namespace Loom.Runtime;

/// <summary>What modules did in this process.</summary>
/// <param name="Compiled">Modules made ready to run.</param>
/// <param name="Calls">Decisions, each on a module that was ready: <see cref="Calls"/> above <see cref="Compiled"/> are hits of the cache.</param>
/// <param name="Again">Journaled commands run again to load a state.</param>
/// <param name="Failed">Calls without an answer.</param>
/// <param name="Fuel">Units of fuel used.</param>
public sealed record ModuleStatistics(long Compiled, long Calls, long Again, long Failed, long Fuel);

/// <summary>Counts calls and compilations, for the meter "Loom" and for <see cref="ModuleRegistry.Statistics"/>.</summary>
internal sealed class ModuleMetrics
{
    private static readonly Counter<long> CompiledTotal = LoomTelemetry.Meter.CreateCounter<long>("loom.module.compilations", "{module}", "Modules loaded to be run: misses of the cache of compiled modules.");
    private static readonly Counter<long> CallsTotal = LoomTelemetry.Meter.CreateCounter<long>("loom.module.calls", "{call}", "Calls of modules, by module and outcome.");
    private static readonly Counter<long> FuelTotal = LoomTelemetry.Meter.CreateCounter<long>("loom.module.fuel", "{unit}", "Fuel that modules used.");

    // With the first registry, not with the first call: a scrape is to list them from the start.
    static ModuleMetrics()
    {
    }

    private long _compiled, _calls, _again, _failed, _fuel;

    public ModuleStatistics Read() => new(
        Interlocked.Read(ref _compiled), Interlocked.Read(ref _calls), Interlocked.Read(ref _again), Interlocked.Read(ref _failed), Interlocked.Read(ref _fuel));

    public void Compiled()
    {
        Interlocked.Increment(ref _compiled);
        CompiledTotal.Add(1);
    }

    public void Called(string module, ModuleCallResult result, bool again)
    {
        Interlocked.Increment(ref again ? ref _again : ref _calls);
        Interlocked.Add(ref _fuel, result.FuelUsed);
        if (result.Failure is not null)
        {
            Interlocked.Increment(ref _failed);
        }

        if (CallsTotal.Enabled)
        {
            var outcome = again ? "again" : result.Failure?.Code ?? (result.Answer is ModuleAnswer.Accepted ? "accepted" : "rejected");
            CallsTotal.Add(1, new("module", module), new("outcome", outcome));
            FuelTotal.Add(result.FuelUsed, new KeyValuePair<string, object?>("module", module));
        }
    }
}
