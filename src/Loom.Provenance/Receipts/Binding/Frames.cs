using System.Buffers.Binary;

namespace Loom.Provenance.Receipts;

/// <summary>A module's input (ABI v1): <c>u32 n ‖ state ‖ u32 n ‖ command ‖ u32 n ‖ context</c>, little-endian, and nothing after.</summary>
public sealed record InputFrame(ReadOnlyMemory<byte> State, ReadOnlyMemory<byte> Command, ReadOnlyMemory<byte> Context)
{
    /// <summary>Reads a frame; null when the bytes are none, exactly.</summary>
    public static InputFrame? Read(ReadOnlyMemory<byte> bytes) =>
        Frames.Take(ref bytes, out var state) && Frames.Take(ref bytes, out var command) && Frames.Take(ref bytes, out var context) && bytes.IsEmpty
            ? new InputFrame(state, command, context)
            : null;

    /// <summary>The frame's bytes.</summary>
    public byte[] Write()
    {
        var bytes = new byte[12 + State.Length + Command.Length + Context.Length];
        var at = 0;
        Frames.Put(bytes, ref at, State.Span);
        Frames.Put(bytes, ref at, Command.Span);
        Frames.Put(bytes, ref at, Context.Span);
        return bytes;
    }
}

/// <summary>A module's output (ABI v1): <c>u32 status ‖ u32 n ‖ state ‖ u32 n ‖ events</c>, little-endian, and nothing after.</summary>
public sealed record OutputFrame(uint Status, ReadOnlyMemory<byte> State, ReadOnlyMemory<byte> Events)
{
    /// <summary>Reads a frame; null when the bytes are none, exactly.</summary>
    public static OutputFrame? Read(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length < 4)
        {
            return null;
        }

        var status = BinaryPrimitives.ReadUInt32LittleEndian(bytes.Span);
        bytes = bytes[4..];
        return Frames.Take(ref bytes, out var state) && Frames.Take(ref bytes, out var events) && bytes.IsEmpty
            ? new OutputFrame(status, state, events)
            : null;
    }

    /// <summary>The frame's bytes.</summary>
    public byte[] Write()
    {
        var bytes = new byte[12 + State.Length + Events.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Status);
        var at = 4;
        Frames.Put(bytes, ref at, State.Span);
        Frames.Put(bytes, ref at, Events.Span);
        return bytes;
    }
}

internal static class Frames
{
    /// <summary>Takes a length and as many bytes.</summary>
    public static bool Take(ref ReadOnlyMemory<byte> left, out ReadOnlyMemory<byte> part)
    {
        part = default;
        if (left.Length < 4 || BinaryPrimitives.ReadUInt32LittleEndian(left.Span) is var length && length > (uint)(left.Length - 4))
        {
            return false;
        }

        part = left.Slice(4, (int)length);
        left = left[(4 + (int)length)..];
        return true;
    }

    public static void Put(byte[] bytes, ref int at, ReadOnlySpan<byte> part)
    {
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(at), part.Length);
        part.CopyTo(bytes.AsSpan(at + 4));
        at += 4 + part.Length;
    }
}
