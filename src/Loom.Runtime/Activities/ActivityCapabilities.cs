namespace Loom.Runtime;

/// <summary>What a module that is an activity may be granted beyond input and output. Nothing is granted that was not named; machines get none of it.</summary>
[Flags]
public enum ActivityCapabilities
{
    /// <summary>Input and output only.</summary>
    None = 0,

    /// <summary><c>loom.log (pointer, length)</c>: lines for the host's log.</summary>
    Log = 1,

    /// <summary><c>loom.read_blob (hash, target, room) -> length or -1</c>: blobs of the area <c>activities</c>, by the 32 bytes of their SHA-256.</summary>
    ReadBlob = 2,

    /// <summary><c>loom.now () -> microseconds since 1970</c>; every value is journaled with the outcome.</summary>
    Clock = 4,

    /// <summary><c>loom.random (pointer, length)</c>; every byte is journaled with the outcome.</summary>
    Random = 8,
}
