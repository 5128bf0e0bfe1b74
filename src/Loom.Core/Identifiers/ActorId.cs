using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Loom.Core;

/// <summary>
/// The identity of an actor, and the name of its stream: <c>TYPE-ID</c>, where TYPE matches <c>[a-z][A-Za-z0-9]{0,63}</c> and ID is
/// 1 to 200 characters of <c>[A-Za-z0-9._~:@-]</c>. Other characters are refused, never escaped.
/// </summary>
public readonly record struct ActorId
{
    private static readonly SearchValues<char> IdCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._~:@-");
    private static readonly SearchValues<char> TypeCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789");

    private readonly string? _type;
    private readonly string? _id;

    /// <summary>Makes an id from its two parts.</summary>
    /// <exception cref="FormatException">A part breaks the rule above; the message names the part and the rule.</exception>
    public ActorId(string type, string id)
    {
        if (!IsType(type))
        {
            throw new FormatException($"'{Shorten(type)}' is not an actor type: a lower-case letter, then up to 63 letters or digits.");
        }

        if (!IsId(id))
        {
            throw new FormatException($"'{Shorten(id)}' is not an actor's ID: 1 to 200 characters of A-Z a-z 0-9 . _ ~ : @ -");
        }

        _type = type;
        _id = id;
    }

    // Both parts are known to be right.
    private ActorId(string text, int hyphen) => (_type, _id) = (text[..hyphen], text[(hyphen + 1)..]);

    /// <summary>The actor type's name, without a version.</summary>
    public string Type => _type ?? throw new InvalidOperationException("default(ActorId) names no actor.");

    /// <summary>The ID within the type.</summary>
    public string Id => _id ?? throw new InvalidOperationException("default(ActorId) names no actor.");

    /// <summary>The actor's stream, <c>TYPE-ID</c>.</summary>
    public StreamName Stream => StreamName.Parse(ToString());

    /// <summary>Whether the text may be an actor type's name.</summary>
    public static bool IsType([NotNullWhen(true)] string? text) => text is not null && IsType(text.AsSpan());

    /// <summary>Whether the text may be an ID within a type.</summary>
    public static bool IsId([NotNullWhen(true)] string? text) => text is not null && IsId(text.AsSpan());

    /// <summary>Splits <c>TYPE-ID</c> at the first hyphen (a type holds none).</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out ActorId actor)
    {
        actor = default;
        var hyphen = text?.IndexOf('-', StringComparison.Ordinal) ?? -1;
        if (hyphen < 0 || !IsType(text.AsSpan(0, hyphen)) || !IsId(text.AsSpan(hyphen + 1)))
        {
            return false;
        }

        actor = new ActorId(text!, hyphen);
        return true;
    }

    /// <summary>Splits <c>TYPE-ID</c> at the first hyphen.</summary>
    /// <exception cref="FormatException">The text is no actor id.</exception>
    public static ActorId Parse(string text) =>
        TryParse(text, out var actor)
            ? actor
            : throw new FormatException($"'{Shorten(text)}' is not an actor: expected TYPE-ID, for example account-alice.");

    private static bool IsType(ReadOnlySpan<char> text) => text.Length is > 0 and <= 64 && text[0] is >= 'a' and <= 'z' && !text.ContainsAnyExcept(TypeCharacters);

    private static bool IsId(ReadOnlySpan<char> text) => text.Length is > 0 and <= 200 && !text.ContainsAnyExcept(IdCharacters);

    /// <inheritdoc/>
    public override string ToString() => _type is null ? "" : $"{_type}-{_id}";

    private static string Shorten(string? text) => text is { Length: > 80 } ? text[..80] + "…" : text ?? "";
}
