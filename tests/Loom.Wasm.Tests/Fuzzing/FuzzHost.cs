namespace Loom.Wasm.Tests.Fuzzing;

/// <summary>What generated modules may import. The file <c>engine.js</c> has the same functions for V8.</summary>
internal static class FuzzHost
{
    private const ValueType I32 = ValueType.I32;
    private const ValueType I64 = ValueType.I64;
    private const ValueType F32 = ValueType.F32;
    private const ValueType F64 = ValueType.F64;

    public static readonly (string Name, ValueType[] Parameters, ValueType[] Results, HostCallback Callback)[] Functions =
    [
        ("mix", [I32, I64], [I64], (_, a, r) => r[0] = (a[1] * 31) + a[0]),
        ("sign", [F64, F32, I32], [I32], (_, a, r) => r[0] = (BitConverter.UInt64BitsToDouble(a[0]) > BitConverter.UInt32BitsToSingle((uint)a[1]) ? 1u : 0u) ^ (uint)a[2]),
        ("several", [], [I32, F64, I64, F32], (_, _, r) =>
        {
            r[0] = 0xffff_fffe;
            r[1] = BitConverter.DoubleToUInt64Bits(-2.5);
            r[2] = 0x8000_0000_0000_0001;
            r[3] = BitConverter.SingleToUInt32Bits(1.5f);
        }),
        ("nothing", [I64, I64, I64, I64, I64, I64, I32, I32, I32, F64, F64], [], (_, _, _) => { }),
    ];

    /// <summary>The functions, to link with.</summary>
    public static Imports Imports { get; } = Functions.Aggregate(new Imports(), (all, f) => all.Add("env", f.Name, new HostFunction(new FunctionType(f.Parameters, f.Results), f.Callback)));
}
