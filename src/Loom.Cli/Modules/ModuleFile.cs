using Loom.Wasm;

namespace Loom.Cli.Modules;

/// <summary>Modules from files: refusals name the file, the reason and what to do.</summary>
internal static class ModuleFile
{
    private static readonly ModuleLimits Limits = ModuleLimits.Default;

    /// <summary>The file's bytes, not looked at yet.</summary>
    public static Task<byte[]> ReadAsync(string path, CancellationToken cancellationToken) => BoundedFile.ReadAsync(path, Limits.Bytes, cancellationToken);

    /// <summary>The module in a file.</summary>
    public static async Task<WasmModule> LoadAsync(string path, CancellationToken cancellationToken) => Load(path, await ReadAsync(path, cancellationToken));

    /// <summary>The module that these bytes of a file are.</summary>
    public static WasmModule Load(string path, ReadOnlyMemory<byte> bytes)
    {
        if (WasmModule.TryLoad(bytes, Limits, out var module, out var refusal))
        {
            return module;
        }

        var why = refusal.Kind == InvalidModuleKind.TooLarge && bytes.Length > Limits.Bytes
            ? $"It has more than {Output.Counted.Of(Limits.Bytes, "byte")}, the most that a module may have."
            : $"{Wasm.Printable.Text(refusal.ToString())}.";
        throw new CliException(ExitCodes.Malformed, $"{path} is no WebAssembly module that Loom runs.", why, Remedy(refusal, bytes.Span));
    }

    private static string Remedy(ModuleRefusal refusal, ReadOnlySpan<byte> bytes) => refusal.Kind switch
    {
        _ when bytes.IsEmpty => "The file is empty: check the path and the build that writes it.",
        _ when bytes.TrimStart(" \t\r\n"u8).StartsWith("(module"u8) => "This is the text format: assemble it first, for example with 'wat2wasm'.",
        _ when bytes.StartsWith("\0asm"u8) && bytes.Length >= 8 && bytes[4] != 1 => "This is a component or another version of the format: build a core module, version 1.",
        _ when !bytes.StartsWith("\0asm"u8) => "A module begins with the bytes 00 61 73 6D: check the path.",
        InvalidModuleKind.TooLarge => "Build it with optimisation and without debug information, or split it; docs/wasm.md lists the limits.",
        InvalidModuleKind.Invalid => "Loom runs WebAssembly 2.0 without SIMD: build it without newer features (threads, SIMD, tail calls, exceptions, GC), and with a sound compiler.",
        _ => "Copy or build it again; if it comes from a compiler, build it without features newer than WebAssembly 2.0.",
    };
}
