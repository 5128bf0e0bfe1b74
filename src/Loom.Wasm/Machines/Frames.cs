using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace Loom.Wasm;

/// <summary>What a machine is called with.</summary>
/// <param name="State">The state before; empty at birth.</param>
/// <param name="Command">The command.</param>
/// <param name="Context">The context of the decision.</param>
public readonly record struct InputFrame(ReadOnlyMemory<byte> State, ReadOnlyMemory<byte> Command, ReadOnlyMemory<byte> Context);

/// <summary>What a machine answers with.</summary>
/// <param name="Accepted">Whether the command was accepted (status 0) or rejected (status 1).</param>
/// <param name="State">The new state; for a rejection a JSON object with <c>code</c> and <c>message</c>.</param>
/// <param name="Events">A JSON array of events.</param>
public readonly record struct OutputFrame(bool Accepted, ReadOnlyMemory<byte> State, ReadOnlyMemory<byte> Events);

/// <summary>The frames of ABI v1. All numbers are little endian; every part has its length before it, and nothing follows the last.</summary>
public static class Frames
{
    /// <summary>Writes <c>u32 n ‖ state ‖ u32 n ‖ command ‖ u32 n ‖ context</c>.</summary>
    public static byte[] Encode(ReadOnlySpan<byte> state, ReadOnlySpan<byte> command, ReadOnlySpan<byte> context)
    {
        var frame = new byte[checked(12 + state.Length + command.Length + context.Length)];
        Put(Put(Put(frame, state), command), context);
        return frame;
    }

    /// <summary>Writes <c>u32 status ‖ u32 n ‖ state ‖ u32 n ‖ events</c>.</summary>
    public static byte[] Encode(bool accepted, ReadOnlySpan<byte> state, ReadOnlySpan<byte> events)
    {
        var frame = new byte[checked(12 + state.Length + events.Length)];
        BinaryPrimitives.WriteUInt32LittleEndian(frame, accepted ? 0u : 1u);
        Put(Put(frame.AsSpan(4), state), events);
        return frame;
    }

    /// <summary>Reads an input frame.</summary>
    /// <param name="bytes">The frame.</param>
    /// <param name="frame">Its parts, slices of <paramref name="bytes"/>.</param>
    /// <param name="mistake">What is wrong with it, when something is.</param>
    public static bool TryDecode(ReadOnlyMemory<byte> bytes, out InputFrame frame, [NotNullWhen(false)] out string? mistake)
    {
        frame = default;
        if (!Take(ref bytes, "the state", out var state, out mistake)
            || !Take(ref bytes, "the command", out var command, out mistake)
            || !Take(ref bytes, "the context", out var context, out mistake)
            || !End(bytes, out mistake))
        {
            return false;
        }

        frame = new InputFrame(state, command, context);
        return true;
    }

    /// <summary>Reads an output frame.</summary>
    /// <param name="bytes">The frame.</param>
    /// <param name="frame">Its parts, slices of <paramref name="bytes"/>.</param>
    /// <param name="mistake">What is wrong with it, when something is.</param>
    public static bool TryDecode(ReadOnlyMemory<byte> bytes, out OutputFrame frame, [NotNullWhen(false)] out string? mistake)
    {
        frame = default;
        if (!Number(ref bytes, "the parts", out var status, out mistake)) return false;
        if (status > 1)
        {
            mistake = $"the status is {status}: it must be 0 (accepted) or 1 (rejected)";
            return false;
        }

        if (!Take(ref bytes, "the state", out var state, out mistake)
            || !Take(ref bytes, "the events", out var events, out mistake)
            || !End(bytes, out mistake))
        {
            return false;
        }

        frame = new OutputFrame(status == 0, state, events);
        return true;
    }

    private static Span<byte> Put(Span<byte> target, ReadOnlySpan<byte> part)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(target, (uint)part.Length);
        part.CopyTo(target[4..]);
        return target[(4 + part.Length)..];
    }

    private static bool Take(ref ReadOnlyMemory<byte> bytes, string name, out ReadOnlyMemory<byte> part, [NotNullWhen(false)] out string? mistake)
    {
        part = default;
        if (!Number(ref bytes, name, out var length, out mistake)) return false;
        if (length > (uint)bytes.Length)
        {
            mistake = $"{name} should have {length} bytes, the frame has only {bytes.Length} left";
            return false;
        }

        part = bytes[..(int)length];
        bytes = bytes[(int)length..];
        return true;
    }

    private static bool Number(ref ReadOnlyMemory<byte> bytes, string name, out uint number, [NotNullWhen(false)] out string? mistake)
    {
        var whole = BinaryPrimitives.TryReadUInt32LittleEndian(bytes.Span, out number);
        mistake = whole ? null : $"the frame ends in the number before {name}";
        if (whole) bytes = bytes[4..];
        return whole;
    }

    private static bool End(ReadOnlyMemory<byte> rest, [NotNullWhen(false)] out string? mistake)
    {
        mistake = rest.IsEmpty ? null : $"{rest.Length} bytes follow the last part of the frame";
        return rest.IsEmpty;
    }
}
