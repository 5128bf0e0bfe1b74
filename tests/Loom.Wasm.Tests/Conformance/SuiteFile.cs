using System.Text.Json;
using Loom.Testing;

namespace Loom.Wasm.Tests.Conformance;

/// <summary>One file of the specification's core test suite: a list of commands and the modules that they name.</summary>
/// <param name="Name">The name of its folder, such as <c>br_table</c>.</param>
/// <param name="Folder">Where it lies.</param>
/// <param name="Commands">What it asks for, in order.</param>
public sealed record SuiteFile(string Name, string Folder, IReadOnlyList<SuiteCommand> Commands)
{
    /// <summary>A file that every copy of the suite has: names what the tests need.</summary>
    public const string Marker = "data/wasm-spec/README.md";

    private static readonly JsonSerializerOptions Options = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Names of all files, sorted.</summary>
    public static IReadOnlyList<string> Names { get; } = TestData.Shared is { } shared
        ? [.. Directory.GetDirectories(Path.Combine(shared, "data", "wasm-spec")).Select(d => Path.GetFileName(d)).Order(StringComparer.Ordinal)]
        : [];

    /// <summary>All files of the suite, read one by one.</summary>
    public static IEnumerable<SuiteFile> All => Names.Select(Read);

    /// <summary>Reads one file.</summary>
    public static SuiteFile Read(string name)
    {
        var folder = Path.Combine(TestData.Shared ?? throw new InvalidOperationException("The suite is absent."), "data", "wasm-spec", name);
        using var stream = File.OpenRead(Path.Combine(folder, name + ".json"));
        var commands = JsonSerializer.Deserialize<Content>(stream, Options)?.Commands ?? throw new InvalidDataException($"{name}.json is empty.");
        return new SuiteFile(name, folder, commands);
    }

    /// <summary>The bytes of the module that a command names.</summary>
    public byte[] Module(SuiteCommand command) =>
        File.ReadAllBytes(Path.Combine(Folder, command.Filename ?? throw new InvalidDataException($"{Name}:{command.Line} names no module.")));

    /// <summary>Where a command stands, for messages.</summary>
    public string At(SuiteCommand command) => $"{Name}.wast:{command.Line} {command.Type} {command.Filename ?? command.Action?.Field}";

    private sealed record Content(SuiteCommand[] Commands);
}

/// <summary>One command of the suite.</summary>
/// <param name="Type"><c>module</c>, <c>register</c>, <c>action</c>, or one of the <c>assert_…</c>.</param>
/// <param name="Line">Its line in the original.</param>
/// <param name="Filename">The module that it names.</param>
/// <param name="Name">The name by which later commands call the module, such as <c>$M1</c>.</param>
/// <param name="As">The module name under which a <c>register</c> offers its exports to later modules.</param>
/// <param name="Text">What the refusal or trap should say.</param>
/// <param name="ModuleType"><c>binary</c> or <c>text</c>.</param>
/// <param name="Action">What is to be done.</param>
/// <param name="Expected">What it should give.</param>
public sealed record SuiteCommand(
    string Type,
    int Line,
    string? Filename,
    string? Name,
    string? As,
    string? Text,
    string? ModuleType,
    SuiteAction? Action,
    SuiteValue[]? Expected);

/// <summary>A call of an exported function or the reading of an exported global.</summary>
/// <param name="Type"><c>invoke</c> or <c>get</c>.</param>
/// <param name="Module">The name of the module, or null for the latest one.</param>
/// <param name="Field">The name of the export.</param>
/// <param name="Args">The arguments of a call.</param>
public sealed record SuiteAction(string Type, string? Module, string Field, SuiteValue[]? Args);

/// <summary>A value as the suite writes it.</summary>
/// <param name="Type"><c>i32</c>, <c>i64</c>, <c>f32</c>, <c>f64</c>, <c>funcref</c> or <c>externref</c>.</param>
/// <param name="Value">The bits as an unsigned decimal, <c>nan:canonical</c>, <c>nan:arithmetic</c>, the number of an external reference, or <c>null</c>; absent where any non-null reference will do.</param>
public sealed record SuiteValue(string Type, string? Value);
