using System.Reflection;
using System.Reflection.Emit;

namespace Loom.Wasm;

/// <summary>Writes the methods that carry values across the edge of the engine, one pair for each function type.</summary>
internal sealed class AdapterEmitter(TypeBuilder type)
{
    private static readonly MethodInfo Argument = typeof(AdapterEmitter).GetMethod(nameof(ArgumentBits), BindingFlags.Static | BindingFlags.NonPublic)!;
    private static readonly MethodInfo ArgumentReference = typeof(AdapterEmitter).GetMethod(nameof(ArgumentObject), BindingFlags.Static | BindingFlags.NonPublic)!;
    private static readonly MethodInfo Result = typeof(AdapterEmitter).GetMethod(nameof(SetBits), BindingFlags.Static | BindingFlags.NonPublic)!;
    private static readonly MethodInfo ResultReference = typeof(AdapterEmitter).GetMethod(nameof(SetObject), BindingFlags.Static | BindingFlags.NonPublic)!;

    /// <summary>Writes <c>void invoke(nint code, object context, ReadOnlySpan&lt;Value&gt; arguments, Span&lt;Value&gt; results, int stack)</c>.</summary>
    public void EmitInvoker(string name, FunctionType signature)
    {
        var il = Define(name, typeof(void), [typeof(nint), typeof(object), typeof(ReadOnlySpan<Value>), typeof(Span<Value>), typeof(int)]);
        var results = new LocalBuilder[signature.Results.Length];
        for (var i = 0; i < results.Length; i++) results[i] = il.DeclareLocal(Convention.Of(signature.Results[i]));

        il.Emit(OpCodes.Ldarg_1);
        for (var i = 0; i < signature.Parameters.Length; i++)
        {
            il.Emit(OpCodes.Ldarg_2);
            il.Emit(OpCodes.Ldc_I4, i);
            if (IsReference(signature.Parameters[i]))
            {
                il.Emit(OpCodes.Call, ArgumentReference);
            }
            else
            {
                il.Emit(OpCodes.Call, Argument);
                EmitFromBits(il, signature.Parameters[i]);
            }
        }

        for (var i = 1; i < results.Length; i++) il.Emit(OpCodes.Ldloca, results[i]);
        il.EmitLoadArgument(4);
        il.Emit(OpCodes.Ldarg_0);
        il.EmitCalli(OpCodes.Calli, CallingConventions.Standard, Convention.Result(signature), Convention.Parameters(signature, typeof(object)), null);
        if (results.Length > 0) il.Emit(OpCodes.Stloc, results[0]);
        for (var i = 0; i < results.Length; i++)
        {
            il.Emit(OpCodes.Ldarg_3);
            il.Emit(OpCodes.Ldc_I4, i);
            il.Emit(OpCodes.Ldc_I4, (int)signature.Results[i]);
            il.Emit(OpCodes.Ldloc, results[i]);
            if (!IsReference(signature.Results[i])) EmitToBits(il, signature.Results[i]);
            il.Emit(OpCodes.Call, IsReference(signature.Results[i]) ? ResultReference : Result);
        }

        il.Emit(OpCodes.Ret);
    }

    /// <summary>Writes the method that a guest calls for a host function: it packs the arguments into an array of bits on the stack.</summary>
    public void EmitHostThunk(string name, FunctionType signature)
    {
        // A host function takes and gives numbers only, and few of them.
        if (signature.Parameters.Length > HostFunction.MaxValues || signature.Results.Length > HostFunction.MaxValues) return;
        foreach (var value in (ReadOnlySpan<ValueType>)[.. signature.Parameters, .. signature.Results])
        {
            if (IsReference(value)) return;
        }

        var il = Define(name, Convention.Result(signature), Convention.Parameters(signature, typeof(HostCall)));
        var values = il.DeclareLocal(typeof(ulong*));
        il.Emit(OpCodes.Ldc_I4, 8 * Math.Max(1, Math.Max(signature.Parameters.Length, signature.Results.Length)));
        il.Emit(OpCodes.Conv_U);
        il.Emit(OpCodes.Localloc);
        il.Emit(OpCodes.Stloc, values);
        for (var i = 0; i < signature.Parameters.Length; i++)
        {
            EmitPlace(il, values, i);
            il.EmitLoadArgument(i + 1);
            EmitToBits(il, signature.Parameters[i]);
            il.Emit(OpCodes.Stind_I8);
        }

        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldloc, values);
        il.EmitLoadArgument(Convention.StackPosition(signature));
        il.Emit(OpCodes.Call, Members.HostCall);
        for (var i = 1; i < signature.Results.Length; i++)
        {
            il.EmitLoadArgument(Convention.ResultPosition(signature, i));
            EmitPlace(il, values, i);
            il.Emit(OpCodes.Ldind_I8);
            EmitFromBits(il, signature.Results[i]);
            il.Emit(OpCodes.Stobj, Convention.Of(signature.Results[i]));
        }

        if (signature.Results.Length > 0)
        {
            EmitPlace(il, values, 0);
            il.Emit(OpCodes.Ldind_I8);
            EmitFromBits(il, signature.Results[0]);
        }

        il.Emit(OpCodes.Ret);
    }

    private ILGenerator Define(string name, Type result, Type[] parameters) =>
        type.DefineMethod(name, MethodAttributes.Public | MethodAttributes.Static, result, parameters).GetILGenerator();

    private static void EmitPlace(ILGenerator il, LocalBuilder values, int index)
    {
        il.Emit(OpCodes.Ldloc, values);
        il.Emit(OpCodes.Ldc_I4, 8 * index);
        il.Emit(OpCodes.Add);
    }

    private static void EmitFromBits(ILGenerator il, ValueType type)
    {
        if (type is ValueType.I32 or ValueType.F32) il.Emit(OpCodes.Conv_I4);
        if (type == ValueType.F32) il.Emit(OpCodes.Call, Members.OpaqueFloat);
        if (type == ValueType.F64) il.Emit(OpCodes.Call, Members.DoubleFromBits);
    }

    private static void EmitToBits(ILGenerator il, ValueType type)
    {
        if (type == ValueType.F32) il.Emit(OpCodes.Call, Members.BitsOfFloat);
        if (type == ValueType.F64) il.Emit(OpCodes.Call, Members.BitsOfDouble);
        if (type is ValueType.I32 or ValueType.F32) il.Emit(OpCodes.Conv_U8);
    }

    private static bool IsReference(ValueType type) => type is ValueType.FuncRef or ValueType.ExternRef;

    private static ulong ArgumentBits(ReadOnlySpan<Value> arguments, int index) => arguments[index].Bits;

    private static object? ArgumentObject(ReadOnlySpan<Value> arguments, int index) => arguments[index].Reference;

    private static void SetBits(Span<Value> results, int index, ValueType type, ulong bits) => results[index] = Value.Number(type, bits);

    private static void SetObject(Span<Value> results, int index, ValueType type, object? reference) => results[index] = Value.Ref(type, reference);
}
