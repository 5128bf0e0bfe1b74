using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Loom.Core;

/// <summary>
/// An amount of money in the smallest unit of its currency, within ±(10^15 − 1). In JSON it is a string of digits (<c>"-1250"</c>), so
/// that no program in between can round it. Arithmetic that leaves the range throws: check amounts from outside before adding them up.
/// </summary>
[JsonConverter(typeof(CentsJsonConverter))]
public readonly record struct Cents : IComparable<Cents>
{
    private const long Limit = 999_999_999_999_999;

    /// <summary>Wraps a number of cents.</summary>
    /// <exception cref="OverflowException">It lies outside ±(10^15 − 1).</exception>
    public Cents(long value) =>
        Value = value is >= -Limit and <= Limit ? value : throw new OverflowException($"{value} cents lie outside ±{Limit}.");

    /// <summary>The number of cents.</summary>
    public long Value { get; }

    /// <summary>Nothing.</summary>
    public static Cents Zero => default;

    /// <summary>The largest amount.</summary>
    public static Cents Max { get; } = new(Limit);

    /// <summary>Whether it is above zero.</summary>
    public bool IsPositive => Value > 0;

    /// <summary>Whether it is below zero.</summary>
    public bool IsNegative => Value < 0;

    /// <summary>Takes an amount in whole units (euros) with any number of decimals, rounded half to even.</summary>
    /// <exception cref="OverflowException">It lies outside the range.</exception>
    public static Cents FromUnits(decimal units) => new((long)Math.Round(checked(units * 100), 0, MidpointRounding.ToEven));

    /// <summary>Reads the one accepted form: <c>0</c>, or digits without leading zeros, with <c>-</c> in front of a debt.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Cents cents)
    {
        cents = default;
        if (text is not { Length: > 0 and <= 16 }
            || !long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            || value is < -Limit or > Limit
            || value.ToString(CultureInfo.InvariantCulture) != text)
        {
            return false;
        }

        cents = new Cents(value);
        return true;
    }

    /// <summary>Reads the one accepted form.</summary>
    /// <exception cref="FormatException">The text has another form.</exception>
    public static Cents Parse(string text) =>
        TryParse(text, out var cents) ? cents : throw new FormatException("An amount is whole cents as a string of at most 15 digits, for example \"1250\".");

    /// <summary>As <see cref="Parse"/> reads it.</summary>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);

    /// <summary>In whole units with two decimals, for people: <c>12.50</c>.</summary>
    public string ToUnits() => (Value / 100m).ToString("0.00", CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public int CompareTo(Cents other) => Value.CompareTo(other.Value);

#pragma warning disable CS1591 // The operators say what they do.
    public static Cents operator +(Cents a, Cents b) => new(a.Value + b.Value);
    public static Cents operator -(Cents a, Cents b) => new(a.Value - b.Value);
    public static Cents operator -(Cents a) => new(-a.Value);
    public static bool operator <(Cents a, Cents b) => a.Value < b.Value;
    public static bool operator >(Cents a, Cents b) => a.Value > b.Value;
    public static bool operator <=(Cents a, Cents b) => a.Value <= b.Value;
    public static bool operator >=(Cents a, Cents b) => a.Value >= b.Value;
#pragma warning restore CS1591
}

/// <summary>JSON form of <see cref="Cents"/>: a string of digits.</summary>
public sealed class CentsJsonConverter : JsonConverter<Cents>
{
    /// <inheritdoc/>
    public override Cents Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && Cents.TryParse(reader.GetString(), out var cents)
            ? cents
            : throw new JsonException("An amount is whole cents as a string of at most 15 digits, for example \"1250\".");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Cents value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}
