using Loom.Wasm;

namespace Loom.Cli.Modules;

/// <summary>Makes machines of modules.</summary>
internal static class BackEnd
{
    /// <summary>What runs a module unless told otherwise: the compiler, where the platform allows dynamic code.</summary>
    public static bool Compiles(bool interpreted) => !interpreted && CompiledModule.IsSupported;

    public static string NameOf(bool compiled) => compiled ? "compiled" : "interpreted";

    public static Executable Prepare(WasmModule module, bool compiled, CancellationToken cancellationToken) =>
        compiled ? CompiledModule.Compile(module, new ExecutableOptions(), cancellationToken) : InterpretedModule.Make(module, new ExecutableOptions());

    public static MachineModule Machine(string file, Executable executable, MachineLimits limits)
    {
        try
        {
            return MachineModule.Make(executable, limits);
        }
        catch (MachineRefusedException e)
        {
            throw new CliException(
                ExitCodes.Malformed, $"{file} is a module, and no machine (ABI v1).", $"{e.Refusal.Kind}: {Wasm.Printable.Text(e.Refusal.Message)}.",
                "docs/wasm.md says what a machine imports and exports; samples/ has kits for Rust, AssemblyScript and C.");
        }
    }
}
