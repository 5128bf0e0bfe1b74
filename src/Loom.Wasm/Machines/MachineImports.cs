using System.Security.Cryptography;

namespace Loom.Wasm;

/// <summary>
/// The host functions of ABI v1: the only way in and out of a machine. They hold nothing themselves; the call that they serve is found in the
/// store of the instance that calls.
/// </summary>
internal static class MachineImports
{
    /// <summary>Units of fuel that <c>loom.sha256</c> takes for every byte, and once more for 64 bytes of padding.</summary>
    private const int HashUnitsPerByte = 1;

    private const int HashUnitsAtLeast = 64;

    private static readonly Dictionary<(string, string), HostFunction> Functions = new()
    {
        [("loom", "input_size")] = Make(0, 1, InputSize),
        [("loom", "input_read")] = Make(3, 0, InputRead),
        [("loom", "output")] = Make(2, 0, Output),
        [("loom", "abort")] = Make(1, 0, Abort),
        [("loom", "sha256")] = Make(3, 0, Sha256),
        [("env", "abort")] = Make(4, 0, AssemblyScriptAbort),
    };

    public static IEnumerable<string> Names => Functions.Keys.Select(k => $"{k.Item1}.{k.Item2}");

    /// <summary>All of them, to link a machine with.</summary>
    public static Imports All { get; } = Functions.Aggregate(new Imports(), (all, f) => all.Add(f.Key.Item1, f.Key.Item2, f.Value));

    public static HostFunction? Find(string module, string name) => Functions.GetValueOrDefault((module, name));

    private static HostFunction Make(int parameters, int results, HostCallback callback) =>
        new(new FunctionType([.. Enumerable.Repeat(ValueType.I32, parameters)], [.. Enumerable.Repeat(ValueType.I32, results)]), callback);

    private static void InputSize(Instance caller, ReadOnlySpan<ulong> arguments, Span<ulong> results) =>
        results[0] = (uint)Call(caller).Input.Length;

    private static void InputRead(Instance caller, ReadOnlySpan<ulong> arguments, Span<ulong> results)
    {
        uint destination = (uint)arguments[0], offset = (uint)arguments[1], length = (uint)arguments[2];
        var input = Call(caller).Input;
        if ((ulong)offset + length > (ulong)input.Length) throw OutOfBounds();
        var target = Range(caller, destination, length);
        caller.Charge(length / BulkOperations.BytesPerUnit);
        input.Slice((int)offset, (int)length).CopyTo(target);
    }

    private static void Output(Instance caller, ReadOnlySpan<ulong> arguments, Span<ulong> results)
    {
        uint offset = (uint)arguments[0], length = (uint)arguments[1];
        Range(caller, offset, length);
        caller.Charge(length / BulkOperations.BytesPerUnit);
        var call = Call(caller);
        (call.OutputOffset, call.OutputLength) = (offset, length);
    }

    private static void Abort(Instance caller, ReadOnlySpan<ulong> arguments, Span<ulong> results)
    {
        var code = (uint)arguments[0] & 0xffff;
        throw new HostTrapException(new Trap(TrapKind.Abort, $"the machine ended itself with loom.abort({code})", 0x10000 + (int)code));
    }

    private static void Sha256(Instance caller, ReadOnlySpan<ulong> arguments, Span<ulong> results)
    {
        var length = (uint)arguments[1];
        var source = Range(caller, (uint)arguments[0], length);
        var target = Range(caller, (uint)arguments[2], SHA256.HashSizeInBytes);
        caller.Charge(HashUnitsAtLeast + ((long)length * HashUnitsPerByte));

        // Not straight into the memory: the two ranges may overlap.
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(source, hash);
        hash.CopyTo(target);
    }

    private static void AssemblyScriptAbort(Instance caller, ReadOnlySpan<ulong> arguments, Span<ulong> results)
    {
        var message = AssemblyScriptText.Read(caller.Memory!, (uint)arguments[0]);
        var file = AssemblyScriptText.Read(caller.Memory!, (uint)arguments[1]);
        throw new HostTrapException(new Trap(TrapKind.Abort, $"the machine aborted: {message} ({file}:{(uint)arguments[2]}:{(uint)arguments[3]})", 1));
    }

    private static MachineCall Call(Instance caller) => (MachineCall)caller.Store.Context!;

    // Sums of 33 bits, also for an empty range: an offset beyond the end is out of bounds even when nothing is to be read there.
    private static Span<byte> Range(Instance caller, uint offset, uint length) => caller.Memory!.Slice(offset, length);

    private static HostTrapException OutOfBounds() => new(TrapException.Of(TrapKind.MemoryOutOfBounds).Trap);
}
