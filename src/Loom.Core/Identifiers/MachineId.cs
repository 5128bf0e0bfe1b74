using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace Loom.Core;

/// <summary>What decided a transition: <c>dotnet:NAME@VERSION</c> (VERSION a positive integer) or <c>wasm:sha256:HEX</c>.</summary>
public readonly partial record struct MachineId
{
    private readonly string? _value;

    private MachineId(string value) => _value = value;

    /// <summary>The machine of Loom's own linked streams (<c>loom.keys</c>, <c>loom.audit</c> and so on).</summary>
    public static MachineId Loom { get; } = new("dotnet:loom@1");

    /// <summary>The text, for example <c>dotnet:account@2</c>.</summary>
    public string Value => _value ?? throw new InvalidOperationException("default(MachineId) names no machine.");

    /// <summary>Whether the machine is a WebAssembly module.</summary>
    public bool IsWasm => Value.StartsWith("wasm:", StringComparison.Ordinal);

    /// <summary>A C# machine by name and version.</summary>
    public static MachineId DotNet(string name, int version) => Parse($"dotnet:{name}@{version}");

    /// <summary>A WebAssembly module by the SHA-256 of its bytes.</summary>
    public static MachineId Wasm(Digest module) => new($"wasm:sha256:{module}");

    /// <summary>Reads either form.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out MachineId machine)
    {
        var ok = text is { Length: <= 200 } && Pattern().IsMatch(text);
        machine = ok ? new MachineId(text!) : default;
        return ok;
    }

    /// <summary>Reads either form.</summary>
    /// <exception cref="FormatException">The text has neither form.</exception>
    public static MachineId Parse(string text) =>
        TryParse(text, out var machine) ? machine : throw new FormatException("A machine is dotnet:NAME@VERSION or wasm:sha256:HEX.");

    /// <inheritdoc/>
    public override string ToString() => _value ?? "";

    [GeneratedRegex(@"\A(?:dotnet:[A-Za-z][A-Za-z0-9._-]{0,99}@[1-9][0-9]{0,8}|wasm:sha256:[0-9a-f]{64})\z", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
