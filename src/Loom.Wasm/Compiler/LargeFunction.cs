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
        EmitCheck(il, room, static i =>
        {
            i.Emit(OpCodes.Ldarg_0);
            i.Emit(OpCodes.Ldfld, Members.Store);
        });
        for (var i = 0; i <= Convention.StackPosition(type); i++) il.EmitLoadArgument(i);
        il.Emit(OpCodes.Call, body);
        il.Emit(OpCodes.Ret);
    }

    /// <summary>Traps when the frame at hand, and so many bytes below it, reach beyond the floor of the thread's stack.</summary>
    public static void EmitCheck(ILGenerator il, int room, Action<ILGenerator> loadStore)
    {
        var fine = il.DefineLabel();

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
        il.Emit(OpCodes.Bge_Un, fine);
        loadStore(il);
        il.Emit(OpCodes.Ldc_I4, room);
        il.Emit(OpCodes.Call, Members.MakeRoom);
        il.MarkLabel(fine);
    }
}
