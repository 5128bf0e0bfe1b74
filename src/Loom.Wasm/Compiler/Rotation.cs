using System.Numerics;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;

namespace Loom.Wasm;

/// <summary>
/// Rotations. The just-in-time compiler of .NET 10 takes the processor's zero flag for the result of a rotation by a constant, which x86 does not
/// set: <c>RotateLeft(x, 29) != 0</c> comes out wrong. Since it may find out by itself that a count is constant, or that a result is compared,
/// no rotation is left to it where it has that fault and <see cref="RotationFlow"/> sees a comparison that a rotated value may reach: two shifts and
/// an addition, which it does not recognise, do the same.
/// </summary>
internal static class Rotation
{
    /// <summary>Whether this platform's compiler has the fault.</summary>
    public static bool IsFaulty { get; } = RotatedIsNotZero(0) || RotatedIsNotZero(0UL) || RotatedRightIsNotZero(0);

    /// <summary>Gives the node of a rotation.</summary>
    /// <param name="value">What is rotated.</param>
    /// <param name="count">By how much.</param>
    /// <param name="left">Which way.</param>
    public static Node Of(Node value, Node count, bool left)
    {
        var wide = value.Type == ValueType.I64;
        var word = wide ? typeof(ulong) : typeof(uint);
        if (count is ConstantNode constant)
        {
            var bits = wide ? 64 : 32;
            var up = (int)constant.Bits & (bits - 1);
            if (!left) up = (bits - up) & (bits - 1);
            var byConstants = Members.Rotation(nameof(ByConstants), word, typeof(int), typeof(int));
            return up == 0 ? value : new OperationNode(value.Type, il =>
            {
                il.Emit(OpCodes.Ldc_I4, up);
                il.Emit(OpCodes.Ldc_I4, bits - up);
                il.Emit(OpCodes.Call, byConstants);
            }, value);
        }

        var method = Members.Rotation(left ? nameof(Left) : nameof(Right), word, typeof(int));
        return new OperationNode(value.Type, il =>
        {
            if (wide) il.Emit(OpCodes.Conv_I4);
            il.Emit(OpCodes.Call, method);
        }, value, count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint ByConstants(uint value, int left, int right) => (value << left) + (value >> right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong ByConstants(ulong value, int left, int right) => (value << left) + (value >> right);

    // The second shift is made in two steps, so that nothing is left of it where the count is 0.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Left(uint value, int count) => (value << (count & 31)) + (value >> 1 >> (31 - (count & 31)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Left(ulong value, int count) => (value << (count & 63)) + (value >> 1 >> (63 - (count & 63)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Right(uint value, int count) => (value >> (count & 31)) + (value << 1 << (31 - (count & 31)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Right(ulong value, int count) => (value >> (count & 63)) + (value << 1 << (63 - (count & 63)));

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static bool RotatedIsNotZero(uint value) => BitOperations.RotateLeft(value, 29) != 0 && Seen(value);

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static bool RotatedIsNotZero(ulong value) => BitOperations.RotateLeft(value, 29) != 0 && Seen((uint)value);

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static bool RotatedRightIsNotZero(uint value) => BitOperations.RotateRight(value, 29) != 0 && Seen(value);

    // A call that stays one: the fault shows in branches.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool Seen(uint value) => value == 0;
}
