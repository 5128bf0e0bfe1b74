using System.Buffers;
using System.Globalization;
using System.Text;

namespace Loom.Core;

/// <summary>
/// Writes JSON in RFC 8785 form, with the caller giving object members already in order of their UTF-16 code units.
/// Single-threaded; it writes straight into the buffer and keeps only whether a comma is due.
/// </summary>
public sealed class CanonicalJsonWriter(IBufferWriter<byte> output)
{
    private bool _comma;

    /// <summary>Begins an object.</summary>
    public void StartObject() => Open('{');

    /// <summary>Ends an object.</summary>
    public void EndObject() => Close('}');

    /// <summary>Begins an array.</summary>
    public void StartArray() => Open('[');

    /// <summary>Ends an array.</summary>
    public void EndArray() => Close(']');

    /// <summary>Writes a member's name; its value must follow.</summary>
    public void Name(string name)
    {
        Separate();
        Quote(name);
        Byte(':');
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

        RawNumber(value.ToString(CultureInfo.InvariantCulture));
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

    private void Open(char c)
    {
        Separate();
        Byte(c);
        _comma = false;
    }

    private void Close(char c)
    {
        Byte(c);
        _comma = true;
    }

    private void Separate()
    {
        if (_comma)
        {
            Byte(',');
        }
    }

    private void Byte(char c)
    {
        output.GetSpan(1)[0] = (byte)c;
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
        Byte('"');
        var rest = value.AsSpan();
        while (rest.Length > 0)
        {
            var plain = IndexOfEscape(rest);
            if (plain != 0)
            {
                var run = plain < 0 ? rest : rest[..plain];
                Utf8(run);
                rest = rest[run.Length..];
                continue;
            }

            Ascii(Escape(rest[0]));
            rest = rest[1..];
        }

        Byte('"');
    }

    private static int IndexOfEscape(ReadOnlySpan<char> text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is < ' ' or '"' or '\\')
            {
                return i;
            }
        }

        return -1;
    }

    private void Utf8(ReadOnlySpan<char> text)
    {
        try
        {
            output.Advance(Strict.GetBytes(text, output.GetSpan(Strict.GetByteCount(text))));
        }
        catch (EncoderFallbackException e)
        {
            throw new FormatException("A string holds a lone surrogate.", e);
        }
    }

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
