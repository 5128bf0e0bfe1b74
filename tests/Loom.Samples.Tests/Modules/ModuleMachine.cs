using System.Buffers.Binary;
using System.Text;
using Loom.Core;
using Loom.Wasm;
using ValueType = Loom.Wasm.ValueType;

namespace Loom.Samples.Tests.Modules;

/// <summary>What a machine answered, as bytes.</summary>
internal sealed record ModuleAnswer(uint Status, byte[] State, byte[] Events)
{
    /// <summary>In the form of the vectors.</summary>
    public override string ToString() => Status == 0
        ? $$"""{"events":{{Encoding.UTF8.GetString(Events)}},"state":{{Encoding.UTF8.GetString(State)}}}"""
        : $$"""{"rejected":{{Encoding.UTF8.GetString(State)}}}""";
}

/// <summary>A module behind the machine interface (ABI v1), with a fresh instance for every call. One call at a time.</summary>
internal sealed class ModuleMachine
{
    /// <summary>Far more than any step of a sample takes.</summary>
    private const long Fuel = 50_000_000;

    private readonly Executable _module;
    private readonly Imports _imports = new();
    private byte[] _input = [];
    private (uint Start, uint Length) _output;

    public ModuleMachine(Executable module)
    {
        _module = module;
        Offer("loom", "input_size", 0, 1, (_, _, results) => results[0] = (ulong)_input.Length);
        Offer("loom", "input_read", 3, 0, (caller, a, _) =>
        {
            var (to, offset, length) = ((uint)a[0], (uint)a[1], (uint)a[2]);
            Assert.True((ulong)offset + length <= (ulong)_input.Length, "The module reads beyond its input.");
            _input.AsSpan((int)offset, (int)length).CopyTo(caller.LinearMemory!.Slice(to, length));
        });
        Offer("loom", "output", 2, 0, (caller, a, _) =>
        {
            caller.LinearMemory!.Slice((uint)a[0], (uint)a[1]);
            _output = ((uint)a[0], (uint)a[1]);
        });
        Offer("loom", "abort", 1, 0, (_, a, _) => throw new HostTrapException(new Trap(TrapKind.Abort, "loom.abort", 0x10000 + (int)((uint)a[0] & 0xffff))));
        Offer("env", "abort", 4, 0, (_, _, _) => throw new HostTrapException(new Trap(TrapKind.Abort, "env.abort", 1)));
    }

    /// <summary>Answers a command; a trap fails the test.</summary>
    public ModuleAnswer Decide(MachineContext context, byte[] state, byte[] command)
    {
        var (trap, output) = Call(Frames(state, command, context.ToCanonicalJson()));
        Assert.True(trap is null, $"{context.CommandType} {Encoding.UTF8.GetString(command)} on {Encoding.UTF8.GetString(state)}: {trap}");
        var length = BinaryPrimitives.ReadInt32LittleEndian(output.AsSpan(4));
        var events = BinaryPrimitives.ReadInt32LittleEndian(output.AsSpan(8 + length));
        Assert.Equal(output.Length, 12 + length + events);
        return new ModuleAnswer(BinaryPrimitives.ReadUInt32LittleEndian(output), output[8..(8 + length)], output[(12 + length)..]);
    }

    /// <summary>One call on any bytes.</summary>
    public (Trap? Trap, byte[] Output) Call(byte[] input)
    {
        _input = input;
        _output = default;
        using var instance = _module.Instantiate(new Store { Fuel = Fuel }, _imports);
        var outcome = instance.Call("loom_main");
        return outcome.Trap is { } trap ? (trap, []) : (null, instance.LinearMemory!.Slice(_output.Start, _output.Length).ToArray());
    }

    /// <summary>Length and bytes of each part, one after the other.</summary>
    public static byte[] Frames(params byte[][] parts)
    {
        var frames = new List<byte>();
        foreach (var part in parts)
        {
            var head = new byte[4];
            BinaryPrimitives.WriteInt32LittleEndian(head, part.Length);
            frames.AddRange(head);
            frames.AddRange(part);
        }

        return [.. frames];
    }

    private void Offer(string module, string name, int takes, int gives, HostCallback callback) => _imports.Add(
        module,
        name,
        new HostFunction(new FunctionType(Enumerable.Repeat(ValueType.I32, takes).ToArray(), Enumerable.Repeat(ValueType.I32, gives).ToArray()), callback));
}
