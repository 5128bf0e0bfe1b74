using System.Text.RegularExpressions;
using Loom.Core;

namespace Loom.Journal;

/// <summary>What an <see cref="EventPattern"/> looks at.</summary>
public enum PatternOf
{
    /// <summary>The stream's name.</summary>
    Stream,

    /// <summary>The event's type.</summary>
    EventType,
}

/// <summary>
/// A regular expression over stream names or event types: anywhere in the text, upper and lower case apart. It runs in time linear in the
/// text; an expression that cannot (back references, look-around) is refused.
/// </summary>
public sealed class EventPattern
{
    /// <summary>Longest expression.</summary>
    public const int MaxLength = 4096;

    private readonly Regex _regex;

    /// <summary>Makes one.</summary>
    /// <exception cref="JournalException">The expression is none, too long, or could take too long.</exception>
    public EventPattern(PatternOf of, string expression)
    {
        ArgumentNullException.ThrowIfNull(expression);
        if (expression.Length is 0 or > MaxLength)
        {
            throw AppendRules.Refused($"A filter's expression has 1 to {MaxLength} characters. Shorten it.");
        }

        (Of, Expression) = (of, expression);
        try
        {
            _regex = new Regex(expression, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw AppendRules.Refused($"The filter's expression cannot be used: {e.Message} Write one without back references and look-around.", e);
        }
    }

    /// <summary>What it looks at.</summary>
    public PatternOf Of { get; }

    /// <summary>The expression.</summary>
    public string Expression { get; }

    /// <summary>Whether the event passes.</summary>
    public bool Matches(RecordedEvent e)
    {
        ArgumentNullException.ThrowIfNull(e);
        return _regex.IsMatch(Of == PatternOf.Stream ? e.Stream.Value : e.Type);
    }
}
