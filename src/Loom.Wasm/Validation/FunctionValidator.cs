namespace Loom.Wasm;

/// <summary>
/// Validates function bodies by the algorithm of the specification's appendix (WebAssembly 2.0, A.3) and writes their code in the same pass.
/// Not safe for concurrent use.
/// </summary>
internal sealed partial class FunctionValidator(WasmModule module)
{
    private readonly ModuleLimits limits = module.Limits;
    private readonly FunctionType[] types = module.Types;
    private readonly CodeWriter writer = new();
    private ValueType[] locals = new ValueType[Math.Min(64, module.Limits.Locals)];
    private int localCount;
    private int function; // for messages
    private int at; // byte offset of the instruction at hand
    private Opcode current; // for messages

    /// <summary>Validates a body.</summary>
    public void Check(int body) => Walk(body, write: false);

    /// <summary>Validates a body and gives its code.</summary>
    public FunctionCode Emit(int body)
    {
        Walk(body, write: true);
        return writer.ToCode(module.FunctionTypes[function], locals.AsSpan(0, localCount).ToArray(), maxHeight);
    }

    private void Walk(int body, bool write)
    {
        function = module.ImportedFunctions + body;
        var type = module.FunctionTypes[function];
        var (offset, bytes) = module.Bodies[body];
        var reader = new ByteReader(bytes.Span, offset);
        at = offset;
        ReadLocals(ref reader, type);
        writer.Reset(localCount, write);
        ResetOperands();
        PushFrame(FrameKind.Function, [], type.ResultArray);
        while (depth > 0) Step(ref reader);
        if (reader.Left > 0) throw reader.Malformed($"END opcode expected: {reader.Left} bytes follow the end of function {function}");
    }

    private void ReadLocals(ref ByteReader reader, FunctionType type)
    {
        localCount = type.Parameters.Length;
        ReserveLocals(Math.Min(localCount, limits.Locals));
        if (localCount <= limits.Locals) type.Parameters.CopyTo(locals);
        ulong declared = 0;
        var groups = reader.Count("groups of locals", int.MaxValue, 2);
        for (var i = 0; i < groups; i++)
        {
            var count = reader.U32();
            var local = ModuleDecoder.ReadValueType(ref reader);
            declared += count;
            if (declared + (ulong)localCount > (ulong)limits.Locals) continue; // refused below; nothing is made for them
            var end = localCount + (int)declared;
            ReserveLocals(end);
            locals.AsSpan(end - (int)count, (int)count).Fill(local);
        }

        if (declared > uint.MaxValue) throw new InvalidModuleException(InvalidModuleKind.Malformed, at, $"too many locals in function {function}: {declared}");
        if (declared + (ulong)localCount > (ulong)limits.Locals) throw TooLarge($"{declared + (ulong)localCount} parameters and locals, the limit is {limits.Locals}");
        localCount += (int)declared;
    }

    private void ReserveLocals(int count)
    {
        if (count > locals.Length) Array.Resize(ref locals, Math.Max(count, Math.Min(limits.Locals, locals.Length * 2)));
    }

    private InvalidModuleException TooLarge(string what) => new(InvalidModuleKind.TooLarge, at, $"function {function} has {what}");

    private InvalidModuleException Invalid(string message) => new(InvalidModuleKind.Invalid, at, $"{message} (function {function})");

    private InvalidModuleException Malformed(string message) => new(InvalidModuleKind.Malformed, at, $"{message} (function {function})");

    private InvalidModuleException Unknown(string what, uint index, int count) => Invalid($"unknown {what} {index}: there are {count}");
}
