using System.Reflection.Emit;

namespace Loom.Wasm;

/// <summary>The ends of a function where a trap is thrown: one for each kind, behind the code that runs.</summary>
/// <param name="il">The function's code.</param>
/// <param name="saveFuel">Writes the code that brings the store's fuel up to date.</param>
internal sealed class Traps(ILGenerator il, Action saveFuel)
{
    private readonly Dictionary<(TrapKind Kind, bool SavesFuel), System.Reflection.Emit.Label> blocks = [];
    private readonly List<(System.Reflection.Emit.Label Label, LocalBuilder Value)> conversions = [];

    /// <summary>Where to branch to for a trap of that kind.</summary>
    public System.Reflection.Emit.Label Of(TrapKind kind) => Block(kind, savesFuel: true);

    /// <summary>The same for code that runs before the fuel was loaded.</summary>
    public System.Reflection.Emit.Label Before(TrapKind kind) => Block(kind, savesFuel: false);

    /// <summary>Where to branch to when the float in a local (as a double) fits no integer.</summary>
    public System.Reflection.Emit.Label OfConversion(LocalBuilder value)
    {
        foreach (var known in conversions)
        {
            if (known.Value == value) return known.Label;
        }

        conversions.Add((il.DefineLabel(), value));
        return conversions[^1].Label;
    }

    public void EmitBlocks()
    {
        foreach (var ((kind, savesFuel), label) in blocks)
        {
            il.MarkLabel(label);
            if (savesFuel) saveFuel();
            il.Emit(OpCodes.Ldc_I4, (int)kind);
            il.Emit(OpCodes.Call, Members.Throw);
            EmitEnd();
        }

        foreach (var (label, value) in conversions)
        {
            il.MarkLabel(label);
            saveFuel();
            il.Emit(OpCodes.Ldloc, value);
            il.Emit(OpCodes.Conv_R8);
            il.Emit(OpCodes.Call, Members.ThrowConversion);
            EmitEnd();
        }
    }

    // Never reached; IL wants an end of the path.
    private void EmitEnd()
    {
        il.Emit(OpCodes.Ldnull);
        il.Emit(OpCodes.Throw);
    }

    private System.Reflection.Emit.Label Block(TrapKind kind, bool savesFuel)
    {
        if (!blocks.TryGetValue((kind, savesFuel), out var label)) blocks[(kind, savesFuel)] = label = il.DefineLabel();
        return label;
    }
}
