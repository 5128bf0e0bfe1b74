namespace Loom.Wasm;

/// <summary>Element segments, data segments and function bodies.</summary>
internal sealed partial class ModuleDecoder
{
    private int segmentElements;

    private void ReadElements(ref ByteReader section)
    {
        elements = new ElementSegment[section.Count("element segments", limits.Segments, 2)];
        for (var i = 0; i < elements.Length; i++) elements[i] = ReadElement(ref section, i);
    }

    // Bit 0: passive or declarative; bit 1: a table index (active) or declarative; bit 2: expressions in place of function indices.
    private ElementSegment ReadElement(ref ByteReader section, int number)
    {
        var at = section.Offset;
        var flags = section.U32();
        if (flags > 7) throw new InvalidModuleException(InvalidModuleKind.Malformed, at, $"malformed elements segment kind {flags}");
        var what = $"element segment {number}";
        var mode = (flags & 1) == 0 ? SegmentMode.Active : (flags & 2) == 0 ? SegmentMode.Passive : SegmentMode.Declarative;
        var table = 0;
        ConstantExpression offset = default;
        if (mode == SegmentMode.Active)
        {
            var index = (flags & 2) != 0 ? section.U32() : 0;
            offset = ReadConstant(ref section, ValueType.I32, what);
            if (index >= (uint)tables.Count) throw Unknown("table", index, at, tables.Count);
            table = (int)index;
        }

        var expressions = (flags & 4) != 0;
        var type = (flags & 3) == 0 ? ValueType.FuncRef : expressions ? ReadReferenceType(ref section) : ReadElementKind(ref section);
        if (mode == SegmentMode.Active && tables[table].Element != type)
            throw new InvalidModuleException(InvalidModuleKind.Invalid, at, $"type mismatch: {what} holds {type}, table {table} holds {tables[table].Element}");

        return new ElementSegment(mode, type, table, offset, ReadItems(ref section, type, expressions, what));
    }

    private static ValueType ReadElementKind(ref ByteReader section) =>
        section.Byte() == 0 ? ValueType.FuncRef : throw section.Malformed("malformed element kind");

    private ConstantExpression[] ReadItems(ref ByteReader section, ValueType type, bool expressions, string what)
    {
        var items = new ConstantExpression[section.Count("elements", limits.SegmentElements - segmentElements)];
        segmentElements += items.Length;
        for (var i = 0; i < items.Length; i++)
        {
            items[i] = expressions
                ? ReadConstant(ref section, type, what)
                : new ConstantExpression(ConstantKind.Function, ValueType.FuncRef, (ulong)DeclareFunction(ref section));
        }

        return items;
    }

    private void ReadDataCount(ref ByteReader section)
    {
        var at = section.Offset;
        var count = section.U32();
        if (count > (uint)limits.Segments) throw new InvalidModuleException(InvalidModuleKind.TooLarge, at, $"{count} data segments, the limit is {limits.Segments}");
        dataCount = (int)count;
    }

    private void ReadData(ref ByteReader section)
    {
        data = new DataSegment[section.Count("data segments", limits.Segments, 2)];
        for (var i = 0; i < data.Length; i++)
        {
            var at = section.Offset;
            var flags = section.U32();
            if (flags > 2) throw new InvalidModuleException(InvalidModuleKind.Malformed, at, $"malformed data segment kind {flags}");
            var mode = flags == 1 ? SegmentMode.Passive : SegmentMode.Active;
            ConstantExpression offset = default;
            if (mode == SegmentMode.Active)
            {
                var memory = flags == 2 ? section.U32() : 0;
                if (memory >= (uint)memories.Count) throw Unknown("memory", memory, at, memories.Count);
                offset = ReadConstant(ref section, ValueType.I32, $"data segment {i}");
            }

            var length = section.Length($"data segment {i}");
            data[i] = new DataSegment(mode, 0, offset, module.Slice(section.Offset, length));
            section.Take(length);
        }
    }

    private void ReadBodies(ref ByteReader section)
    {
        var count = section.Count("function bodies", limits.Functions, 3);
        if (count != functions.Count - importedFunctions)
            throw section.Malformed($"function and code section have inconsistent lengths: {functions.Count - importedFunctions} functions, {count} bodies");
        bodies = new FunctionBody[count];
        for (var i = 0; i < count; i++)
        {
            var at = section.Offset;
            var length = section.Length($"the body of function {importedFunctions + i}");
            if (length > limits.BodyBytes) throw new InvalidModuleException(InvalidModuleKind.TooLarge, at, $"the body of function {importedFunctions + i} has {length} bytes, the limit is {limits.BodyBytes}");
            bodies[i] = new FunctionBody(section.Offset, module.Slice(section.Offset, length));
            section.Take(length);
        }
    }
}
