using System.Numerics;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Loom.Wasm;

/// <summary>The members that generated code uses, looked up once and by name so that a renamed one fails at the first compilation.</summary>
internal static class Members
{
    private const BindingFlags Any = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    public static readonly MethodInfo DoubleFromBits = Method(typeof(BitConverter), nameof(BitConverter.Int64BitsToDouble));
    public static readonly MethodInfo BitsOfFloat = Method(typeof(BitConverter), nameof(BitConverter.SingleToInt32Bits));
    public static readonly MethodInfo BitsOfDouble = Method(typeof(BitConverter), nameof(BitConverter.DoubleToInt64Bits));

    public static readonly MethodInfo OpaqueFloat = Method(typeof(GeneratedCode), nameof(GeneratedCode.OpaqueFloat));
    public static readonly MethodInfo OpaqueDouble = Method(typeof(GeneratedCode), nameof(GeneratedCode.OpaqueDouble));
    public static readonly MethodInfo OpaquePromote = Method(typeof(GeneratedCode), nameof(GeneratedCode.OpaquePromote));

    public static readonly FieldInfo Store = Field(typeof(Instance), nameof(Instance.Store));
    public static readonly FieldInfo Memory = Field(typeof(Instance), nameof(Instance.Memory));
    public static readonly FieldInfo Tables = Field(typeof(Instance), nameof(Instance.Tables));
    public static readonly FieldInfo Globals = Field(typeof(Instance), nameof(Instance.Globals));
    public static readonly FieldInfo Functions = Field(typeof(Instance), nameof(Instance.Functions));
    public static readonly MethodInfo FunctionAt = Method(typeof(Instance), nameof(Instance.FunctionAt), typeof(int));
    public static readonly FieldInfo Types = Field(typeof(CompiledInstance), nameof(CompiledInstance.Types));

    public static readonly FieldInfo StackFloor = Field(typeof(Store), nameof(Loom.Wasm.Store.StackFloor));
    public static readonly FieldInfo FuelLeft = Field(typeof(Store), nameof(Loom.Wasm.Store.FuelLeft));
    public static readonly FieldInfo Interrupted = Field(typeof(Store), nameof(Loom.Wasm.Store.Interrupted));
    public static readonly FieldInfo MemoryBase = Field(typeof(LinearMemory), nameof(LinearMemory.Base));
    public static readonly FieldInfo MemoryLength = Field(typeof(LinearMemory), nameof(LinearMemory.Length));
    public static readonly FieldInfo Elements = Field(typeof(Table), nameof(Table.Elements));
    public static readonly FieldInfo GlobalBits = Field(typeof(Global), nameof(Global.Bits));
    public static readonly FieldInfo GlobalReference = Field(typeof(Global), nameof(Global.Reference));

    public static readonly FieldInfo Code = Field(typeof(CompiledFunction), nameof(CompiledFunction.Code));
    public static readonly FieldInfo Context = Field(typeof(CompiledFunction), nameof(CompiledFunction.Context));
    public static readonly MethodInfo FunctionType = typeof(Function).GetProperty(nameof(Function.Type))!.GetMethod!;
    public static readonly MethodInfo HostCall = Method(typeof(HostCall), nameof(Wasm.HostCall.Call));
    public static readonly MethodInfo MakeRoom = Method(typeof(NativeStack), nameof(NativeStack.MakeRoom));
    public static readonly MethodInfo CheckType = Method(typeof(GeneratedCode), nameof(GeneratedCode.CheckType));
    public static readonly MethodInfo Throw = Method(typeof(GeneratedCode), nameof(GeneratedCode.Throw));
    public static readonly MethodInfo ThrowConversion = Method(typeof(GeneratedCode), nameof(GeneratedCode.ThrowConversion));

    /// <summary>A method of <see cref="BitOperations"/> on unsigned integers.</summary>
    public static MethodInfo Bits(string name, params Type[] types) => typeof(BitOperations).GetMethod(name, types) ?? throw Missing(typeof(BitOperations), name);

    /// <summary>A method of <see cref="Math"/> or <see cref="MathF"/>.</summary>
    public static MethodInfo Math(Type type, string name, params Type[] types) => type.GetMethod(name, types) ?? throw Missing(type, name);

    /// <summary>A method of that name of <see cref="Wasm.Numerics"/>.</summary>
    public static MethodInfo Numerics(string name, params Type[] types) =>
        types.Length == 0 ? Method(typeof(Numerics), name) : Method(typeof(Numerics), name, types);

    /// <summary>A method of <see cref="Rotation"/> with that name and those parameters.</summary>
    public static MethodInfo Rotation(string name, params Type[] types) => Method(typeof(Rotation), name, types);

    /// <summary>A method of that name of <see cref="BulkOperations"/>.</summary>
    public static MethodInfo Bulk(string name) => Method(typeof(BulkOperations), name);

    private static MethodInfo Method(Type type, string name) => type.GetMethod(name, Any) ?? throw Missing(type, name);

    private static MethodInfo Method(Type type, string name, params Type[] types) => type.GetMethod(name, Any, types) ?? throw Missing(type, name);

    private static FieldInfo Field(Type type, string name) => type.GetField(name, Any) ?? throw Missing(type, name);

    private static MissingMemberException Missing(Type type, string name) => new(type.FullName, name);
}

/// <summary>What generated code calls instead of spelling it out.</summary>
internal static class GeneratedCode
{
    /// <summary>Ends the run. The just-in-time compiler sees that it never returns and moves the call out of the way.</summary>
    public static void Throw(TrapKind kind) => throw TrapException.Of(kind);

    /// <summary>Ends the run after a conversion to an integer that does not fit.</summary>
    public static void ThrowConversion(double value) => throw TrapException.Of(double.IsNaN(value) ? TrapKind.InvalidConversion : TrapKind.IntegerOverflow);

    /// <summary>
    /// A float from its bits. The just-in-time compiler keeps float constants as doubles and so loses the bits of a signalling NaN; it does not
    /// look through a volatile read.
    /// </summary>
    public static float OpaqueFloat(int bits) => Volatile.Read(ref Unsafe.As<int, float>(ref bits));

    /// <summary>A double from its bits, as a value that the just-in-time compiler knows nothing of.</summary>
    public static double OpaqueDouble(long bits) => Volatile.Read(ref Unsafe.As<long, double>(ref bits));

    /// <summary>The conversion of a float to a double, kept apart from a conversion back that would cancel it.</summary>
    public static double OpaquePromote(float value)
    {
        double wide = value;
        return Volatile.Read(ref wide);
    }

    /// <summary>The slow half of the check of an indirect call: two modules have equal types as two objects.</summary>
    public static bool CheckType(Function function, FunctionType expected) => function.Type.Equals(expected);
}
