namespace Loom.Wasm;

/// <summary>What the host functions of one call share: the input, and where the guest said that its output lies.</summary>
internal sealed unsafe class MachineCall(byte* input, int length)
{
    public uint OutputOffset;
    public uint OutputLength;

    // The caller of the machine keeps the bytes where they are until the call is over.
    public ReadOnlySpan<byte> Input => new(input, length);
}
