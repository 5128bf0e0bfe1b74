using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Loom.Wasm;

/// <summary>The stack of operand types.</summary>
internal sealed partial class FunctionValidator
{
    /// <summary>The type of an operand that unreachable code conjures up: fits every type.</summary>
    private const ValueType Any = 0;

    private ValueType[] stack = new ValueType[Math.Min(256, module.Limits.OperandHeight)];
    private int height;
    private int floor; // height of the innermost frame
    private int maxHeight;

    private void ResetOperands()
    {
        height = 0;
        floor = 0;
        maxHeight = 0;
        depth = 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Push(ValueType type)
    {
        if (height == stack.Length) GrowStack(height + 1);
        stack[height++] = type;
    }

    private void Push(ValueType[] many)
    {
        if (many.Length > stack.Length - height) GrowStack(height + many.Length);
        many.CopyTo(stack.AsSpan(height));
        height += many.Length;
    }

    private ValueType PopAny()
    {
        if (height > floor) return stack[--height];
        return frames[depth - 1].Unreachable ? Any : throw Invalid($"type mismatch: {Name} finds the stack empty");
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Pop(ValueType expected)
    {
        if (height > floor && stack[height - 1] == expected) height--;
        else PopOdd(expected);
    }

    private void PopOdd(ValueType expected)
    {
        var found = PopAny();
        if (found != expected && found != Any) throw Invalid($"type mismatch: {Name} wants {expected}, it finds {found}");
    }

    private void Pop(ValueType[] many)
    {
        CheckTop(many);
        height = Math.Max(floor, height - many.Length);
    }

    /// <summary>Whether the top of the stack fits the types, which stay there.</summary>
    private void CheckTop(ValueType[] wanted)
    {
        if (height - floor >= wanted.Length && Bytes(stack.AsSpan(height - wanted.Length, wanted.Length)).SequenceEqual(Bytes(wanted))) return;
        for (var i = 1; i <= wanted.Length; i++)
        {
            if (height - i < floor)
            {
                if (frames[depth - 1].Unreachable) return;
                throw Invalid($"type mismatch: {Name} wants {wanted.Length} operands, it finds {height - floor}");
            }

            var found = stack[height - i];
            if (found != wanted[^i] && found != Any) throw Invalid($"type mismatch: {Name} wants {wanted[^i]}, it finds {found}");
        }
    }

    private static ReadOnlySpan<byte> Bytes(ReadOnlySpan<ValueType> types) => MemoryMarshal.AsBytes(types);

    private string Name => Operators.NameOf(current);

    private void GrowStack(int needed)
    {
        if (needed > limits.OperandHeight) throw TooLarge($"more than {limits.OperandHeight} operands on the stack");
        Array.Resize(ref stack, Math.Min(limits.OperandHeight, Math.Max(needed, stack.Length * 2)));
    }
}
