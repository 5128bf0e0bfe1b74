using System.Reflection.Emit;

namespace Loom.Wasm;

/// <summary>Calls: of the module's own functions directly, of all others through the address that a <see cref="CompiledFunction"/> holds.</summary>
internal sealed partial class FunctionEmitter
{
    private void EmitCall(int index)
    {
        var type = module.Module.FunctionTypes[index];
        var arguments = PopArguments(type);
        BeforeCall();
        if (index >= module.Module.ImportedFunctions)
        {
            il.Emit(OpCodes.Ldarg_0);
            var further = EmitArguments(type, arguments);
            il.Emit(OpCodes.Call, module.Method(index));
            AfterCall(type, further);
            return;
        }

        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldfld, Members.Functions);
        il.Emit(OpCodes.Ldc_I4, index);
        il.Emit(OpCodes.Ldelem_Ref);
        il.Emit(OpCodes.Castclass, typeof(CompiledFunction));
        var callee = Callee;
        il.Emit(OpCodes.Stloc, callee);
        EmitCallOf(callee, type, arguments);
    }

    private void EmitCallIndirect(int typeIndex, int table)
    {
        var type = module.Module.Types[typeIndex];
        var index = stack.Reusable(stack.Pop());
        var arguments = PopArguments(type);
        var elements = Elements;
        EmitLoadTable(table);
        il.Emit(OpCodes.Ldfld, Members.Elements);
        il.Emit(OpCodes.Stloc, elements);

        if (index is TemporaryNode temporary) temporary.EmitKeep(il);
        else index.Emit(il);
        il.Emit(OpCodes.Ldloc, elements);
        il.Emit(OpCodes.Ldlen);
        il.Emit(OpCodes.Conv_I4);
        il.Emit(OpCodes.Bge_Un, traps.Of(TrapKind.UndefinedElement));

        var callee = Callee;
        il.Emit(OpCodes.Ldloc, elements);
        index.Emit(il);
        il.Emit(OpCodes.Ldelem_Ref);
        il.Emit(OpCodes.Castclass, typeof(CompiledFunction));
        il.Emit(OpCodes.Stloc, callee);
        il.Emit(OpCodes.Ldloc, callee);
        il.Emit(OpCodes.Brfalse, traps.Of(TrapKind.UninitializedElement));

        EmitTypeCheck(callee, typeIndex);
        BeforeCall();
        EmitCallOf(callee, type, arguments);
    }

    // Within a module equal types are one object; between modules they are compared.
    private void EmitTypeCheck(LocalBuilder callee, int typeIndex)
    {
        var same = il.DefineLabel();
        il.Emit(OpCodes.Ldloc, callee);
        il.Emit(OpCodes.Call, Members.FunctionType);
        EmitLoadType(typeIndex);
        il.Emit(OpCodes.Beq, same);
        il.Emit(OpCodes.Ldloc, callee);
        EmitLoadType(typeIndex);
        il.Emit(OpCodes.Call, Members.CheckType);
        il.Emit(OpCodes.Brfalse, traps.Of(TrapKind.IndirectCallType));
        il.MarkLabel(same);
    }

    private void EmitLoadType(int typeIndex)
    {
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldfld, Members.Types);
        il.Emit(OpCodes.Ldc_I4, typeIndex);
        il.Emit(OpCodes.Ldelem_Ref);
    }

    private void EmitCallOf(LocalBuilder callee, FunctionType type, Node[] arguments)
    {
        il.Emit(OpCodes.Ldloc, callee);
        il.Emit(OpCodes.Ldfld, Members.Context);
        var further = EmitArguments(type, arguments);
        il.Emit(OpCodes.Ldloc, callee);
        il.Emit(OpCodes.Ldfld, Members.Code);
        il.EmitCalli(OpCodes.Calli, System.Reflection.CallingConventions.Standard, Convention.Result(type), Convention.Parameters(type, typeof(object)), null);
        AfterCall(type, further);
    }

    private Node[] PopArguments(FunctionType type)
    {
        var arguments = new Node[type.Parameters.Length];
        for (var i = arguments.Length - 1; i >= 0; i--) arguments[i] = stack.Pop();
        return arguments;
    }

    private void BeforeCall()
    {
        stack.BeforeCall();
        EmitSaveFuel();
    }

    private TemporaryNode[] EmitArguments(FunctionType type, Node[] arguments)
    {
        foreach (var argument in arguments) argument.Emit(il);
        var further = new TemporaryNode[Math.Max(0, type.Results.Length - 1)];
        for (var i = 0; i < further.Length; i++)
        {
            further[i] = stack.NewTemporary(type.Results[i + 1]);
            further[i].EmitAddress(il);
        }

        il.EmitLoadArgument(Convention.StackPosition(code.Type));
        return further;
    }

    private void AfterCall(FunctionType type, TemporaryNode[] further)
    {
        if (type.Results.Length > 0) stack.Push(stack.StoreTemporary(type.Results[0]));
        foreach (var result in further) stack.Push(result);
        EmitLoadFuel();
        memoryIsStale = true;
    }

    private LocalBuilder Callee => callee ??= il.DeclareLocal(typeof(CompiledFunction));

    private LocalBuilder Elements => elements ??= il.DeclareLocal(typeof(object[]));

    private LocalBuilder? callee;
    private LocalBuilder? elements;
}
