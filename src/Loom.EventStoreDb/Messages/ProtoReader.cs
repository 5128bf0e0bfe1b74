namespace Loom.EventStoreDb.Messages;

/// <summary>
/// Reads the fields of a message in Protocol Buffers. It never throws: what it cannot read is <see cref="IsBad"/>, and left to the generated
/// classes, which read it or say what is wrong with it. Groups are bad as well, since nobody sends them.
/// </summary>
internal ref struct ProtoReader(ReadOnlySpan<byte> whole, int start, int end)
{
    private readonly ReadOnlySpan<byte> _whole = whole;
    private readonly int _end = end;
    private int _at = start;

    public ProtoReader(ReadOnlySpan<byte> message)
        : this(message, 0, message.Length)
    {
    }

    public bool IsBad { get; private set; }

    /// <summary>The next field's tag (its number times eight, and the kind of its value); false at the end, or where it is bad.</summary>
    public bool Next(out uint tag)
    {
        if (_at >= _end || IsBad)
        {
            tag = 0;
            return false;
        }

        var value = Varint();
        tag = (uint)value;
        if (value is < 8 or > uint.MaxValue)
        {
            IsBad = true;
        }

        return !IsBad;
    }

    public ulong Varint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 70 && _at < _end; shift += 7)
        {
            var b = _whole[_at++];
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80)
            {
                return value;
            }
        }

        IsBad = true;
        return 0;
    }

    /// <summary>Where the bytes of this field lie in the whole.</summary>
    public (int Start, int Length) Place()
    {
        var length = Varint();
        if (IsBad || length > (ulong)(_end - _at))
        {
            IsBad = true;
            return (_at, 0);
        }

        var start = _at;
        _at += (int)length;
        return (start, (int)length);
    }

    public ReadOnlySpan<byte> Bytes()
    {
        var (start, length) = Place();
        return _whole.Slice(start, length);
    }

    /// <summary>The fields of a message within this one.</summary>
    public ProtoReader Message()
    {
        var (start, length) = Place();
        return new ProtoReader(_whole, start, start + length);
    }

    /// <summary>A message that has no fields; any are bad.</summary>
    public void Nothing()
    {
        if (Place().Length > 0)
        {
            IsBad = true;
        }
    }

    /// <summary>Passes over a field that nobody here knows.</summary>
    public void Skip(uint tag)
    {
        switch (tag & 7)
        {
            case 0:
                Varint();
                break;
            case 1:
                Skip(bytes: 8);
                break;
            case 2:
                Place();
                break;
            case 5:
                Skip(bytes: 4);
                break;
            default:
                IsBad = true;
                break;
        }
    }

    private void Skip(int bytes)
    {
        if (_end - _at < bytes)
        {
            IsBad = true;
            return;
        }

        _at += bytes;
    }
}
