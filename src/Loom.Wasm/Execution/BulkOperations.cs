using System.Runtime.InteropServices;

namespace Loom.Wasm;

/// <summary>
/// Instructions on memories and tables as a whole. Both back ends use these very methods. Where the module counts fuel, what an instruction
/// costs beyond its own unit depends on the amount of work and is taken before the work begins.
/// </summary>
internal static class BulkOperations
{
    /// <summary>Bytes that one unit of fuel copies or fills.</summary>
    public const int BytesPerUnit = 64;

    /// <summary>Elements that one unit of fuel copies or fills.</summary>
    public const int ElementsPerUnit = 16;

    /// <summary>Units of fuel for a page by which a memory grows: what clearing it costs.</summary>
    public const int UnitsPerPage = LinearMemory.PageSize / BytesPerUnit;

    public static unsafe void MemoryCopy(Instance instance, int destination, int source, int count)
    {
        var memory = instance.Memory!;
        CheckBytes(memory.Length, source, count);
        CheckBytes(memory.Length, destination, count);
        ChargeBytes(instance, (uint)count);
        Buffer.MemoryCopy(memory.Base + (uint)source, memory.Base + (uint)destination, (uint)count, (uint)count);
    }

    public static unsafe void MemoryFill(Instance instance, int destination, int value, int count)
    {
        var memory = instance.Memory!;
        CheckBytes(memory.Length, destination, count);
        ChargeBytes(instance, (uint)count);
        NativeMemory.Fill(memory.Base + (uint)destination, (uint)count, (byte)value);
    }

    public static unsafe void MemoryInit(Instance instance, int destination, int source, int count, int segment)
    {
        var memory = instance.Memory!;
        var bytes = instance.DataDropped[segment] ? default : instance.Module.Data[segment].Bytes.Span;
        CheckBytes(bytes.Length, source, count);
        CheckBytes(memory.Length, destination, count);
        ChargeBytes(instance, (uint)count);
        bytes.Slice(source, count).CopyTo(new Span<byte>(memory.Base + (uint)destination, count));
    }

    public static void DataDrop(Instance instance, int segment) => instance.DataDropped[segment] = true;

    /// <summary>Adds pages. Returns the size before, or -1 where the limits forbid it.</summary>
    public static int MemoryGrow(Instance instance, int pages)
    {
        var memory = instance.Memory!;
        if (!memory.MayGrow((uint)pages)) return -1;
        if (instance.CountsFuel) instance.Store.Charge((long)(uint)pages * UnitsPerPage);
        return memory.Grow((uint)pages);
    }

    public static void TableInit(Instance instance, int destination, int source, int count, int segment, int table)
    {
        var to = instance.Tables[table];
        var items = instance.ElementSegments[segment] ?? [];
        Table.Check(items.Length, source, count);
        Table.Check(to.Count, destination, count);
        ChargeElements(instance, (uint)count);
        to.Copy((uint)destination, items, (uint)source, (uint)count);
    }

    public static void ElemDrop(Instance instance, int segment) => instance.ElementSegments[segment] = null;

    public static void TableCopy(Instance instance, int destination, int source, int count, int destinationTable, int sourceTable)
    {
        var to = instance.Tables[destinationTable];
        var from = instance.Tables[sourceTable];
        Table.Check(from.Count, source, count);
        Table.Check(to.Count, destination, count);
        ChargeElements(instance, (uint)count);
        to.Copy((uint)destination, from.Elements, (uint)source, (uint)count);
    }

    /// <summary>Adds elements. Returns the size before, or -1 where the limits forbid it.</summary>
    public static int TableGrow(Instance instance, object? value, int count, int table)
    {
        var grown = instance.Tables[table];
        if (!grown.MayGrow((uint)count)) return -1;

        // Growing moves the elements that are there, to an array that is mostly a large object: a guest that grows one by one pays for it.
        if (instance.CountsFuel && count != 0) instance.Store.Charge(grown.Count + ((uint)count / ElementsPerUnit));
        return grown.Grow((uint)count, value);
    }

    public static void TableFill(Instance instance, int destination, object? value, int count, int table)
    {
        var filled = instance.Tables[table];
        Table.Check(filled.Count, destination, count);
        ChargeElements(instance, (uint)count);
        filled.Fill((uint)destination, value, (uint)count);
    }

    public static object? TableGet(Instance instance, int index, int table) => instance.Tables[table].Get((uint)index);

    public static void TableSet(Instance instance, int index, object? value, int table) => instance.Tables[table].Set((uint)index, value);

    private static void CheckBytes(long length, int offset, int count)
    {
        if ((long)(uint)offset + (uint)count > length) throw TrapException.Of(TrapKind.MemoryOutOfBounds);
    }

    private static void ChargeBytes(Instance instance, uint count)
    {
        if (instance.CountsFuel) instance.Store.Charge(count / BytesPerUnit);
    }

    private static void ChargeElements(Instance instance, uint count)
    {
        if (instance.CountsFuel) instance.Store.Charge(count / ElementsPerUnit);
    }
}
