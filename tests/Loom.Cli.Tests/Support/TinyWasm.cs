namespace Loom.Cli.Tests;

/// <summary>Modules of one function, loom_main, given as bytes: what it takes to see how commands treat bad ones.</summary>
internal static class TinyWasm
{
    public static byte[] EndlessLoop { get; } = Machine(0x03, 0x40, 0x0c, 0x00, 0x0b);

    public static byte[] Unreachable { get; } = Machine(0x00);

    /// <summary>Pushes a float and drops it.</summary>
    public static byte[] Float { get; } = Machine(0x43, 0, 0, 0, 0, 0x1a);

    /// <summary>Ends without an output.</summary>
    public static byte[] Silent { get; } = Machine();

    public static byte[] Machine(params byte[] code) =>
    [
        0, 0x61, 0x73, 0x6d, 1, 0, 0, 0,
        1, 4, 1, 0x60, 0, 0,
        3, 2, 1, 0,
        5, 3, 1, 0, 1,
        7, 22, 2, 6, .. "memory"u8, 2, 0, 9, .. "loom_main"u8, 0, 0,
        10, (byte)(code.Length + 4), 1, (byte)(code.Length + 2), 0, .. code, 0x0b,
    ];
}
