using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Loom.Provenance;

/// <summary>
/// The files of a bundle that is being written, by name. Receipts are many and large: of them only the way to their bytes is kept, which are
/// asked for when they are hashed and when they are written, and must be the same each time.
/// </summary>
internal sealed class BundleContents : IReadOnlyDictionary<string, ReadOnlyMemory<byte>>
{
    private readonly SortedDictionary<string, Func<ReadOnlyMemory<byte>>> _files = new(StringComparer.Ordinal);

    public IEnumerable<string> Keys => _files.Keys;

    public IEnumerable<ReadOnlyMemory<byte>> Values => _files.Values.Select(f => f());

    public int Count => _files.Count;

    public ReadOnlyMemory<byte> this[string name]
    {
        get => _files[name]();
        set => _files[name] = () => value;
    }

    /// <summary>Adds a file that is not there yet.</summary>
    public bool TryAdd(string name, ReadOnlyMemory<byte> content) => _files.TryAdd(name, () => content);

    /// <summary>Adds a file whose bytes are asked for when they are needed.</summary>
    public void AddLater(string name, Func<ReadOnlyMemory<byte>> content) => _files.Add(name, content);

    public bool ContainsKey(string name) => _files.ContainsKey(name);

    public bool TryGetValue(string name, [MaybeNullWhen(false)] out ReadOnlyMemory<byte> content)
    {
        var found = _files.TryGetValue(name, out var file);
        content = found ? file!() : default;
        return found;
    }

    public IEnumerator<KeyValuePair<string, ReadOnlyMemory<byte>>> GetEnumerator() => _files.Select(f => KeyValuePair.Create(f.Key, f.Value())).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
