using System.Text;
using Loom.Core;
using Loom.Wasm;

namespace Loom.Samples.Tests.Modules;

/// <summary>What a machine answered, as bytes.</summary>
internal sealed record ModuleAnswer(bool Accepted, byte[] State, byte[] Events)
{
    /// <summary>In the form of the vectors.</summary>
    public override string ToString() => Accepted
        ? $$"""{"events":{{Encoding.UTF8.GetString(Events)}},"state":{{Encoding.UTF8.GetString(State)}}}"""
        : $$"""{"rejected":{{Encoding.UTF8.GetString(State)}}}""";
}

/// <summary>A module as a machine, whose traps fail the test.</summary>
internal sealed class ModuleMachine(Executable module)
{
    private readonly MachineModule _machine = MachineModule.Make(module, new MachineLimits { Fuel = 50_000_000 });

    /// <summary>Answers a command.</summary>
    public ModuleAnswer Decide(MachineContext context, byte[] state, byte[] command)
    {
        var run = Call(Frames.Encode(state, command, context.ToCanonicalJson()));
        Assert.True(run.Trap is null, $"{context.CommandType} {Encoding.UTF8.GetString(command)} on {Encoding.UTF8.GetString(state)}: {run.Trap}");
        Assert.True(Frames.TryDecode(run.Output, out OutputFrame frame, out var mistake), mistake);
        return new ModuleAnswer(frame.Accepted, frame.State.ToArray(), frame.Events.ToArray());
    }

    /// <summary>One call on any bytes.</summary>
    public MachineRun Call(byte[] input) => _machine.Run(input);
}
