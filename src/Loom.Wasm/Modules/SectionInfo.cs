namespace Loom.Wasm;

/// <summary>A section as it stands in the module.</summary>
/// <param name="Id">Its number in the binary format; 0 is a custom section.</param>
/// <param name="Name">Its name: the custom section's own, or the one that the specification gives it.</param>
/// <param name="Offset">Where its content starts.</param>
/// <param name="Size">Bytes of its content.</param>
public sealed record SectionInfo(int Id, string Name, int Offset, int Size);
