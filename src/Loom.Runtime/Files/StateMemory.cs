using System.Collections.Concurrent;

namespace Loom.Runtime;

/// <summary>State files in memory: for a runtime without a folder, and for simulated hosts that share one across crashes.</summary>
internal sealed class StateMemory : IStateFiles
{
    private readonly ConcurrentDictionary<string, byte[]> _files = new(StringComparer.Ordinal);

    public byte[]? Read(string name) => _files.GetValueOrDefault(name);

    public void Write(string name, ReadOnlySpan<byte> bytes) => _files[name] = bytes.ToArray();

    public void Delete(string name) => _files.TryRemove(name, out _);

    /// <summary>Every file's name, sorted.</summary>
    public IReadOnlyList<string> Names => [.. _files.Keys.Order(StringComparer.Ordinal)];
}
