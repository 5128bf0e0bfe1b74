using Loom.Wasm.Tests.BackEnds;
using Loom.Wasm.Tests.Building;

namespace Loom.Wasm.Tests.Machines;

/// <summary>Builds small machines: the imports of the machine interface in a fixed order, a memory, and what loom_main does.</summary>
internal static class MachineBuilder
{
    public const int InputSize = 0;
    public const int InputRead = 1;
    public const int Output = 2;
    public const int Abort = 3;
    public const int Sha256 = 4;
    public const int ScriptAbort = 5;

    private const ValueType I = ValueType.I32;

    public static ModuleBuilder Start(uint pages = 1, uint? most = null)
    {
        var module = new ModuleBuilder();
        module.ImportFunction("loom", "input_size", [], [I]);
        module.ImportFunction("loom", "input_read", [I, I, I], []);
        module.ImportFunction("loom", "output", [I, I], []);
        module.ImportFunction("loom", "abort", [I], []);
        module.ImportFunction("loom", "sha256", [I, I, I], []);
        module.ImportFunction("env", "abort", [I, I, I, I], []);
        module.Memory(pages, most);
        module.Export("memory", ExternalKind.Memory, 0);
        return module;
    }

    public static byte[] Machine(Action<ByteWriter> code, params ValueType[] locals)
    {
        var module = Start();
        module.Export("loom_main", ExternalKind.Function, module.Function([], [], code, locals));
        return module.Build();
    }

    /// <summary>Reads the whole input to address 0 and gives it back.</summary>
    public static byte[] Echo() => Machine(w => w
        .I32(0).I32(0).Op(Opcode.Call, InputSize).Op(Opcode.Call, InputRead)
        .I32(0).Op(Opcode.Call, InputSize).Op(Opcode.Call, Output));

    public static MachineModule Make(string backEnd, byte[] module, MachineLimits? limits = null, ExecutableOptions? options = null) =>
        MachineModule.Make(BackEnd.All[backEnd].Make(WasmModule.Load(module), options ?? new ExecutableOptions()), limits);

    public static MachineRun Run(string backEnd, Action<ByteWriter> code, ReadOnlySpan<byte> input = default) => Make(backEnd, Machine(code)).Run(input);
}
