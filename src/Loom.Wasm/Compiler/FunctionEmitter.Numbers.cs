using System.Reflection.Emit;

namespace Loom.Wasm;

/// <summary>Operations on numbers. Those that can trap are evaluated where they stand; all others wait.</summary>
internal sealed partial class FunctionEmitter
{
    private bool EmitNumeric(Opcode opcode)
    {
        if (avoidsRotations && opcode is Opcode.I32Rotl or Opcode.I32Rotr or Opcode.I64Rotl or Opcode.I64Rotr)
        {
            var count = stack.Pop();
            stack.Push(Rotation.Of(stack.Pop(), count, opcode is Opcode.I32Rotl or Opcode.I64Rotl));
            return true;
        }

        if (Operations.Find(opcode, out var operation))
        {
            PushOperation(operation);
            return true;
        }

        if (Operations.FindComparison(opcode, out var found))
        {
            var right = stack.Pop();
            stack.Push(new ComparisonNode(found.Comparison, stack.Pop(), right));
            return true;
        }

        switch (opcode)
        {
            case Opcode.I32Eqz:
                var value = stack.Pop();
                stack.Push(value is ComparisonNode comparison
                    ? comparison.Negated()
                    : new ComparisonNode(Comparison.Equal, value, new ConstantNode(ValueType.I32, 0)));
                return true;
            case Opcode.I64Eqz:
                stack.Push(new ComparisonNode(Comparison.Equal, stack.Pop(), new ConstantNode(ValueType.I64, 0)));
                return true;
            case Opcode.I32DivS or Opcode.I64DivS:
                EmitDivision(OpCodes.Div, signed: true);
                return true;
            case Opcode.I32DivU or Opcode.I64DivU:
                EmitDivision(OpCodes.Div_Un, signed: false);
                return true;
            case Opcode.I32RemU or Opcode.I64RemU:
                EmitDivision(OpCodes.Rem_Un, signed: false);
                return true;
            case Opcode.I32RemS or Opcode.I64RemS:
                EmitSignedRemainder();
                return true;
            default:
                return EmitTruncation(opcode);
        }
    }

    private void PushOperation(Operation operation)
    {
        var operands = new Node[operation.Operands.Length];
        for (var i = operands.Length - 1; i >= 0; i--) operands[i] = stack.Pop();
        if (operation.MayGiveNaN && !module.Options.CanonicalNaN) KeepApart(operands);
        var node = new OperationNode(operation.Result, operation.Emit, operands);
        stack.Push(operation.MayGiveNaN && module.Options.CanonicalNaN ? Canonical(node) : node);
    }

    // Where NaNs are not made canonical, an operation with 0 or 1 still has to be carried out, for what it does to a signalling NaN.
    private static void KeepApart(Node[] operands)
    {
        for (var i = 0; i < operands.Length; i++)
        {
            if (operands[i] is ConstantNode { IsIdentity: true } constant) operands[i] = constant.Opaque();
        }
    }

    private static OperationNode Canonical(Node node)
    {
        var method = Members.Numerics("Canonical", Convention.Of(node.Type));
        return new OperationNode(node.Type, il => il.Emit(OpCodes.Call, method), node);
    }

    private void EmitDivision(OpCode instruction, bool signed)
    {
        var divisor = stack.Reusable(stack.Pop());
        var dividend = signed ? stack.Reusable(stack.Pop()) : stack.Pop();
        var type = dividend.Type;
        EmitZeroCheck(divisor);
        if (signed && !(divisor is ConstantNode constant && !IsMinusOne(constant))) EmitOverflowCheck(dividend, divisor);
        dividend.Emit(il);
        divisor.Emit(il);
        il.Emit(instruction);
        stack.Push(stack.StoreTemporary(type));
    }

    // The least integer divided by -1 leaves 0; the processor would fault.
    private void EmitSignedRemainder()
    {
        var divisor = stack.Reusable(stack.Pop());
        var dividend = stack.Pop();
        var type = dividend.Type;
        EmitZeroCheck(divisor);
        dividend.Emit(il);
        EmitKeep(divisor);
        if (divisor is ConstantNode constant && !IsMinusOne(constant)) il.Emit(OpCodes.Rem);
        else il.Emit(OpCodes.Call, Members.Numerics(type == ValueType.I32 ? "I32RemS" : "I64RemS"));
        Release(divisor);
        stack.Push(stack.StoreTemporary(type));
    }

    private static bool IsMinusOne(ConstantNode constant) => constant.Type == ValueType.I32 ? (int)constant.Bits == -1 : (long)constant.Bits == -1;

    private void EmitZeroCheck(Node divisor)
    {
        if (divisor is ConstantNode { Bits: not 0 }) return;
        EmitKeep(divisor);
        il.Emit(OpCodes.Brfalse, traps.Of(TrapKind.DivideByZero));
    }

    private void EmitOverflowCheck(Node dividend, Node divisor)
    {
        var fine = il.DefineLabel();
        EmitKeep(divisor);
        new ConstantNode(divisor.Type, ulong.MaxValue).Emit(il);
        il.Emit(OpCodes.Bne_Un, fine);
        EmitKeep(dividend);
        new ConstantNode(dividend.Type, dividend.Type == ValueType.I32 ? 0x8000_0000 : 0x8000_0000_0000_0000).Emit(il);
        il.Emit(OpCodes.Beq, traps.Of(TrapKind.IntegerOverflow));
        il.MarkLabel(fine);
    }

    // Reads a node that is simple or a temporary, and leaves it to be read again.
    private void EmitKeep(Node node)
    {
        if (node is TemporaryNode temporary) temporary.EmitKeep(il);
        else node.Emit(il);
    }

    private static void Release(Node node) => (node as TemporaryNode)?.Release();

    // A float is converted when it lies strictly between two bounds that are exact in its type; the integers at the ends follow from rounding.
    private bool EmitTruncation(Opcode opcode)
    {
        var (from, to, lower, upper, conversion) = opcode switch
        {
            Opcode.I32TruncF32S => (ValueType.F32, ValueType.I32, -2147483904.0, 2147483648.0, OpCodes.Conv_I4),
            Opcode.I32TruncF32U => (ValueType.F32, ValueType.I32, -1.0, 4294967296.0, OpCodes.Conv_U4),
            Opcode.I32TruncF64S => (ValueType.F64, ValueType.I32, -2147483649.0, 2147483648.0, OpCodes.Conv_I4),
            Opcode.I32TruncF64U => (ValueType.F64, ValueType.I32, -1.0, 4294967296.0, OpCodes.Conv_U4),
            Opcode.I64TruncF32S => (ValueType.F32, ValueType.I64, -9223373136366403584.0, 9223372036854775808.0, OpCodes.Conv_I8),
            Opcode.I64TruncF32U => (ValueType.F32, ValueType.I64, -1.0, 18446744073709551616.0, OpCodes.Conv_U8),
            Opcode.I64TruncF64S => (ValueType.F64, ValueType.I64, -9223372036854777856.0, 9223372036854775808.0, OpCodes.Conv_I8),
            Opcode.I64TruncF64U => (ValueType.F64, ValueType.I64, -1.0, 18446744073709551616.0, OpCodes.Conv_U8),
            _ => default,
        };
        if (from == 0) return false;

        var value = stack.Pop();
        value.Emit(il);
        var local = from == ValueType.F32 ? FloatToConvert : DoubleToConvert;
        var bad = traps.OfConversion(local);
        il.Emit(OpCodes.Stloc, local);
        EmitBound(local, from, lower);
        il.Emit(OpCodes.Ble_Un, bad);
        EmitBound(local, from, upper);
        il.Emit(OpCodes.Bge_Un, bad);
        il.Emit(OpCodes.Ldloc, local);
        il.Emit(conversion);
        stack.Push(stack.StoreTemporary(to));
        return true;
    }

    private void EmitBound(LocalBuilder local, ValueType type, double bound)
    {
        il.Emit(OpCodes.Ldloc, local);
        if (type == ValueType.F32) il.Emit(OpCodes.Ldc_R4, (float)bound);
        else il.Emit(OpCodes.Ldc_R8, bound);
    }

    private LocalBuilder FloatToConvert => floatToConvert ??= il.DeclareLocal(typeof(float));

    private LocalBuilder DoubleToConvert => doubleToConvert ??= il.DeclareLocal(typeof(double));

    private LocalBuilder? floatToConvert;
    private LocalBuilder? doubleToConvert;
}
