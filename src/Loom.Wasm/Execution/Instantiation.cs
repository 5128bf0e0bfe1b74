namespace Loom.Wasm;

/// <summary>Brings an instance to life (WebAssembly 2.0, 4.5.4), the same way for every back end.</summary>
internal static class Instantiation
{
    public static void Run(Instance instance, Imports imports)
    {
        Link(instance, imports);
        MakeTables(instance);
        MakeMemory(instance);
        MakeGlobals(instance);
        try
        {
            FillTables(instance);
            FillMemory(instance);
        }
        catch (TrapException e)
        {
            throw new InstantiationException(e.Trap);
        }

        if (instance.Module.Start is { } start && instance.Call(instance.FunctionAt(start)).Trap is { } trap) throw new InstantiationException(trap);
    }

    private static void Link(Instance instance, Imports imports)
    {
        var module = instance.Module;
        int function = 0, table = 0, memory = 0, global = 0;
        foreach (var import in module.Imports)
        {
            var given = imports.Find(import);
            switch (import.Kind)
            {
                case ExternalKind.Function:
                    instance.Functions[function] = LinkFunction(instance, import, module.FunctionTypes[function], given);
                    function++;
                    break;
                case ExternalKind.Table:
                    var wantedTable = module.Tables[table];
                    if (given is not Table t || t.Type.Element != wantedTable.Element || !Fits(new Limits((uint)t.Count, t.Type.Limits.Maximum), wantedTable.Limits)) throw Mismatch(import);
                    Claim(ref t.User, instance, import);
                    instance.Tables[table++] = t;
                    break;
                case ExternalKind.Memory:
                    if (given is not LinearMemory m || !Fits(new Limits((uint)m.Pages, m.Limits.Maximum), module.Memories[memory++])) throw Mismatch(import);
                    instance.Memory = m;
                    break;
                default:
                    if (given is not Global g || g.Type != module.Globals[global]) throw Mismatch(import);
                    if (g.Type.Value == ValueType.FuncRef) Claim(ref g.User, instance, import);
                    instance.Globals[global++] = g;
                    break;
            }
        }
    }

    private static Function LinkFunction(Instance instance, Import import, FunctionType type, object given)
    {
        switch (given)
        {
            case HostFunction host when host.Type.Equals(type):
                var made = instance.MakeHostFunction(host);
                made.Owner = instance;
                return made;
            case Function function when function.Type.Equals(type):
                return instance.CanCall(function) && function.Owner?.Store == instance.Store ? function : throw Foreign(import);
            case HostFunction host:
                throw new LinkException($"incompatible import type: {import.Module}.{import.Name} is {host.Type}, the module wants {type}");
            case Function function:
                throw new LinkException($"incompatible import type: {import.Module}.{import.Name} is {function.Type}, the module wants {type}");
            default:
                throw Mismatch(import);
        }
    }

    // A table or a global may hand functions from one instance to another, which has to be able to call them.
    private static void Claim(ref Instance? user, Instance instance, Import import)
    {
        user ??= instance;
        if (user.Store != instance.Store || user.Kind != instance.Kind) throw Foreign(import);
    }

    private static LinkException Foreign(Import import) =>
        new($"{import.Module}.{import.Name} belongs to another back end or store: instances that share functions are of one store, and all compiled or all interpreted");

    private static bool Fits(Limits given, Limits wanted) =>
        given.Minimum >= wanted.Minimum && (wanted.Maximum is null || (given.Maximum is { } most && most <= wanted.Maximum));

    private static LinkException Mismatch(Import import) =>
        new($"incompatible import type: {import.Module}.{import.Name} is not the {import.Kind.ToString().ToLowerInvariant()} that the module wants");

    private static void MakeTables(Instance instance)
    {
        var module = instance.Module;
        for (var i = module.ImportedTables; i < module.Tables.Count; i++)
        {
            var most = instance.Store.Limits.TableElements;
            if (module.Tables[i].Limits.Minimum > most) throw new LinkException($"table {i} starts with {module.Tables[i].Limits.Minimum} elements, the limit is {most}");
            instance.Tables[i] = new Table(module.Tables[i], most) { User = instance };
        }
    }

    private static void MakeMemory(Instance instance)
    {
        var module = instance.Module;
        if (module.Memories.Count == module.ImportedMemories) return;
        var most = instance.Store.Limits.MemoryPages;
        if (module.Memories[0].Minimum > most) throw new LinkException($"the memory starts with {module.Memories[0].Minimum} pages, the limit is {most}");
        instance.Memory = new LinearMemory(module.Memories[0], most);
    }

    private static void MakeGlobals(Instance instance)
    {
        var module = instance.Module;
        foreach (var export in module.Exports)
        {
            if (export.Kind == ExternalKind.Global && export.Index >= module.ImportedGlobals)
            {
                instance.Globals[export.Index] ??= new Global(Value.Zero(module.Globals[export.Index].Value), module.Globals[export.Index].Mutable) { User = instance };
            }
        }

        for (var i = module.ImportedGlobals; i < module.Globals.Count; i++)
        {
            var value = Evaluate(instance, module.GlobalValues[i - module.ImportedGlobals]);
            if (instance.Globals[i] is { } shared) shared.Set(value);
            else instance.SetPrivateGlobal(i, value);
        }
    }

    private static void FillTables(Instance instance)
    {
        var segments = instance.Module.Elements;
        if (segments.Length == 0) return;
        instance.ElementSegments = new object?[]?[segments.Length];
        for (var i = 0; i < segments.Length; i++)
        {
            if (segments[i].Mode == SegmentMode.Declarative) continue;
            var items = new object?[segments[i].Items.Length];
            for (var j = 0; j < items.Length; j++) items[j] = Evaluate(instance, segments[i].Items[j]).Reference;
            if (segments[i].Mode == SegmentMode.Passive) instance.ElementSegments[i] = items;
            else instance.Tables[segments[i].Table].Copy((uint)Evaluate(instance, segments[i].Offset).Bits, items, 0, (uint)items.Length);
        }
    }

    private static void FillMemory(Instance instance)
    {
        var segments = instance.Module.Data;
        if (segments.Length == 0) return;
        instance.DataDropped = new bool[segments.Length];
        for (var i = 0; i < segments.Length; i++)
        {
            if (segments[i].Mode == SegmentMode.Passive) continue;
            var offset = (uint)Evaluate(instance, segments[i].Offset).Bits;
            var memory = instance.Memory!;
            if ((ulong)offset + (ulong)segments[i].Bytes.Length > (ulong)memory.Length) throw TrapException.Of(TrapKind.MemoryOutOfBounds);
            segments[i].Bytes.Span.CopyTo(memory.Slice(offset, (uint)segments[i].Bytes.Length));
            instance.DataDropped[i] = true;
        }
    }

    private static Value Evaluate(Instance instance, ConstantExpression expression) => expression.Kind switch
    {
        ConstantKind.Number => Value.Number(expression.Type, expression.Bits),
        ConstantKind.Global => instance.Globals[(int)expression.Bits]!.Value,
        ConstantKind.Function => Value.Func(instance.FunctionAt((int)expression.Bits)),
        _ => Value.Zero(expression.Type),
    };
}
