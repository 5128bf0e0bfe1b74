using System.Reflection.Emit;

namespace Loom.Wasm;

/// <summary>
/// The way into a function whose frame may be larger than what is kept free at the end of the thread's stack: looks whether there is room for
/// it, and only then calls the method that has the frame.
/// </summary>
internal static class LargeFunction
{
    /// <summary>Writes the entry of a function that needs so many bytes.</summary>
    public static void EmitEntry(ILGenerator il, FunctionType type, MethodBuilder body, int room)
    {
        var full = il.DefineLabel();
        EmitCheck(il, room, full, static i =>
        {
            i.Emit(OpCodes.Ldarg_0);
            i.Emit(OpCodes.Ldfld, Members.Store);
        });
        for (var i = 0; i <= Convention.StackPosition(type); i++) il.EmitLoadArgument(i);
        il.Emit(OpCodes.Call, body);
        il.Emit(OpCodes.Ret);
        il.MarkLabel(full);
        il.Emit(OpCodes.Ldc_I4, (int)TrapKind.HostStack);
        il.Emit(OpCodes.Call, Members.Throw);
        il.Emit(OpCodes.Ldnull);
        il.Emit(OpCodes.Throw);
    }

    /// <summary>Branches away when the frame at hand, and so many bytes below it, reach beyond the floor of the thread's stack.</summary>
    public static void EmitCheck(ILGenerator il, int room, System.Reflection.Emit.Label full, Action<ILGenerator> loadStore)
    {
        // Its address is all that is wanted of it.
        il.Emit(OpCodes.Ldloca, il.DeclareLocal(typeof(int)));
        il.Emit(OpCodes.Conv_U);
        if (room > 0)
        {
            il.Emit(OpCodes.Ldc_I4, room);
            il.Emit(OpCodes.Conv_I);
            il.Emit(OpCodes.Sub);
        }

        loadStore(il);
        il.Emit(OpCodes.Ldfld, Members.StackFloor);
        il.Emit(OpCodes.Blt_Un, full);
    }
}
