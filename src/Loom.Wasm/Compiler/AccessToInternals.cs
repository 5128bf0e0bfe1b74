using System.Reflection;
using System.Reflection.Emit;

namespace Loom.Wasm;

/// <summary>
/// Lets a generated assembly use the internals of this one: the runtime honours an attribute of the name
/// <c>System.Runtime.CompilerServices.IgnoresAccessChecksToAttribute</c>, wherever it is defined.
/// </summary>
internal static class AccessToInternals
{
    private const string Name = "System.Runtime.CompilerServices.IgnoresAccessChecksToAttribute";

    /// <summary>Defines the attribute in a generated module and gives it for this assembly.</summary>
    public static CustomAttributeBuilder Attribute(ModuleBuilder module)
    {
        var type = module.DefineType(Name, TypeAttributes.NotPublic | TypeAttributes.Sealed, typeof(Attribute));
        var field = type.DefineField("name", typeof(string), FieldAttributes.Private);
        var constructor = type.DefineConstructor(MethodAttributes.Public, CallingConventions.HasThis, [typeof(string)]);
        var il = constructor.GetILGenerator();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Call, typeof(Attribute).GetConstructor(BindingFlags.Instance | BindingFlags.NonPublic, [])!);
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Stfld, field);
        il.Emit(OpCodes.Ret);
        var made = type.CreateType();
        return new CustomAttributeBuilder(made.GetConstructor([typeof(string)])!, [typeof(AccessToInternals).Assembly.GetName().Name!]);
    }
}
