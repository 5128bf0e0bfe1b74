namespace Loom.Runtime.Import;

/// <summary>Which attributes of an event hold what, and how much a hostile file may ask for.</summary>
public sealed record XesOptions
{
    /// <summary>The attribute that names the role of a step.</summary>
    public string RoleKey { get; init; } = "org:role";

    /// <summary>The attribute that names the person or system of a step; null: the log names none, and the role stands for it.</summary>
    public string? ResourceKey { get; init; }

    /// <summary>The attribute that holds the case's amount; null takes the first present of <c>(case)_Amount</c>, <c>amount</c> and <c>cost:total</c>.</summary>
    public string? AmountKey { get; init; }

    /// <summary>Most steps of one case.</summary>
    public int MaxSteps { get; init; } = 100_000;

    /// <summary>Most attributes of one step.</summary>
    public int MaxAttributes { get; init; } = 1_000;

    /// <summary>Longest attribute value, in characters.</summary>
    public int MaxValue { get; init; } = 64 * 1024;

    /// <summary>Largest case in bytes of XML; it is held in memory.</summary>
    public long MaxCase { get; init; } = 64L << 20;

    /// <summary>Most unpacked bytes of the whole file.</summary>
    public long MaxBytes { get; init; } = 16L << 30;

    /// <summary>Deepest nesting of elements.</summary>
    public int MaxDepth { get; init; } = 32;
}
