namespace Loom.Wasm;

/// <summary>A table of references that instances share.</summary>
public sealed class Table
{
    /// <summary>Its elements; the array's length is the table's size. Functions are <see cref="Function"/>.</summary>
    internal object?[] Elements;

    /// <summary>The first instance that uses it: all others have to be of the same store and back end.</summary>
    internal Instance? User;

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

    /// <summary>Whether that many elements more are within its limits.</summary>
    internal bool MayGrow(uint count) => count <= most - (uint)Elements.Length;

    /// <summary>Adds elements. Returns the size before, or -1 where the limits forbid it.</summary>
    internal int Grow(uint count, object? value)
    {
        if (!MayGrow(count)) return -1;
        var before = Elements.Length;
        Array.Resize(ref Elements, before + (int)count);
        Array.Fill(Elements, value, before, (int)count);
        return before;
    }

    /// <summary>Traps when a range reaches beyond the end of a table or a segment of that length.</summary>
    internal static void Check(int length, int offset, int count)
    {
        if ((long)(uint)offset + (uint)count > length) throw TrapException.Of(TrapKind.TableOutOfBounds);
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
