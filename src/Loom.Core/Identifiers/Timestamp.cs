using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Serialization;

namespace Loom.Core;

/// <summary>A moment in UTC with a resolution of one microsecond; written <c>yyyy-MM-ddTHH:mm:ss.ffffffZ</c>, exactly.</summary>
[JsonConverter(typeof(TimestampJsonConverter))]
public readonly record struct Timestamp : IComparable<Timestamp>
{
    private const int Length = 27;
    private readonly long _ticks;

    /// <summary>Takes the moment of <paramref name="time"/>, cut (not rounded) to a microsecond.</summary>
    public Timestamp(DateTimeOffset time) => _ticks = time.UtcTicks - (time.UtcTicks % 10);

    /// <summary>The moment as a <see cref="DateTimeOffset"/> with offset zero.</summary>
    public DateTimeOffset Time => new(_ticks, TimeSpan.Zero);

    /// <summary>Reads the one accepted form.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Timestamp timestamp)
    {
        timestamp = default;
        if (text is not { Length: Length } || text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' || text[16] != ':' || text[19] != '.' || text[26] != 'Z'
            || !TryDigits(text.AsSpan(0, 4), out var year) || !TryDigits(text.AsSpan(5, 2), out var month) || !TryDigits(text.AsSpan(8, 2), out var day)
            || !TryDigits(text.AsSpan(11, 2), out var hour) || !TryDigits(text.AsSpan(14, 2), out var minute) || !TryDigits(text.AsSpan(17, 2), out var second)
            || !TryDigits(text.AsSpan(20, 6), out var microsecond)
            || year == 0 || month is 0 or > 12 || day == 0 || day > DateTime.DaysInMonth(year, month) || hour > 23 || minute > 59 || second > 59)
        {
            return false;
        }

        var time = new DateTimeOffset(year, month, day, hour, minute, second, TimeSpan.Zero);
        timestamp = new Timestamp(time.AddTicks(microsecond * TimeSpan.TicksPerMicrosecond));
        return true;
    }

    private static bool TryDigits(ReadOnlySpan<char> text, out int value)
    {
        value = 0;
        foreach (var c in text)
        {
            if (!char.IsAsciiDigit(c))
            {
                return false;
            }

            value = (value * 10) + (c - '0');
        }

        return true;
    }

    /// <summary>Reads the one accepted form.</summary>
    /// <exception cref="FormatException">The text has another form.</exception>
    public static Timestamp Parse(string text) =>
        TryParse(text, out var timestamp) ? timestamp : throw new FormatException("A time is UTC with exactly six fraction digits and Z.");

    /// <summary>The later of two.</summary>
    public static Timestamp Max(Timestamp a, Timestamp b) => a._ticks >= b._ticks ? a : b;

    /// <inheritdoc/>
    public int CompareTo(Timestamp other) => _ticks.CompareTo(other._ticks);

    /// <inheritdoc/>
    public override string ToString() => string.Create(Length, _ticks, static (text, ticks) =>
    {
        // The round-trip format has seven fraction digits and is much faster than a custom one; the seventh is always 0 here.
        Span<char> roundTrip = stackalloc char[Length + 1];
        new DateTime(ticks, DateTimeKind.Utc).TryFormat(roundTrip, out _, "O", CultureInfo.InvariantCulture);
        roundTrip[..(Length - 1)].CopyTo(text);
        text[Length - 1] = 'Z';
    });

#pragma warning disable CS1591 // The comparison operators say what they do.
    public static bool operator <(Timestamp a, Timestamp b) => a._ticks < b._ticks;
    public static bool operator >(Timestamp a, Timestamp b) => a._ticks > b._ticks;
    public static bool operator <=(Timestamp a, Timestamp b) => a._ticks <= b._ticks;
    public static bool operator >=(Timestamp a, Timestamp b) => a._ticks >= b._ticks;
#pragma warning restore CS1591
}
