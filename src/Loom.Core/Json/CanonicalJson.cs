using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Loom.Core;

/// <summary>
/// RFC 8785 (JSON Canonicalization Scheme) over I-JSON (RFC 7493): no duplicate members, no lone surrogates, at most
/// <see cref="MaxDepth"/> levels. Work and memory are linear in the input, which the caller bounds.
/// </summary>
public static class CanonicalJson
{
    /// <summary>Deepest accepted nesting.</summary>
    public const int MaxDepth = 64;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = MaxDepth, AllowDuplicateProperties = false };

    /// <summary>
    /// The canonical form of one JSON value. A number whose value RFC 8785 would change (9007199254740993, 1e400, -0) is refused:
    /// nothing that Loom hashes may be altered on the way.
    /// </summary>
    /// <exception cref="FormatException">The bytes are not I-JSON, nest too deep, or hold such a number.</exception>
    public static byte[] Canonicalize(ReadOnlyMemory<byte> json) => PlainJson.Canonicalize(json.Span) ?? CanonicalizeAny(json);

    /// <summary>As <see cref="Canonicalize"/>, without the short way for plain JSON.</summary>
    internal static byte[] CanonicalizeAny(ReadOnlyMemory<byte> json)
    {
        var buffer = new ArrayBufferWriter<byte>(Math.Max(16, json.Length));
        try
        {
            using var document = JsonDocument.Parse(json, Options);
            Write(new CanonicalJsonWriter(buffer), document.RootElement);
        }
        catch (JsonException e)
        {
            throw new FormatException($"Not valid JSON at line {e.LineNumber + 1}, byte {e.BytePositionInLine}: {Reason(e)}", e);
        }
        catch (InvalidOperationException e)
        {
            throw new FormatException("Not I-JSON: a string holds a lone surrogate or invalid UTF-8.", e);
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Whether the bytes are already in canonical form.</summary>
    public static bool IsCanonical(ReadOnlyMemory<byte> json)
    {
        try
        {
            return Canonicalize(json).AsSpan().SequenceEqual(json.Span);
        }
        catch (FormatException)
        {
            return false;
        }
    }

    /// <summary>Writes an already parsed element in canonical form.</summary>
    /// <exception cref="FormatException">A number would change its value.</exception>
    public static void Write(CanonicalJsonWriter writer, JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                WriteObject(writer, element);
                break;
            case JsonValueKind.Array:
                writer.StartArray();
                foreach (var item in element.EnumerateArray())
                {
                    Write(writer, item);
                }

                writer.EndArray();
                break;
            case JsonValueKind.String:
                WriteString(writer, element);
                break;
            case JsonValueKind.Number:
                WriteNumber(writer, element);
                break;
            case JsonValueKind.True:
                writer.Bool(true);
                break;
            case JsonValueKind.False:
                writer.Bool(false);
                break;
            default:
                writer.Null();
                break;
        }
    }

    private static void WriteObject(CanonicalJsonWriter writer, JsonElement element)
    {
        var members = new List<JsonProperty>();
        foreach (var member in element.EnumerateObject())
        {
            members.Add(member);
        }

        members.Sort(ByName);
        writer.StartObject();
        foreach (var member in members)
        {
            var name = JsonMarshal.GetRawUtf8PropertyName(member);
            if (IsPlain(name))
            {
                writer.PlainName(name);
            }
            else
            {
                writer.Name(member.Name);
            }

            Write(writer, member.Value);
        }

        writer.EndObject();
    }

    // RFC 8785 3.2.3: by UTF-16 code units, which is what ordinal comparison of .NET strings does; of plain names the bytes say the same.
    private static int ByName(JsonProperty x, JsonProperty y)
    {
        var first = JsonMarshal.GetRawUtf8PropertyName(x);
        var second = JsonMarshal.GetRawUtf8PropertyName(y);
        return IsPlain(first) && IsPlain(second) ? first.SequenceCompareTo(second) : string.CompareOrdinal(x.Name, y.Name);
    }

    private static void WriteString(CanonicalJsonWriter writer, JsonElement element)
    {
        var quoted = JsonMarshal.GetRawUtf8Value(element);
        if (IsPlain(quoted))
        {
            writer.Raw(quoted);
        }
        else
        {
            writer.String(element.GetString()!);
        }
    }

    private static void WriteNumber(CanonicalJsonWriter writer, JsonElement element)
    {
        // Up to 15 digits are an integer that a double keeps, written as it stands.
        var text = JsonMarshal.GetRawUtf8Value(element);
        if (text.Length <= 15 && !text.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
        {
            writer.Raw(text);
        }
        else
        {
            writer.RawNumber(CanonicalNumber.Exact(element.GetRawText()));
        }
    }

    // ASCII without an escape: JSON allows no bare control character in a string, so this is its canonical form.
    private static bool IsPlain(ReadOnlySpan<byte> text) => Ascii.IsValid(text) && !text.Contains((byte)'\\');

    private static string Reason(JsonException e)
    {
        var cut = e.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        var reason = cut < 0 ? e.Message : e.Message[..cut];

        // A broken literal is quoted by the parser up to the end of the document.
        return reason.Length > 200 ? $"{reason[..100]}…{reason[^60..]}" : reason;
    }
}

/// <summary>Numbers as RFC 8785 section 3.2.2.3 (ECMAScript's Number::toString) writes them.</summary>
public static class CanonicalNumber
{
    /// <summary>The canonical text of a JSON number.</summary>
    /// <exception cref="FormatException">The canonical text would stand for another value than <paramref name="text"/>.</exception>
    public static string Exact(string text)
    {
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) || !double.IsFinite(value))
        {
            throw new FormatException($"The number {Shorten(text)} cannot be kept exactly; carry it as a string.");
        }

        var canonical = Format(value);
        if (canonical != text && Decompose(canonical) != Decompose(text))
        {
            throw new FormatException($"The number {Shorten(text)} would become {canonical}; carry it as a string.");
        }

        return canonical;
    }

    /// <summary>Number::toString of a finite double.</summary>
    public static string Format(double value)
    {
        if (value == 0)
        {
            return "0";
        }

        // "E16" is not shortest; "R" is, in one of two notations, so take digits and exponent and lay them out anew.
        var (negative, digits, exponent) = Decompose(value.ToString("R", CultureInfo.InvariantCulture));
        var n = exponent + digits.Length; // value = 0.digits × 10^n
        var sign = negative ? "-" : "";
        if (n is > 0 and <= 21)
        {
            return sign + (n >= digits.Length ? digits + new string('0', n - digits.Length) : digits[..n] + "." + digits[n..]);
        }

        if (n is > -6 and <= 0)
        {
            return sign + "0." + new string('0', -n) + digits;
        }

        var mantissa = digits.Length == 1 ? digits : digits[..1] + "." + digits[1..];
        return $"{sign}{mantissa}e{(n > 0 ? "+" : "-")}{Math.Abs(n - 1)}";
    }

    /// <summary>Sign, significant digits without zeros at either end, and the power of ten of the last digit.</summary>
    private static (bool Negative, string Digits, int Exponent) Decompose(string text)
    {
        var negative = text[0] == '-';
        var e = text.AsSpan().IndexOfAny('e', 'E');
        var mantissa = text[(negative ? 1 : 0)..(e < 0 ? text.Length : e)];
        var exponent = 0;
        if (e >= 0 && !int.TryParse(text.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent))
        {
            throw new FormatException("A number's exponent is out of range.");
        }

        var point = mantissa.IndexOf('.', StringComparison.Ordinal);
        if (point >= 0)
        {
            exponent -= mantissa.Length - point - 1;
            mantissa = mantissa.Remove(point, 1);
        }

        var trimmed = mantissa.TrimEnd('0');
        exponent += mantissa.Length - trimmed.Length;
        trimmed = trimmed.TrimStart('0');
        return trimmed.Length == 0 ? (negative, "", 0) : (negative, trimmed, exponent);
    }

    private static string Shorten(string text) => text.Length > 40 ? text[..40] + "…" : text;
}
