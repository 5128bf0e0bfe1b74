using System.Buffers.Binary;
using System.Text;

namespace Loom.Testing;

/// <summary>Machine modules (ABI v1) of a few instructions, assembled here: those that misbehave in one exact way.</summary>
public static class TinyModule
{
    private const byte End = 0x0b;

    /// <summary>Uses a number with a fraction, which the prover's translator refuses.</summary>
    public static byte[] Floating() => Make([0x43, 0, 0, 0x80, 0x3f, 0x1a]);

    /// <summary>Answers every command with these bytes as its output, followed by so many zeros.</summary>
    public static byte[] Giving(byte[] output, int zeros = 0) => Make([0x41, 0, 0x41, .. Signed(output.Length + zeros), 0x10, 0], output, output.Length + zeros);

    /// <summary>Accepts every command with this state and these events.</summary>
    public static byte[] Accepting(string state, string events) => Giving(Frame(0, Encoding.UTF8.GetBytes(state), Encoding.UTF8.GetBytes(events)));

    /// <summary>Rejects every command with this JSON.</summary>
    public static byte[] Rejecting(string json) => Giving(Frame(1, Encoding.UTF8.GetBytes(json), "[]"u8.ToArray()));

    /// <summary>Never comes to an end.</summary>
    public static byte[] Endless() => Make([0x03, 0x40, 0x0c, 0, End]);

    /// <summary>Calls itself until the stack is used up.</summary>
    public static byte[] Recursive() => Make([0x10, 2]);

    /// <summary>Reaches <c>unreachable</c>.</summary>
    public static byte[] Trapping() => Make([0x00]);

    /// <summary>Ends itself with <c>loom.abort(7)</c>.</summary>
    public static byte[] Aborting() => Make([0x41, 7, 0x10, 1]);

    /// <summary>Asks for more memory than there is, and reads beyond the end of what it has.</summary>
    public static byte[] Grasping() => Make([0x41, .. Signed(65_535), 0x40, 0, 0x1a, 0x41, .. Signed(65_536), 0x28, 2, 0, 0x1a]);

    /// <summary>An activity: draws eight random octal digits, looks at the clock, logs the digits and gives them as a JSON string.</summary>
    public static byte[] Drawing() => Module(
        [4, .. Entry("loom", "output", 1)[1..], .. Entry("loom", "random", 1)[1..], .. Entry("loom", "log", 1)[1..], .. Entry("loom", "now", 3)[1..]],
        [
            0x41, 1, 0x41, 8, 0x10, 1, // random bytes to 1..8
            0x41, 1, 0x41, 1, 0x29, 0, 0, 0x42, .. Signed(0x0707070707070707), 0x83, 0x42, .. Signed(0x3030303030303030), 0x84, 0x37, 0, 0,
            0x10, 3, 0x1a, 0x41, 0, 0x41, 10, 0x10, 2, 0x41, 0, 0x41, 10, 0x10, 0, End,
        ],
        main: 4, "\"xxxxxxxx\""u8.ToArray());

    /// <summary>An activity: gives the blob of that hash, or traps when it is not there.</summary>
    public static byte[] Reading(byte[] hash) => Module(
        [2, .. Entry("loom", "output", 1)[1..], .. Entry("loom", "read_blob", 4)[1..]],
        [
            0x41, .. Signed(1024), // where the output will begin; its length is what comes back
            0x41, 0, 0x41, .. Signed(1024), 0x41, .. Signed(60_000), 0x10, 1,
            0x10, 0, End,
        ],
        main: 2, hash);

    /// <summary>Imports a function that machines are not given.</summary>
    public static byte[] Importing(string module, string name) =>
        Module(Entry(module, name, 0), [0x0b]);

    /// <summary>An output frame.</summary>
    public static byte[] Frame(uint status, byte[] state, byte[] events)
    {
        var frame = new byte[12 + state.Length + events.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(frame, status);
        BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(4), state.Length);
        state.CopyTo(frame, 8);
        BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(8 + state.Length), events.Length);
        events.CopyTo(frame, 12 + state.Length);
        return frame;
    }

    // Functions: 0 loom.output, 1 loom.abort, 2 loom_main.
    private static byte[] Make(byte[] code, byte[]? data = null, int memory = 0) =>
        Module([2, .. Entry("loom", "output", 1)[1..], .. Entry("loom", "abort", 2)[1..]], [.. code, End], 2, data, memory);

    private static byte[] Entry(string module, string name, byte type) => [1, .. Name(module), .. Name(name), 0, type];

    private static byte[] Module(byte[] imports, byte[] code, byte main = 1, byte[]? data = null, int memory = 0)
    {
        var pages = 1 + (memory / 65_536);
        byte[] body = [0, .. code];
        return
        [
            0, (byte)'a', (byte)'s', (byte)'m', 1, 0, 0, 0,
            .. Section(1, [5, 0x60, 0, 0, 0x60, 2, 0x7f, 0x7f, 0, 0x60, 1, 0x7f, 0, 0x60, 0, 1, 0x7e, 0x60, 3, 0x7f, 0x7f, 0x7f, 1, 0x7f]),
            .. Section(2, imports),
            .. Section(3, [1, 0]),
            .. Section(5, [1, 0, .. Unsigned(pages)]),
            .. Section(7, [2, .. Name("memory"), 2, 0, .. Name("loom_main"), 0, main]),
            .. Section(10, [1, .. Unsigned(body.Length), .. body]),
            .. data is null ? [] : Section(11, [1, 0, 0x41, 0, End, .. Unsigned(data.Length), .. data]),
        ];
    }

    private static byte[] Section(byte id, byte[] content) => [id, .. Unsigned(content.Length), .. content];

    private static byte[] Name(string text) => [(byte)text.Length, .. Encoding.ASCII.GetBytes(text)];

    private static byte[] Unsigned(int value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7)
        {
            bytes.Add((byte)(value | 0x80));
        }

        return [.. bytes, (byte)value];
    }

    private static byte[] Signed(long value)
    {
        var bytes = new List<byte>();
        for (; value is < -64 or > 63; value >>= 7)
        {
            bytes.Add((byte)(value | 0x80));
        }

        return [.. bytes, (byte)(value & 0x7f)];
    }
}
