using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Serialization;

namespace Loom.Core;

/// <summary>A moment in UTC with a resolution of one microsecond; written <c>yyyy-MM-ddTHH:mm:ss.ffffffZ</c>, exactly.</summary>
[JsonConverter(typeof(TimestampJsonConverter))]
public readonly record struct Timestamp : IComparable<Timestamp>
{
    private const string Format = "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'";
    private readonly long _ticks;

    /// <summary>Takes the moment of <paramref name="time"/>, cut (not rounded) to a microsecond.</summary>
    public Timestamp(DateTimeOffset time) => _ticks = time.UtcTicks - (time.UtcTicks % 10);

    /// <summary>The moment as a <see cref="DateTimeOffset"/> with offset zero.</summary>
    public DateTimeOffset Time => new(_ticks, TimeSpan.Zero);

    /// <summary>Reads the one accepted form.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Timestamp timestamp)
    {
        timestamp = default;
        if (text is not { Length: 27 }
            || !DateTime.TryParseExact(text, Format, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time))
        {
            return false;
        }

        timestamp = new Timestamp(new DateTimeOffset(time));
        return timestamp.ToString() == text;
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
    public override string ToString() => new DateTime(_ticks, DateTimeKind.Utc).ToString(Format, CultureInfo.InvariantCulture);

#pragma warning disable CS1591 // The comparison operators say what they do.
    public static bool operator <(Timestamp a, Timestamp b) => a._ticks < b._ticks;
    public static bool operator >(Timestamp a, Timestamp b) => a._ticks > b._ticks;
    public static bool operator <=(Timestamp a, Timestamp b) => a._ticks <= b._ticks;
    public static bool operator >=(Timestamp a, Timestamp b) => a._ticks >= b._ticks;
#pragma warning restore CS1591
}
