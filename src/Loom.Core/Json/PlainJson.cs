using System.Buffers;
using System.Runtime.InteropServices;

namespace Loom.Core;

/// <summary>
/// The canonical form, in one pass, of JSON that is plain: strings in ASCII without an escape, whole numbers of up to 15 digits, few
/// members and little depth. That is nearly all that machines write and clients send. Whatever else it meets it declines, be it wrong or
/// only rare, and <see cref="CanonicalJson"/>'s strict reader has the word.
/// </summary>
internal ref struct PlainJson
{
    private const int MaxDepth = 32;
    private const int MaxMembers = 64;
    private const int MaxDigits = 15;

    // What ends a plain string: its quotation mark, or anything that makes it not plain.
    private static readonly SearchValues<byte> NotPlain = SearchValues.Create(
        [.. Enumerable.Range(0, 256).Where(b => b is < ' ' or '"' or '\\' or > 127).Select(b => (byte)b)]);

    private readonly ReadOnlySpan<byte> _json;
    private readonly byte[] _output; // canonical JSON is never longer than what it was made from
    private readonly List<Member> _members;
    private int _at;
    private int _length;

    private PlainJson(ReadOnlySpan<byte> json)
    {
        _json = json;
        _output = new byte[json.Length];
        _members = new List<Member>(16);
    }

    /// <summary>The canonical form; null when the JSON is not plain.</summary>
    public static byte[]? Canonicalize(ReadOnlySpan<byte> json)
    {
        var reader = new PlainJson(json);
        reader.SkipSpace();
        if (!reader.Value(depth: 0))
        {
            return null;
        }

        reader.SkipSpace();
        return reader._at < json.Length ? null
            : reader._length == json.Length ? reader._output
            : reader._output[..reader._length];
    }

    private bool Value(int depth) => Peek() switch
    {
        (byte)'{' => depth < MaxDepth && Object(depth),
        (byte)'[' => depth < MaxDepth && Array(depth),
        (byte)'"' => String(),
        (byte)'t' => Literal("true"u8),
        (byte)'f' => Literal("false"u8),
        (byte)'n' => Literal("null"u8),
        _ => Number(),
    };

    private bool Object(int depth)
    {
        var first = _members.Count;
        var inOrder = true;
        Copy(1);
        SkipSpace();
        if (Peek() != '}')
        {
            do
            {
                SkipSpace();
                var member = new Member(_length, 0, 0);
                if (Peek() != '"' || !String())
                {
                    return false;
                }

                member.NameEnd = _length;
                SkipSpace();
                if (!Take((byte)':'))
                {
                    return false;
                }

                SkipSpace();
                if (!Value(depth + 1))
                {
                    return false;
                }

                member.End = _length;
                inOrder = inOrder && (_members.Count == first || NameOf(_output, _members[^1]).SequenceCompareTo(NameOf(_output, member)) < 0);
                _members.Add(member);
                SkipSpace();
            }
            while (Take((byte)','));
        }

        if (_members.Count - first > MaxMembers || !(inOrder || Sort(CollectionsMarshal.AsSpan(_members)[first..])))
        {
            return false;
        }

        _members.RemoveRange(first, _members.Count - first);
        return Take((byte)'}');
    }

    private bool Array(int depth)
    {
        Copy(1);
        SkipSpace();
        if (Peek() == ']')
        {
            return Take((byte)']');
        }

        do
        {
            SkipSpace();
            if (!Value(depth + 1))
            {
                return false;
            }

            SkipSpace();
        }
        while (Take((byte)','));
        return Take((byte)']');
    }

    private bool String()
    {
        var end = _json[(_at + 1)..].IndexOfAny(NotPlain);
        if (end < 0 || _json[_at + 1 + end] != '"')
        {
            return false;
        }

        Copy(end + 2);
        return true;
    }

    private bool Number()
    {
        var rest = _json[_at..];
        var digits = rest.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        digits = digits < 0 ? rest.Length : digits;
        if (digits is 0 or > MaxDigits || (digits > 1 && rest[0] == '0'))
        {
            return false;
        }

        Copy(digits); // a fraction or an exponent is no separator, so whoever called declines
        return true;
    }

    private bool Literal(ReadOnlySpan<byte> text)
    {
        if (!_json[_at..].StartsWith(text))
        {
            return false;
        }

        Copy(text.Length);
        return true;
    }

    /// <summary>Puts the members in the order of their names; false when two have one name.</summary>
    private readonly bool Sort(Span<Member> members)
    {
        var start = members[0].Start;
        var asTheyStood = _output.AsSpan(start, _length - start).ToArray();
        var output = _output;
        members.Sort((x, y) => NameOf(output, x).SequenceCompareTo(NameOf(output, y)));
        for (var i = 1; i < members.Length; i++)
        {
            if (NameOf(output, members[i - 1]).SequenceEqual(NameOf(output, members[i])))
            {
                return false;
            }
        }

        var at = start;
        foreach (var member in members)
        {
            if (at > start)
            {
                output[at++] = (byte)',';
            }

            asTheyStood.AsSpan(member.Start - start, member.End - member.Start).CopyTo(output.AsSpan(at));
            at += member.End - member.Start;
        }

        return true;
    }

    // Between its quotation marks: with the closing one, "a!" would come before "a".
    private static ReadOnlySpan<byte> NameOf(byte[] output, Member member) => output.AsSpan((member.Start + 1)..(member.NameEnd - 1));

    private readonly int Peek() => _at < _json.Length ? _json[_at] : -1;

    private bool Take(byte separator)
    {
        if (Peek() != separator)
        {
            return false;
        }

        Copy(1);
        return true;
    }

    private void Copy(int count)
    {
        _json.Slice(_at, count).CopyTo(_output.AsSpan(_length));
        _at += count;
        _length += count;
    }

    private void SkipSpace()
    {
        while (Peek() is ' ' or '\t' or '\n' or '\r')
        {
            _at++;
        }
    }

    private record struct Member(int Start, int NameEnd, int End);
}
