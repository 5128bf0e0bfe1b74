using System.Reflection.Emit;

namespace Loom.Wasm;

/// <summary>
/// A value that is not computed yet: it will be, where it is used or where it can wait no longer. Evaluating a node has no effect and cannot
/// trap, so when it happens makes no difference as long as nothing that it reads was changed.
/// </summary>
internal abstract class Node(ValueType type)
{
    /// <summary>Deeper expressions are cut by a temporary: the just-in-time compiler walks them recursively.</summary>
    public const int MostDepth = 24;

    public ValueType Type { get; } = type;

    /// <summary>Height of the expression.</summary>
    public virtual int Depth => 1;

    /// <summary>Whether its value depends on the linear memory.</summary>
    public virtual bool ReadsMemory => false;

    /// <summary>Whether its value depends on a mutable global.</summary>
    public virtual bool ReadsGlobals => false;

    /// <summary>The locals that it reads, as a set of <c>1 &lt;&lt; index % 64</c>: a superset.</summary>
    public virtual ulong Locals => 0;

    /// <summary>Whether evaluating it is as cheap as reading a variable and changes no temporary, so that it may be evaluated more than once.</summary>
    public virtual bool IsSimple => false;

    /// <summary>Puts the value on the evaluation stack; temporaries that it used are free after that.</summary>
    public abstract void Emit(ILGenerator il);

    /// <summary>Frees the temporaries of a node that will not be evaluated any more.</summary>
    public virtual void Release()
    {
    }
}

/// <summary>A number, or a null reference.</summary>
internal sealed class ConstantNode(ValueType type, ulong bits, bool opaque = false) : Node(type)
{
    public ulong Bits { get; } = bits;

    public override bool IsSimple => true;

    public override void Emit(ILGenerator il)
    {
        switch (Type)
        {
            case ValueType.I32:
                il.Emit(OpCodes.Ldc_I4, (int)Bits);
                break;
            case ValueType.I64:
                il.Emit(OpCodes.Ldc_I8, (long)Bits);
                break;
            case ValueType.F32:
                EmitFloat(il);
                break;
            case ValueType.F64:
                EmitDouble(il);
                break;
            default:
                il.Emit(OpCodes.Ldnull);
                break;
        }
    }

    private void EmitFloat(ILGenerator il)
    {
        var value = BitConverter.UInt32BitsToSingle((uint)Bits);
        if (!float.IsNaN(value) && !opaque)
        {
            il.Emit(OpCodes.Ldc_R4, value);
            return;
        }

        il.Emit(OpCodes.Ldc_I4, (int)Bits);
        il.Emit(OpCodes.Call, Members.OpaqueFloat);
    }

    private void EmitDouble(ILGenerator il)
    {
        var value = BitConverter.UInt64BitsToDouble(Bits);
        if (!double.IsNaN(value) && !opaque)
        {
            il.Emit(OpCodes.Ldc_R8, value);
            return;
        }

        il.Emit(OpCodes.Ldc_I8, (long)Bits);
        il.Emit(OpCodes.Call, Members.OpaqueDouble);
    }

    /// <summary>
    /// The same constant in a form that the just-in-time compiler does not see through, for where it would fold an operation away that has to
    /// make a quiet NaN of a signalling one: x + -0, x - 0, x * 1, x / 1.
    /// </summary>
    public ConstantNode Opaque() => new(Type, Bits, opaque: true);

    /// <summary>Whether it is a float that leaves the other operand of some operation as it is.</summary>
    public bool IsIdentity => Type switch
    {
        ValueType.F32 => Math.Abs(BitConverter.UInt32BitsToSingle((uint)Bits)) is 0 or 1,
        ValueType.F64 => Math.Abs(BitConverter.UInt64BitsToDouble(Bits)) is 0 or 1,
        _ => false,
    };
}

/// <summary>A local of the guest's function.</summary>
internal sealed class LocalNode(Variable variable, int index) : Node(variable.Type)
{
    public int Index { get; } = index;

    public override bool IsSimple => true;

    public override ulong Locals => 1UL << (Index & 63);

    public override void Emit(ILGenerator il) => variable.EmitLoad(il);
}

/// <summary>What an operand of that height holds where paths meet.</summary>
internal sealed class SlotNode(ValueType type, LocalBuilder slot) : Node(type)
{
    public LocalBuilder Slot { get; } = slot;

    public override bool IsSimple => true;

    public override void Emit(ILGenerator il) => il.Emit(OpCodes.Ldloc, Slot);
}

/// <summary>A temporary, used once and then free for others.</summary>
internal sealed class TemporaryNode(ValueType type, LocalBuilder temporary, Stack<LocalBuilder> free) : Node(type)
{
    public override void Emit(ILGenerator il)
    {
        EmitKeep(il);
        Release();
    }

    public override void Release() => free.Push(temporary);

    /// <summary>Puts its address on the evaluation stack.</summary>
    public void EmitAddress(ILGenerator il) => il.Emit(OpCodes.Ldloca, temporary);

    /// <summary>Reads it and keeps it for another use.</summary>
    public void EmitKeep(ILGenerator il) => il.Emit(OpCodes.Ldloc, temporary);

    /// <summary>Gives it another value, from the evaluation stack.</summary>
    public void EmitStore(ILGenerator il) => il.Emit(OpCodes.Stloc, temporary);
}

/// <summary>A private global variable.</summary>
internal sealed class GlobalNode(ValueType type, Action<ILGenerator> read) : Node(type)
{
    public override bool ReadsGlobals => true;

    public override void Emit(ILGenerator il) => read(il);
}

/// <summary>An operation without effects on one, two or three values.</summary>
internal sealed class OperationNode : Node
{
    private readonly Node[] operands;
    private readonly Action<ILGenerator> operation;

    public OperationNode(ValueType type, Action<ILGenerator> operation, params Node[] operands)
        : base(type)
    {
        this.operands = operands;
        this.operation = operation;
        foreach (var operand in operands)
        {
            Depth = Math.Max(Depth, operand.Depth + 1);
            ReadsMemory |= operand.ReadsMemory;
            ReadsGlobals |= operand.ReadsGlobals;
            Locals |= operand.Locals;
        }
    }

    public override int Depth { get; }

    public override bool ReadsMemory { get; }

    public override bool ReadsGlobals { get; }

    public override ulong Locals { get; }

    public override void Emit(ILGenerator il)
    {
        foreach (var operand in operands) operand.Emit(il);
        operation(il);
    }

    public override void Release()
    {
        foreach (var operand in operands) operand.Release();
    }
}

/// <summary>A comparison; a branch on it needs no 0 or 1 in between.</summary>
internal sealed class ComparisonNode(Comparison comparison, Node left, Node right) : Node(ValueType.I32)
{
    public override int Depth => Math.Max(left.Depth, right.Depth) + 1;

    public override bool ReadsMemory => left.ReadsMemory || right.ReadsMemory;

    public override bool ReadsGlobals => left.ReadsGlobals || right.ReadsGlobals;

    public override ulong Locals => left.Locals | right.Locals;

    /// <summary>The comparison that holds where this one does not.</summary>
    public ComparisonNode Negated() => new(comparison.Negated, left, right);

    public override void Emit(ILGenerator il)
    {
        left.Emit(il);
        right.Emit(il);
        comparison.EmitValue(il);
    }

    public override void Release()
    {
        left.Release();
        right.Release();
    }

    /// <summary>Branches when it holds.</summary>
    public void EmitBranch(ILGenerator il, System.Reflection.Emit.Label target)
    {
        left.Emit(il);
        right.Emit(il);
        il.Emit(comparison.Branch, target);
    }
}

/// <summary>A load whose bounds are checked already.</summary>
internal sealed class LoadNode(ValueType type, Node address, Action<ILGenerator, Node> load) : Node(type)
{
    public override int Depth => address.Depth + 1;

    public override bool ReadsMemory => true;

    public override bool ReadsGlobals => address.ReadsGlobals;

    public override ulong Locals => address.Locals;

    public override void Emit(ILGenerator il) => load(il, address);

    public override void Release() => address.Release();
}

/// <summary>A choice between two integers, without a branch that the processor could guess wrong: <c>o ^ ((v ^ o) &amp; -condition)</c>.</summary>
internal sealed class SelectNode(ComparisonNode condition, Node value, Node otherwise) : Node(value.Type)
{
    public override int Depth => Math.Max(Math.Max(condition.Depth, value.Depth), otherwise.Depth) + 1;

    public override bool ReadsMemory => condition.ReadsMemory || value.ReadsMemory || otherwise.ReadsMemory;

    public override bool ReadsGlobals => condition.ReadsGlobals || value.ReadsGlobals || otherwise.ReadsGlobals;

    public override ulong Locals => condition.Locals | value.Locals | otherwise.Locals;

    /// <summary>Emits it. <c>otherwise</c> is read twice: a variable, a constant or a temporary.</summary>
    public override void Emit(ILGenerator il)
    {
        value.Emit(il);
        if (otherwise is TemporaryNode temporary) temporary.EmitKeep(il);
        else otherwise.Emit(il);
        il.Emit(OpCodes.Xor);
        condition.Emit(il);
        if (Type == ValueType.I64) il.Emit(OpCodes.Conv_I8);
        il.Emit(OpCodes.Neg);
        il.Emit(OpCodes.And);
        otherwise.Emit(il);
        il.Emit(OpCodes.Xor);
    }

    public override void Release()
    {
        condition.Release();
        value.Release();
        otherwise.Release();
    }
}
