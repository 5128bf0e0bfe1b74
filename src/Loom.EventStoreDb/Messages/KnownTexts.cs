using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Loom.Core;

namespace Loom.EventStoreDb.Messages;

/// <summary>
/// Names and types that came before, so that neighbours share one text instead of each making its own. As many as there are slots, none of them
/// long; what is not there is made anew. Thread-safe: a slot changes as a whole.
/// </summary>
internal sealed class KnownTexts
{
    private const int Slots = 1024; // a power of two
    private const int LongestKept = 128;
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly Known?[] _slots = new Known?[Slots];

    /// <summary>The text; null for bytes that are no UTF-8.</summary>
    public string? Text(ReadOnlySpan<byte> utf8) => Find(utf8)?.Text;

    /// <summary>The name of a stream; false for bytes that name none.</summary>
    public bool TryStream(ReadOnlySpan<byte> utf8, out StreamName stream)
    {
        stream = default;
        if (utf8.Length > StreamName.MaxLength * 3 || Find(utf8) is not { IsStream: true } known)
        {
            return false;
        }

        stream = known.Stream;
        return true;
    }

    private Known? Find(ReadOnlySpan<byte> utf8)
    {
        ref var slot = ref _slots[Slot(utf8)];
        if (slot is { } known && utf8.SequenceEqual(known.Utf8))
        {
            return known;
        }

        try
        {
            var made = new Known(utf8.ToArray(), Strict.GetString(utf8));
            if (utf8.Length <= LongestKept)
            {
                slot = made;
            }

            return made;
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    // Names that differ mostly do so at their ends.
    private static int Slot(ReadOnlySpan<byte> utf8)
    {
        Span<byte> ends = stackalloc byte[16];
        ends.Clear();
        utf8[..Math.Min(8, utf8.Length)].CopyTo(ends);
        utf8[^Math.Min(8, utf8.Length)..].CopyTo(ends[8..]);
        var mixed = ((BinaryPrimitives.ReadUInt64LittleEndian(ends) * 0x9E3779B97F4A7C15) ^ BinaryPrimitives.ReadUInt64LittleEndian(ends[8..])) * 0xC2B2AE3D27D4EB4F;
        return (int)(mixed >> 40) & (Slots - 1);
    }

    private sealed class Known(byte[] utf8, string text)
    {
        public byte[] Utf8 => utf8;

        public string Text => text;

        public bool IsStream { get; } = StreamName.TryParse(text, out _);

        public StreamName Stream { get; } = StreamName.TryParse(text, out var name) ? name : default;
    }
}
