namespace Loom.Wasm;

/// <summary>
/// The subset of WebAssembly that Loom's prover takes: integers only in every function that can be reached from the entry, the start function
/// or a table; segments that are copied at the start; a table that never changes; no imports but those of the machine interface. What is found
/// here would be refused by the prover's translator, too. The translator's limit of 2^20 instructions of its own is not checked here.
/// </summary>
public static class ProvableSubset
{
    /// <summary>The most pages of 64 KiB that a provable machine may have, unless a policy says otherwise.</summary>
    public const int DefaultPages = 1024;

    private const int MostFunctions = 65_535;
    private const int MostSlots = 65_536;

    /// <summary>Everything that keeps the module out of the subset, in the order of the module; empty when it can be proven.</summary>
    /// <param name="module">The module.</param>
    /// <param name="maxPages">The most pages that its memory may reach.</param>
    public static IReadOnlyList<SubsetFinding> Check(WasmModule module, int maxPages = DefaultPages)
    {
        var findings = new List<SubsetFinding>();
        SubsetImports.Check(module, findings);
        CheckEntry(module, findings);
        CheckTables(module, findings);
        CheckMemory(module, maxPages, findings);
        CheckSegments(module, findings);
        CheckBodies(module, findings);
        return findings;
    }

    private static void CheckEntry(WasmModule module, List<SubsetFinding> findings)
    {
        if (Entry(module) is null)
        {
            findings.Add(new(SubsetRule.NoEntry, null, null, "no function loom_main (or _start) of type () -> () is exported"));
        }

        foreach (var export in module.Exports)
        {
            if (export.Kind == ExternalKind.Function && export.Index < module.ImportedFunctions)
            {
                findings.Add(new(SubsetRule.ImportAsValue, export.Index, null, $"the export '{export.Name}' is an imported function"));
            }
        }
    }

    private static void CheckTables(WasmModule module, List<SubsetFinding> findings)
    {
        if (module.Tables.Count > 1)
        {
            findings.Add(new(SubsetRule.TableNotSupported, null, null, $"the module has {module.Tables.Count} tables"));
        }

        if (module.Tables.Any(t => t.Element != ValueType.FuncRef))
        {
            findings.Add(new(SubsetRule.TableNotSupported, null, null, "a table holds something else than functions"));
        }
    }

    private static void CheckMemory(WasmModule module, int maxPages, List<SubsetFinding> findings)
    {
        foreach (var memory in module.Memories)
        {
            if (Math.Max(memory.Minimum, memory.Maximum ?? 0) > (uint)maxPages)
            {
                findings.Add(new(SubsetRule.MemoryTooLarge, null, null, $"the memory may have {Math.Max(memory.Minimum, memory.Maximum ?? 0)} pages, the policy allows {maxPages}"));
            }
        }
    }

    private static void CheckSegments(WasmModule module, List<SubsetFinding> findings)
    {
        for (var i = 0; i < module.Elements.Length; i++)
        {
            var segment = module.Elements[i];
            var what = $"element segment {i}";
            CheckSegment(segment.Mode, segment.Offset, segment.Items.Length, segment.Mode == SegmentMode.Active ? module.Tables[segment.Table].Limits.Minimum : 0, what, findings);
            foreach (var item in segment.Items)
            {
                if (item.Kind == ConstantKind.Function && (int)item.Bits < module.ImportedFunctions)
                {
                    findings.Add(new(SubsetRule.ImportAsValue, (int)item.Bits, null, $"{what} holds an imported function"));
                }
            }
        }

        for (var i = 0; i < module.Data.Length; i++)
        {
            var segment = module.Data[i];
            var size = segment.Mode == SegmentMode.Active ? (ulong)module.Memories[segment.Memory].Minimum * LinearMemory.PageSize : 0;
            CheckSegment(segment.Mode, segment.Offset, segment.Bytes.Length, size, $"data segment {i}", findings);
        }
    }

    private static void CheckSegment(SegmentMode mode, ConstantExpression offset, int length, ulong size, string what, List<SubsetFinding> findings)
    {
        if (mode != SegmentMode.Active)
        {
            findings.Add(new(SubsetRule.PassiveSegment, null, null, $"{what} is {mode.ToString().ToLowerInvariant()}"));
        }
        else if (offset.Kind != ConstantKind.Number || (uint)offset.Bits + (ulong)length > size)
        {
            findings.Add(new(SubsetRule.SegmentOutOfBounds, null, null, $"{what} does not fit at the start"));
        }
    }

    private static void CheckBodies(WasmModule module, List<SubsetFinding> findings)
    {
        if (module.FunctionTypes.Length > MostFunctions)
        {
            findings.Add(new(SubsetRule.TooLarge, null, null, $"the module has {module.FunctionTypes.Length} functions, {MostFunctions} are allowed"));
        }

        var scan = new BodyScan(module);
        var reachable = Reachable(module, scan);
        for (var body = 0; body < module.Bodies.Length; body++)
        {
            scan.Findings(body, reachable[module.ImportedFunctions + body], findings);
            if (Slots(module.Code(body)) is > MostSlots and var slots)
            {
                findings.Add(new(SubsetRule.TooLarge, module.ImportedFunctions + body, module.Bodies[body].Offset, $"the function needs {slots} slots, {MostSlots} are allowed"));
            }
        }
    }

    // Parameters or results, the return record, the other locals, and the operands.
    private static long Slots(FunctionCode code) =>
        Math.Max(code.Type.Parameters.Length, code.Type.Results.Length) + 1L + (code.Locals.Length - code.Type.Parameters.Length) + code.MaxHeight;

    private static bool[] Reachable(WasmModule module, BodyScan scan)
    {
        var reachable = new bool[module.FunctionTypes.Length];
        var open = new Stack<int>();
        foreach (var item in module.Elements.SelectMany(e => e.Items))
        {
            if (item.Kind == ConstantKind.Function) Reach((int)item.Bits);
        }

        if (module.Start is { } start) Reach(start);
        if (Entry(module) is { } entry) Reach(entry);
        while (open.TryPop(out var function))
        {
            if (function < module.ImportedFunctions) continue;
            foreach (var callee in scan.Calls(function - module.ImportedFunctions)) Reach(callee);
        }

        return reachable;

        void Reach(int function)
        {
            if (!reachable[function]) open.Push(function);
            reachable[function] = true;
        }
    }

    private static int? Entry(WasmModule module)
    {
        foreach (var name in (ReadOnlySpan<string>)["loom_main", "_start"])
        {
            foreach (var export in module.Exports)
            {
                if (export.Name == name && export.Kind == ExternalKind.Function
                    && module.FunctionTypes[export.Index] is { Parameters.Length: 0, Results.Length: 0 })
                {
                    return export.Index;
                }
            }
        }

        return null;
    }
}
