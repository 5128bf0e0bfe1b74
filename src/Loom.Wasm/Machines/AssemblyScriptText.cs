using System.Runtime.InteropServices;

namespace Loom.Wasm;

/// <summary>Reads the texts that AssemblyScript hands to <c>env.abort</c>, for messages only: whatever the pointers are, it gives something readable.</summary>
internal static class AssemblyScriptText
{
    private const uint MostBytes = 400;

    /// <summary>The UTF-16 text at an address, which has its size in bytes before it.</summary>
    public static string Read(LinearMemory memory, uint address)
    {
        if (address < 4 || address > memory.Length) return "?";
        var size = MemoryMarshal.Read<uint>(memory.Slice(address - 4, 4));
        var bytes = (uint)Math.Min(Math.Min(size, MostBytes), memory.Length - address) & ~1u;
        var text = MemoryMarshal.Cast<byte, char>(memory.Slice(address, bytes));
        return string.Create(text.Length, text, static (target, source) =>
        {
            for (var i = 0; i < target.Length; i++) target[i] = char.IsControl(source[i]) || char.IsSurrogate(source[i]) ? '?' : source[i];
        });
    }
}
