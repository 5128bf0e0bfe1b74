namespace Loom.Wasm;

/// <summary>What keeps a module out of the subset that can be proven.</summary>
public enum SubsetRule
{
    /// <summary>There is no entry: neither <c>loom_main</c> nor <c>_start</c> is exported as a function that takes and gives nothing.</summary>
    NoEntry = 1,

    /// <summary>Something is imported that machines are not given, or with another type.</summary>
    UnknownImport,

    /// <summary>A float instruction or a float type in a function that can be reached.</summary>
    FloatNotSupported,

    /// <summary>A reference instruction, or a reference type in a function that can be reached.</summary>
    ReferenceNotSupported,

    /// <summary>An instruction that changes a table.</summary>
    TableWrite,

    /// <summary>A segment that is not copied at the start, or an instruction that copies or drops one.</summary>
    PassiveSegment,

    /// <summary>A segment that does not fit into the memory or the table at the start.</summary>
    SegmentOutOfBounds,

    /// <summary>More than one table, or one that holds no functions.</summary>
    TableNotSupported,

    /// <summary>The memory may grow beyond the policy's maximum.</summary>
    MemoryTooLarge,

    /// <summary>An imported function stands in a table or is exported.</summary>
    ImportAsValue,

    /// <summary>Too many functions, or a function with too many slots.</summary>
    TooLarge,
}

/// <summary>One reason why a module cannot be proven.</summary>
/// <param name="Rule">The rule that it breaks.</param>
/// <param name="Function">The function it is in (imported ones count), or null when it is in none.</param>
/// <param name="Offset">The byte offset in the module, or null when it is about the module as a whole.</param>
/// <param name="Message">What stands there, in words.</param>
public sealed record SubsetFinding(SubsetRule Rule, int? Function, int? Offset, string Message)
{
    /// <inheritdoc/>
    public override string ToString() =>
        $"{Rule}: {Message}"
        + (Function is { } function ? $" (function {function}" : "")
        + (Offset is { } offset ? $"{(Function is null ? " (" : ", ")}byte {offset})" : Function is null ? "" : ")");
}
