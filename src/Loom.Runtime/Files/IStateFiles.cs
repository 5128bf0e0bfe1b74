namespace Loom.Runtime;

/// <summary>
/// Small files that only save work: snapshots, pending timers, the directory. Obligations: 1 a write replaces the file whole or not at
/// all; 2 a file may be lost at any time (everything in it can be rebuilt from the journal), but is never returned half. Thread-safe.
/// </summary>
internal interface IStateFiles
{
    /// <summary>The file's bytes, or null when there is none or it is damaged.</summary>
    byte[]? Read(string name);

    /// <summary>Replaces the file.</summary>
    void Write(string name, ReadOnlySpan<byte> bytes);

    /// <summary>Removes the file, if there is one.</summary>
    void Delete(string name);
}
