using System.Security.Cryptography;

namespace Loom.Wasm.Tests.Proving;

/// <summary>How a run of a machine ended, memory included.</summary>
/// <param name="ExitCode">The exit code of ABI v1, or null where there is none.</param>
/// <param name="Output">The output in hexadecimal.</param>
/// <param name="MemoryBytes">Bytes of memory at the end; -1 when no instance came to be.</param>
/// <param name="MemorySha256">SHA-256 of the memory at the end.</param>
internal sealed record MachineEnd(long? ExitCode, string Output, long MemoryBytes, string MemorySha256)
{
    private static readonly ExecutionLimits Limits = ExecutionLimits.Default;

    /// <summary>Runs a machine as <see cref="MachineModule"/> does, and looks at the memory before it is given back.</summary>
    public static unsafe MachineEnd Of(Executable executable, byte[] input)
    {
        fixed (byte* bytes = input)
        {
            var call = new MachineCall(bytes, input.Length);
            var store = new Store(Limits) { Fuel = 1_000_000_000, Context = call };
            using var instance = executable.Instantiate(store, MachineImports.All);
            var trap = instance.Call(instance.Function(MachineRules.Entry)!).Trap;
            var memory = instance.Memory!;
            var output = trap is null ? Convert.ToHexStringLower(memory.Slice(call.OutputOffset, call.OutputLength)) : "";
            var hash = Convert.ToHexStringLower(SHA256.HashData(memory.Slice(0, (uint)memory.Length)));
            return new MachineEnd(trap is null ? 0 : MachineRun.ExitCodeOf(trap), output, memory.Length, hash);
        }
    }
}
