using Google.Protobuf;

namespace Loom.EventStoreDb.Tests.Messages;

/// <summary>
/// Changes the bytes of a message as other writers, and enemies, may: fields in another order, in two parts, unknown, within groups, with other
/// kinds of values, cut off, with lengths that are not there, with single bits turned.
/// </summary>
internal sealed class WireMutator(Random random)
{
    public byte[] Mutate(byte[] message)
    {
        var changed = Fields(message, depth: 0);
        if (random.Next(4) == 0)
        {
            changed = changed[..random.Next(changed.Length + 1)];
        }

        for (var i = random.Next(4) == 0 ? random.Next(1, 4) : 0; i > 0 && changed.Length > 0; i--)
        {
            changed[random.Next(changed.Length)] ^= (byte)(1 << random.Next(8));
        }

        return changed;
    }

    private byte[] Fields(byte[] message, int depth)
    {
        var fields = Split(message);
        if (fields is null)
        {
            return message;
        }

        for (var i = 0; i < fields.Count; i++)
        {
            if (random.Next(3) == 0 && depth < 5 && WireFormat.GetTagWireType(fields[i].Tag) == WireFormat.WireType.LengthDelimited)
            {
                fields[i] = (fields[i].Tag, Fields(fields[i].Value, depth + 1));
            }
        }

        switch (random.Next(7))
        {
            case 0:
                random.Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(fields));
                break;
            case 1 when fields.Count > 0:
                fields.Insert(random.Next(fields.Count + 1), fields[random.Next(fields.Count)]);
                break;
            case 2:
                fields.Insert(random.Next(fields.Count + 1), Unknown());
                break;
            case 3 when fields.Count > 0:
                fields.RemoveAt(random.Next(fields.Count));
                break;
        }

        return Join(fields);
    }

    private (uint Tag, byte[] Value) Unknown()
    {
        var type = (WireFormat.WireType)random.Next(8);
        var number = random.Next(4) == 0 ? random.Next(0, 10) : random.Next(1, 1 << 20);
        var value = new byte[type switch { WireFormat.WireType.Fixed64 => 8, WireFormat.WireType.Fixed32 => 4, _ => random.Next(12) }];
        random.NextBytes(value);
        if (type == WireFormat.WireType.Varint)
        {
            value = Varint((ulong)random.NextInt64());
        }

        return ((uint)((number << 3) | (int)type), value);
    }

    private byte[] Join(List<(uint Tag, byte[] Value)> fields)
    {
        using var bytes = new MemoryStream();
        foreach (var (tag, value) in fields)
        {
            bytes.Write(Varint(tag));
            if (WireFormat.GetTagWireType(tag) == WireFormat.WireType.LengthDelimited)
            {
                bytes.Write(Varint(random.Next(40) == 0 ? (ulong)random.NextInt64() : (ulong)value.Length));
            }

            bytes.Write(value);
        }

        return bytes.ToArray();
    }

    private static List<(uint Tag, byte[] Value)>? Split(byte[] message)
    {
        var fields = new List<(uint, byte[])>();
        try
        {
            var input = new CodedInputStream(message);
            for (var tag = input.ReadTag(); tag != 0; tag = input.ReadTag())
            {
                fields.Add((tag, WireFormat.GetTagWireType(tag) switch
                {
                    WireFormat.WireType.Varint => Varint(input.ReadUInt64()),
                    WireFormat.WireType.LengthDelimited => input.ReadBytes().ToByteArray(),
                    WireFormat.WireType.Fixed32 => BitConverter.GetBytes(input.ReadFixed32()),
                    WireFormat.WireType.Fixed64 => BitConverter.GetBytes(input.ReadFixed64()),
                    _ => throw new FormatException("Text may look like fields, but groups are not split."),
                }));
            }

            return fields;
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or FormatException)
        {
            return null;
        }
    }

    private static byte[] Varint(ulong value)
    {
        var bytes = new byte[CodedOutputStream.ComputeUInt64Size(value)];
        var output = new CodedOutputStream(bytes);
        output.WriteUInt64(value);
        output.Flush();
        return bytes;
    }
}
