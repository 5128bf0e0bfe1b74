using Loom.Core;

namespace Loom.Core.Tests.Machines.Offenders;

// Machines that break the rules, each in its own way; MachineRulesTests names every offence.
public sealed record BadState(long Count, Inner Inner);

public sealed record Inner(double? Ratio, IReadOnlyList<decimal> Prices);

public abstract record BadCommand;

public sealed record Go(ulong Amount) : BadCommand;

public abstract record BadEvent;

public sealed record Gone(float Weight, int Fine, string Ok, Cents Money) : BadEvent;

public sealed class ClockMachine : Machine<BadState, BadCommand, BadEvent>
{
    protected override void Define(MachineDefinition<BadState, BadCommand, BadEvent> machine)
    {
    }

    protected override Decision<BadEvent> Decide(BadState? state, BadCommand command, MachineContext context)
    {
        var now = DateTimeOffset.UtcNow;
        return Decision<BadEvent>.Reject(Guid.NewGuid().ToString(), now.ToString() + DateTime.Today + DateTimeOffset.Now);
    }

    protected override BadState Evolve(BadState? state, BadEvent @event) => new(Random.Shared.Next(), new Inner(null, []));
}

/// <summary>The offence is one call away, and in a lambda.</summary>
public sealed class IndirectMachine : Machine<BadState, BadCommand, BadEvent>
{
    protected override void Define(MachineDefinition<BadState, BadCommand, BadEvent> machine)
    {
    }

    protected override Decision<BadEvent> Decide(BadState? state, BadCommand command, MachineContext context) =>
        Decision<BadEvent>.Reject(Helper.Read(), string.Join(',', new[] { 1 }.Select(_ => Environment.MachineName)));

    protected override BadState Evolve(BadState? state, BadEvent @event) =>
        Task.Run(() => new BadState(0, new Inner(null, []))).Result;
}

internal static class Helper
{
    public static string Read() => File.ReadAllText("/etc/hostname");
}

/// <summary>Not reachable from any machine: allowed to use the clock.</summary>
internal static class NotAMachine
{
    public static DateTime Now() => DateTime.Now;
}
