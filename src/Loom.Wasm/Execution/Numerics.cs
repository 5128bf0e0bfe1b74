using System.Runtime.CompilerServices;

namespace Loom.Wasm;

/// <summary>
/// Operators whose meaning in WebAssembly is not simply that of the processor's instruction. Both back ends use these very methods, so that
/// they cannot differ; each is named after its opcode.
/// </summary>
internal static partial class Numerics
{
    private const uint CanonicalBits32 = 0x7fc0_0000;
    private const ulong CanonicalBits64 = 0x7ff8_0000_0000_0000;

    /// <summary>The value, or the canonical NaN for every NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Canonical(float value) => float.IsNaN(value) ? BitConverter.UInt32BitsToSingle(CanonicalBits32) : value;

    /// <summary>The value, or the canonical NaN for every NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Canonical(double value) => double.IsNaN(value) ? BitConverter.UInt64BitsToDouble(CanonicalBits64) : value;

    public static int I32DivS(int a, int b)
    {
        if (b == 0) Trap(TrapKind.DivideByZero);
        if (b == -1)
        {
            if (a == int.MinValue) Trap(TrapKind.IntegerOverflow);
            return -a;
        }

        return a / b;
    }

    public static long I64DivS(long a, long b)
    {
        if (b == 0) Trap(TrapKind.DivideByZero);
        if (b == -1)
        {
            if (a == long.MinValue) Trap(TrapKind.IntegerOverflow);
            return -a;
        }

        return a / b;
    }

    public static uint I32DivU(uint a, uint b)
    {
        if (b == 0) Trap(TrapKind.DivideByZero);
        return a / b;
    }

    public static ulong I64DivU(ulong a, ulong b)
    {
        if (b == 0) Trap(TrapKind.DivideByZero);
        return a / b;
    }

    // The processor faults on MinValue % -1, which is 0 in WebAssembly.
    public static int I32RemS(int a, int b)
    {
        if (b == 0) Trap(TrapKind.DivideByZero);
        return b == -1 ? 0 : a % b;
    }

    public static long I64RemS(long a, long b)
    {
        if (b == 0) Trap(TrapKind.DivideByZero);
        return b == -1 ? 0 : a % b;
    }

    public static uint I32RemU(uint a, uint b)
    {
        if (b == 0) Trap(TrapKind.DivideByZero);
        return a % b;
    }

    public static ulong I64RemU(ulong a, ulong b)
    {
        if (b == 0) Trap(TrapKind.DivideByZero);
        return a % b;
    }

    /// <summary>Ends the run. Out of line, so that the callers stay small enough to be inlined.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Trap(TrapKind kind) => throw TrapException.Of(kind);
}
