using System.Reflection.Emit;

namespace Loom.Wasm;

/// <summary>Where a local of the guest's function lives: an argument or a local of the generated method.</summary>
internal readonly struct Variable
{
    private readonly LocalBuilder? local;
    private readonly short argument;

    private Variable(ValueType type, LocalBuilder? local, short argument)
    {
        Type = type;
        this.local = local;
        this.argument = argument;
    }

    public ValueType Type { get; }

    public static Variable Argument(ValueType type, int position) => new(type, null, (short)position);

    public static Variable Local(ValueType type, LocalBuilder local) => new(type, local, 0);

    public void EmitLoad(ILGenerator il)
    {
        if (local is not null) il.Emit(OpCodes.Ldloc, local);
        else il.EmitLoadArgument(argument);
    }

    public void EmitStore(ILGenerator il)
    {
        if (local is not null) il.Emit(OpCodes.Stloc, local);
        else if (argument < 256) il.Emit(OpCodes.Starg_S, (byte)argument);
        else il.Emit(OpCodes.Starg, argument);
    }
}

/// <summary>The shortest forms of instructions.</summary>
internal static class ILGeneratorExtensions
{
    public static void EmitLoadArgument(this ILGenerator il, int position)
    {
        switch (position)
        {
            case 0:
                il.Emit(OpCodes.Ldarg_0);
                break;
            case 1:
                il.Emit(OpCodes.Ldarg_1);
                break;
            case 2:
                il.Emit(OpCodes.Ldarg_2);
                break;
            case 3:
                il.Emit(OpCodes.Ldarg_3);
                break;
            case < 256:
                il.Emit(OpCodes.Ldarg_S, (byte)position);
                break;
            default:
                il.Emit(OpCodes.Ldarg, (short)position);
                break;
        }
    }
}
