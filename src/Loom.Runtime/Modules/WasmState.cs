using Loom.Core;

namespace Loom.Runtime;

/// <summary>The state of a module's actor: the bytes as the module gave them.</summary>
internal sealed class WasmState(ReadOnlyMemory<byte> bytes, string labelPath) : MachineState
{
    private string? _label;

    public override ReadOnlyMemory<byte> Bytes => bytes;

    public override string Label => _label ??= LabelPath.Find(labelPath, bytes);
}
