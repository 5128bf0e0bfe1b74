namespace Loom.Wasm.Tests.Conformance;

/// <summary>The two honest lists: commands that are no test of an engine for binary modules, and commands of features that we do not have.</summary>
public static class SuiteLists
{
    /// <summary>Why a command is skipped, or null when it is to be run.</summary>
    public static string? Skipped(SuiteCommand command) => command.ModuleType == "text"
        ? "tests the parser of the text format, which is not part of the engine"
        : null;

    /// <summary>Files or lines (<c>name</c> or <c>name:line</c>) of features that are left out, each with its reason. Empty: all of the suite is supported.</summary>
    public static IReadOnlyDictionary<string, string> Unsupported { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Modules that are refused as they must be, but for another reason than the suite gives.</summary>
    public static IReadOnlyDictionary<string, string> RefusedOtherwise { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["binary:1817"] = "code is decoded and validated in one pass: the unknown type is met before the missing end",
        ["memory_init:190"] = "the converter left out the data count section, so the bytes are malformed before they are invalid",
        ["memory_init:227"] = "the converter left out the data count section, so the bytes are malformed before they are invalid",
    };
}
