namespace Loom.Wasm;

/// <summary>A table of references that instances share.</summary>
public sealed class Table
{
    /// <summary>Its elements; the array's length is the table's size. Functions are <see cref="Function"/>.</summary>
    internal object?[] Elements;

    private readonly uint most;

    /// <summary>Makes a table of null references.</summary>
    /// <param name="type">What it holds, its size at the start and the most it may grow to.</param>
    /// <param name="mostElements">What the host allows besides.</param>
    public Table(TableType type, int mostElements = 10_000_000)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(type.Limits.Minimum, (uint)mostElements, nameof(type));
        Type = type;
        most = Math.Min(type.Limits.Maximum ?? uint.MaxValue, (uint)mostElements);
        Elements = new object?[type.Limits.Minimum];
    }

    /// <summary>The type that it was made with.</summary>
    public TableType Type { get; }

    /// <summary>Its size in elements.</summary>
    public int Count => Elements.Length;

    /// <summary>Adds elements. Returns the size before, or -1 when that many are not to be had.</summary>
    internal int Grow(uint count, object? value)
    {
        var before = Elements.Length;
        if (count > most - (uint)before) return -1;
        Array.Resize(ref Elements, before + (int)count);
        Array.Fill(Elements, value, before, (int)count);
        return before;
    }

    internal object? Get(uint index) => index < (uint)Elements.Length ? Elements[index] : throw TrapException.Of(TrapKind.TableOutOfBounds);

    internal void Set(uint index, object? value)
    {
        if (index >= (uint)Elements.Length) throw TrapException.Of(TrapKind.TableOutOfBounds);
        Elements[index] = value;
    }

    internal void Fill(uint offset, object? value, uint count)
    {
        if ((ulong)offset + count > (ulong)Elements.Length) throw TrapException.Of(TrapKind.TableOutOfBounds);
        Array.Fill(Elements, value, (int)offset, (int)count);
    }

    /// <summary>Copies references from a table (maybe this one) or from a segment.</summary>
    internal void Copy(uint offset, ReadOnlySpan<object?> source, uint from, uint count)
    {
        if ((ulong)from + count > (ulong)source.Length || (ulong)offset + count > (ulong)Elements.Length)
        {
            throw TrapException.Of(TrapKind.TableOutOfBounds);
        }

        source.Slice((int)from, (int)count).CopyTo(Elements.AsSpan((int)offset));
    }
}
