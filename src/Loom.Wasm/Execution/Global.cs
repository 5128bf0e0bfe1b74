namespace Loom.Wasm;

/// <summary>A global variable that instances share.</summary>
public sealed class Global
{
    /// <summary>The bits of a number.</summary>
    internal ulong Bits;

    /// <summary>The object behind a reference.</summary>
    internal object? Reference;

    /// <summary>The first instance that uses it: all others have to be of the same store and back end.</summary>
    internal Instance? User;

    /// <summary>Makes a global variable.</summary>
    /// <param name="value">Its first value, which also gives its type.</param>
    /// <param name="mutable">Whether it may change.</param>
    public Global(Value value, bool mutable)
    {
        Type = new GlobalType(value.Type, mutable);
        Set(value);
    }

    /// <summary>Its type.</summary>
    public GlobalType Type { get; }

    /// <summary>Its value now.</summary>
    public Value Value => Reference is null ? Value.Number(Type.Value, Bits) : Value.Ref(Type.Value, Reference);

    internal void Set(Value value)
    {
        Bits = value.Bits;
        Reference = value.Reference;
    }
}
