using System.Reflection.Emit;

namespace Loom.Wasm;

/// <summary>
/// The guest's operand stack at compile time. Entries are <see cref="Node"/>s that wait to be evaluated; before something changes what they
/// read they are evaluated into temporaries, and where paths meet every entry lies in the slot of its height and type, on all of them.
/// </summary>
internal sealed class OperandStack(ILGenerator il)
{
    // More entries than this do not wait: every change of a local looks at those that do.
    private const int MostWaiting = 64;

    private readonly List<Node> entries = [];

    // The lowest entries, as many as this, lie in their slots.
    private int settled;
    private readonly Dictionary<(int Height, ValueType Type), LocalBuilder> slots = [];
    private readonly Dictionary<Type, Stack<LocalBuilder>> free = [];

    public int Height => entries.Count;

    public void Push(Node node)
    {
        entries.Add(node.Depth > Node.MostDepth ? Evaluate(node) : node);
        if (entries.Count - settled > MostWaiting) Settle(settled + (MostWaiting / 2));
    }

    public Node Pop()
    {
        var node = entries[^1];
        entries.RemoveAt(entries.Count - 1);
        settled = Math.Min(settled, entries.Count);
        return node;
    }

    /// <summary>Evaluates a node now. The result may be used once.</summary>
    public Node Evaluate(Node node)
    {
        if (node is TemporaryNode) return node;
        node.Emit(il);
        return StoreTemporary(node.Type);
    }

    /// <summary>Takes the value on the evaluation stack. The result may be used once.</summary>
    public TemporaryNode StoreTemporary(ValueType type)
    {
        var temporary = NewTemporary(type);
        temporary.EmitStore(il);
        return temporary;
    }

    /// <summary>A temporary without a value.</summary>
    public TemporaryNode NewTemporary(ValueType type)
    {
        var net = Convention.Of(type);
        if (!free.TryGetValue(net, out var pool)) free[net] = pool = [];
        return new TemporaryNode(type, pool.TryPop(out var local) ? local : il.DeclareLocal(net), pool);
    }

    /// <summary>A temporary that <paramref name="node"/> reads more than once, or the node itself when that is as good.</summary>
    public Node Reusable(Node node) => node.IsSimple ? node : Evaluate(node);

    /// <summary>Evaluates all entries that the change would touch.</summary>
    public void BeforeLocalChanges(int index)
    {
        var bit = 1UL << (index & 63);
        EvaluateWhere(node => (node.Locals & bit) != 0);
    }

    /// <summary>Evaluates all entries that read the memory.</summary>
    public void BeforeMemoryChanges() => EvaluateWhere(static node => node.ReadsMemory);

    /// <summary>Evaluates all entries that read mutable globals.</summary>
    public void BeforeGlobalChanges() => EvaluateWhere(static node => node.ReadsGlobals);

    /// <summary>Evaluates all entries that a call may touch.</summary>
    public void BeforeCall() => EvaluateWhere(static node => node.ReadsMemory || node.ReadsGlobals);

    /// <summary>
    /// Puts every entry into its slot. Lowest first: an expression at height h reads only slots of height h and above, so no slot is overwritten
    /// that a later entry still reads.
    /// </summary>
    public void Settle() => Settle(entries.Count);

    /// <summary>Copies the topmost <paramref name="count"/> entries, which are settled, to where a label expects them.</summary>
    public void EmitMoves(int count, int target)
    {
        var source = entries.Count - count;
        if (source == target) return;
        for (var i = 0; i < count; i++)
        {
            entries[source + i].Emit(il);
            il.Emit(OpCodes.Stloc, Slot(target + i, entries[source + i].Type));
        }
    }

    /// <summary>Whether a branch that carries <paramref name="count"/> operands to height <paramref name="target"/> has to move them.</summary>
    public bool MustMove(int count, int target) => count > 0 && entries.Count - count != target;

    /// <summary>Makes the stack what it is at a label: the entries below stay, and the operands that its branches carry lie in their slots.</summary>
    public void ArriveAt(int height, ReadOnlySpan<ValueType> types)
    {
        // What code left behind that did not come here (it returned or trapped) is used no more.
        for (var i = settled; i < entries.Count; i++) entries[i].Release();
        entries.RemoveRange(height, entries.Count - height);
        for (var i = settled; i < height; i++) entries[i] = new SlotNode(entries[i].Type, Slot(i, entries[i].Type));
        foreach (var type in types) entries.Add(new SlotNode(type, Slot(entries.Count, type)));
        settled = entries.Count;
    }

    private void Settle(int count)
    {
        for (; settled < count; settled++)
        {
            var node = entries[settled];
            var slot = Slot(settled, node.Type);
            if (node is SlotNode already && already.Slot == slot) continue;
            node.Emit(il);
            il.Emit(OpCodes.Stloc, slot);
            entries[settled] = new SlotNode(node.Type, slot);
        }
    }

    private void EvaluateWhere(Func<Node, bool> touched)
    {
        for (var i = settled; i < entries.Count; i++)
        {
            if (touched(entries[i])) entries[i] = Evaluate(entries[i]);
        }
    }

    private LocalBuilder Slot(int height, ValueType type)
    {
        // References of both kinds are objects and share a slot.
        var key = (height, type == ValueType.ExternRef ? ValueType.FuncRef : type);
        if (!slots.TryGetValue(key, out var slot)) slots[key] = slot = il.DeclareLocal(Convention.Of(type));
        return slot;
    }
}
