using System.Diagnostics.CodeAnalysis;

namespace Loom.Core;

/// <summary>The name of any stream in a journal: 1 to 1,024 UTF-16 units, no lone surrogate. Actor streams are named by <see cref="ActorId"/>.</summary>
public readonly record struct StreamName
{
    /// <summary>Longest accepted name, in UTF-16 units.</summary>
    public const int MaxLength = 1024;

    private readonly string? _value;

    private StreamName(string value) => _value = value;

    /// <summary>The text of the name.</summary>
    /// <exception cref="InvalidOperationException">This is <c>default</c>, which names no stream.</exception>
    public string Value => _value ?? throw new InvalidOperationException("default(StreamName) names no stream.");

    /// <summary>Whether this is a stream that Loom itself keeps (<c>loom.*</c>).</summary>
    public bool IsLoom => Value.StartsWith("loom.", StringComparison.Ordinal);

    /// <summary>Whether the name begins with <c>$</c>, which belongs to the event store.</summary>
    public bool IsSystem => Value.StartsWith('$');

    /// <summary>Accepts any name of 1 to 1,024 units of well-formed text.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out StreamName name)
    {
        name = default;
        if (text is not { Length: > 0 and <= MaxLength } || text == "$$" || !WellFormed(text))
        {
            return false;
        }

        name = new StreamName(text);
        return true;
    }

    /// <summary>Accepts any name of 1 to 1,024 units of well-formed text.</summary>
    /// <exception cref="FormatException">The text is empty, too long, <c>$$</c> or holds a lone surrogate.</exception>
    public static StreamName Parse(string text) =>
        TryParse(text, out var name) ? name : throw new FormatException($"A stream name is 1 to {MaxLength} characters of well-formed text.");

    private static bool WellFormed(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
            {
                continue;
            }

            if (i + 1 >= text.Length || !char.IsSurrogatePair(text[i], text[i + 1]))
            {
                return false;
            }

            i++;
        }

        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => _value ?? "";
}
