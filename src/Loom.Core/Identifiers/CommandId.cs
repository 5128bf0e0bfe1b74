using System.Diagnostics.CodeAnalysis;

namespace Loom.Core;

/// <summary>A command's id, chosen by its sender: 1 to 128 printable ASCII characters (0x21 to 0x7e). Equal ids are the same command.</summary>
public readonly record struct CommandId
{
    private readonly string? _value;

    private CommandId(string value) => _value = value;

    /// <summary>The text of the id.</summary>
    public string Value => _value ?? throw new InvalidOperationException("default(CommandId) names no command.");

    /// <summary>Reads an id.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out CommandId id)
    {
        var ok = text is { Length: > 0 and <= 128 } && !text.AsSpan().ContainsAnyExceptInRange('!', '~');
        id = ok ? new CommandId(text!) : default;
        return ok;
    }

    /// <summary>Reads an id.</summary>
    /// <exception cref="FormatException">The text is empty, too long or holds another character.</exception>
    public static CommandId Parse(string text) =>
        TryParse(text, out var id) ? id : throw new FormatException("A command id is 1 to 128 printable ASCII characters without spaces.");

    /// <inheritdoc/>
    public override string ToString() => _value ?? "";
}
