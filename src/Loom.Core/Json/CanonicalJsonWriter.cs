using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Loom.Core;

/// <summary>
/// Writes JSON in RFC 8785 form, with the caller giving object members already in order of their UTF-16 code units.
/// Single-threaded; it writes straight into the buffer and keeps only whether a comma is due.
/// </summary>
public sealed class CanonicalJsonWriter(ArrayBufferWriter<byte> output)
{
    private bool _comma;

    /// <summary>Begins an object.</summary>
    public void StartObject() => Open((byte)'{');

    /// <summary>Ends an object.</summary>
    public void EndObject() => Close((byte)'}');

    /// <summary>Begins an array.</summary>
    public void StartArray() => Open((byte)'[');

    /// <summary>Ends an array.</summary>
    public void EndArray() => Close((byte)']');

    /// <summary>Writes a member's name; its value must follow.</summary>
    public void Name(string name)
    {
        Separate();
        Quote(name);
        Byte((byte)':');
        _comma = false;
    }

    /// <summary>Writes a member's name that is ASCII and needs no escape.</summary>
    internal void PlainName(ReadOnlySpan<byte> name)
    {
        Separate();
        Byte((byte)'"');
        output.Write(name);
        Byte((byte)'"');
        Byte((byte)':');
        _comma = false;
    }

    /// <summary>Writes a string value.</summary>
    public void String(string value)
    {
        Separate();
        Quote(value);
        _comma = true;
    }

    /// <summary>Writes a string value, or null.</summary>
    public void StringOrNull(string? value)
    {
        if (value is null)
        {
            Null();
        }
        else
        {
            String(value);
        }
    }

    /// <summary>Writes an integer.</summary>
    /// <exception cref="FormatException">It lies outside 0..2^53−1.</exception>
    public void Integer(long value)
    {
        if (value is < 0 or > 9007199254740991)
        {
            throw new FormatException($"The integer {value} is outside 0..2^53-1.");
        }

        Separate();
        Utf8Formatter.TryFormat(value, output.GetSpan(20), out var written);
        output.Advance(written);
        _comma = true;
    }

    /// <summary>Writes a digest as a string of 64 lower-case hex digits.</summary>
    public void Hex(Digest value)
    {
        Separate();
        Span<byte> bytes = stackalloc byte[Digest.Size];
        value.CopyTo(bytes);
        var span = output.GetSpan((2 * Digest.Size) + 2);
        span[0] = (byte)'"';
        Convert.TryToHexStringLower(bytes, span[1..], out _);
        span[(2 * Digest.Size) + 1] = (byte)'"';
        output.Advance((2 * Digest.Size) + 2);
        _comma = true;
    }

    /// <summary>Writes a number whose text is already canonical.</summary>
    public void RawNumber(string text)
    {
        Separate();
        Ascii(text);
        _comma = true;
    }

    /// <summary>Writes true or false.</summary>
    public void Bool(bool value) => RawNumber(value ? "true" : "false");

    /// <summary>Writes null.</summary>
    public void Null() => RawNumber("null");

    /// <summary>Writes a value that is already in canonical form.</summary>
    public void Raw(ReadOnlySpan<byte> canonical)
    {
        Separate();
        output.Write(canonical);
        _comma = true;
    }

    /// <summary>Writes the rest of a value whose beginning was <see cref="Raw"/>.</summary>
    internal void RawRest(ReadOnlySpan<byte> canonical) => output.Write(canonical);

    private void Open(byte bracket)
    {
        Separate();
        Byte(bracket);
        _comma = false;
    }

    private void Close(byte bracket)
    {
        Byte(bracket);
        _comma = true;
    }

    private void Separate()
    {
        if (_comma)
        {
            Byte((byte)',');
        }
    }

    private void Byte(byte value)
    {
        output.GetSpan(1)[0] = value;
        output.Advance(1);
    }

    private void Ascii(string text)
    {
        var span = output.GetSpan(text.Length);
        output.Advance(Encoding.ASCII.GetBytes(text, span));
    }

    // RFC 8785 3.2.2.2: two-character escapes where they exist, \u00xx for other control characters, all else as UTF-8.
    private void Quote(string value)
    {
        Byte((byte)'"');
        var rest = value.AsSpan();
        while (rest.IndexOfAny(Escaped) is var plain && plain >= 0)
        {
            Utf8(rest[..plain]);
            Ascii(Escape(rest[plain]));
            rest = rest[(plain + 1)..];
        }

        Utf8(rest);
        Byte((byte)'"');
    }

    private void Utf8(ReadOnlySpan<char> text)
    {
        try
        {
            // A short text takes the room it could need at most; a long one is counted first, for the buffer not to grow threefold.
            var room = text.Length <= 256 ? Strict.GetMaxByteCount(text.Length) : Strict.GetByteCount(text);
            output.Advance(Strict.GetBytes(text, output.GetSpan(room)));
        }
        catch (EncoderFallbackException e)
        {
            throw new FormatException("A string holds a lone surrogate.", e);
        }
    }

    // U+0000 to U+001F, the quotation mark and the reverse solidus.
    private static readonly SearchValues<char> Escaped =
        SearchValues.Create(string.Concat(Enumerable.Range(0, ' ').Select(c => (char)c)) + "\"\\");

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static string Escape(char c) => c switch
    {
        '"' => "\\\"",
        '\\' => "\\\\",
        '\b' => "\\b",
        '\t' => "\\t",
        '\n' => "\\n",
        '\f' => "\\f",
        '\r' => "\\r",
        _ => $"\\u{(int)c:x4}",
    };
}
