using Loom.Core;

namespace Loom.EventStoreDb.Messages;

/// <summary><c>event_store.client.StreamIdentifier</c>: 3 <c>stream_name</c>, UTF-8.</summary>
internal static class ProtoStream
{
    /// <summary>Bytes of a field with the stream; so many bytes of text.</summary>
    public static int FieldOf(int length) => ProtoWriter.FieldOf(ProtoWriter.BytesOf(length));

    public static void Write(ref ProtoWriter to, int field, StreamName stream, int length)
    {
        to.Begin(field, ProtoWriter.BytesOf(length));
        to.Text(3, stream.Value, length);
    }

    /// <summary>False where it is not plainly a name that streams of Loom's can have.</summary>
    public static bool TryRead(ProtoReader from, KnownTexts texts, out StreamName stream)
    {
        ReadOnlySpan<byte> name = default;
        while (from.Next(out var tag))
        {
            if (tag == ((3 << 3) | 2))
            {
                name = from.Bytes();
            }
            else
            {
                from.Skip(tag);
            }
        }

        stream = default;
        return !from.IsBad && texts.TryStream(name, out stream);
    }
}
