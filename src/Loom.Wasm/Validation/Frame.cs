namespace Loom.Wasm;

internal enum FrameKind : byte
{
    Function,
    Block,
    Loop,
    If,
    Else,
}

/// <summary>A structured instruction that is still open.</summary>
internal struct Frame
{
    public const int NoLabel = -1;

    public FrameKind Kind;

    /// <summary>Whether the rest of it cannot be reached, so that the operand stack gives whatever is asked of it.</summary>
    public bool Unreachable;

    /// <summary>Number of operands below its parameters.</summary>
    public int Height;

    public ValueType[] Parameters;

    public ValueType[] Results;

    /// <summary>The label of branches to it, or <see cref="NoLabel"/> as long as there is none.</summary>
    public int Label;

    /// <summary>The label of the else of an if that can be reached.</summary>
    public int ElseLabel;

    /// <summary>What a branch to it carries.</summary>
    public readonly ValueType[] Carried => Kind == FrameKind.Loop ? Parameters : Results;
}
