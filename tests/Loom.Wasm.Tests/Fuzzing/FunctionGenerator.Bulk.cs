using Loom.Wasm.Tests.Building;

namespace Loom.Wasm.Tests.Fuzzing;

/// <summary>Tables, references, and what works on memories and tables as a whole.</summary>
internal sealed partial class FunctionGenerator
{
    private static int TableOf(ValueType type) => type == ValueType.FuncRef ? 0 : 1;

    private ValueType TableType() => module.HasExternTable && module.Chance(50) ? ValueType.ExternRef : ValueType.FuncRef;

    /// <summary>The number of an element that is mostly there.</summary>
    private void Element(int depth)
    {
        Value(ValueType.I32, depth + 1);
        if (module.Chance(99)) w.I32(3).Op(Opcode.I32And);
    }

    /// <summary>A small number, mostly.</summary>
    private void Small(int most)
    {
        if (module.Chance(1)) Constants.Write(w, Random, ValueType.I32);
        else w.I32(Random.Next(most));
    }

    private void Sizes(int depth)
    {
        switch (Random.Next(module.Options.Provable ? 3 : 6))
        {
            case 0 or 1: w.Op(Opcode.MemorySize).Byte(0); break;
            case 2:
                Small(3);
                w.Op(Opcode.MemoryGrow).Byte(0);
                break;
            case 3: w.Op(Opcode.TableSize, TableOf(TableType())); break;
            case 4:
                var type = TableType();
                Value(type, depth + 1);
                Small(3);
                w.Op(Opcode.TableGrow, TableOf(type));
                break;
            default:
                Value(module.Chance(50) ? ValueType.FuncRef : ValueType.ExternRef, depth + 1);
                w.Op(Opcode.RefIsNull);
                break;
        }
    }

    private void Tables(int depth)
    {
        if (module.Options.Provable) return;
        var type = TableType();
        var table = TableOf(type);
        switch (Random.Next(5))
        {
            case 0:
                Small(4);
                Value(type, depth + 1);
                Small(3);
                w.Op(Opcode.TableFill, table);
                break;
            case 1:
                Three(3, 3, 3);
                w.Op(Opcode.TableCopy, table, table);
                break;
            case 2:
                Three(6, 2, 2);
                w.Op(Opcode.TableInit, 1, 0);
                break;
            case 3 when module.Chance(8): w.Op(Opcode.ElemDrop, Random.Next(3)); break;
            default:
                Element(depth);
                Value(type, depth + 1);
                w.Op(Opcode.TableSet, table);
                break;
        }
    }

    private void Bulk(int depth)
    {
        switch (Random.Next(module.Options.Provable ? 2 : 4))
        {
            case 0:
                Small(60_000);
                Value(ValueType.I32, depth + 1);
                Small(300);
                w.Op(Opcode.MemoryFill).Byte(0);
                break;
            case 1:
                Three(1_000, 1_000, 200);
                w.Op(Opcode.MemoryCopy, 0, 0);
                break;
            case 2:
                Three(1_000, 10, 10);
                w.Op(Opcode.MemoryInit, 1, 0);
                break;
            default:
                if (module.Chance(8)) w.Op(Opcode.DataDrop, Random.Next(2));
                break;
        }
    }

    private void Three(int first, int second, int third)
    {
        Small(first);
        Small(second);
        Small(third);
    }
}
