using System.Reflection.Emit;

namespace Loom.Wasm;

/// <summary>Labels and branches.</summary>
internal sealed partial class FunctionEmitter
{
    private void EmitLabel(int index)
    {
        ref readonly var label = ref code.Labels[index];
        if (reachable)
        {
            Settle();
            stack.EmitMoves(label.Types.Length, label.Height);
        }

        il.MarkLabel(Target(index));
        stack.ArriveAt(label.Height, label.Types);
        boundsChecked.Clear();
        memoryIsStale = false;
        reachable = true;
    }

    // Before paths part or meet: every operand in its slot, the memory's address and size in their locals.
    private void Settle()
    {
        stack.Settle();
        EmitRefreshMemory();
    }

    // At the foot of a loop, so that its body stays one run of code.
    private void EmitLoopCheck(int index)
    {
        if (code.Labels[index].IsLoop) EmitInterruptCheck();
    }

    private void EmitBranch(int index)
    {
        Settle();
        EmitLoopCheck(index);
        stack.EmitMoves(code.Labels[index].Types.Length, code.Labels[index].Height);
        il.Emit(OpCodes.Br, Target(index));
        reachable = false;
    }

    private void EmitBranchIf(int index, bool taken)
    {
        ref readonly var label = ref code.Labels[index];
        var condition = stack.Pop();
        if (stack.Height > 0) condition = BeforeSettling(condition);
        Settle();
        EmitLoopCheck(index);
        if (!stack.MustMove(label.Types.Length, label.Height))
        {
            EmitBranchOn(condition, Target(index), taken);
            return;
        }

        var past = il.DefineLabel();
        EmitBranchOn(condition, past, !taken);
        stack.EmitMoves(label.Types.Length, label.Height);
        il.Emit(OpCodes.Br, Target(index));
        il.MarkLabel(past);
    }

    private void EmitBranchTable(ReadOnlySpan<int> targets)
    {
        var index = stack.Pop();
        if (stack.Height > 0) index = BeforeSettling(index);
        Settle();
        foreach (var target in targets)
        {
            if (!code.Labels[target].IsLoop) continue;
            EmitInterruptCheck();
            break;
        }

        var carried = code.Labels[targets[0]].Types.Length;
        var moves = new List<(System.Reflection.Emit.Label Stub, int Target)>();
        var table = new System.Reflection.Emit.Label[targets.Length];
        var stubs = new Dictionary<int, System.Reflection.Emit.Label>();
        for (var i = 0; i < targets.Length; i++)
        {
            if (!stack.MustMove(carried, code.Labels[targets[i]].Height))
            {
                table[i] = Target(targets[i]);
            }
            else if (!stubs.TryGetValue(targets[i], out table[i]))
            {
                table[i] = stubs[targets[i]] = il.DefineLabel();
                moves.Add((table[i], targets[i]));
            }
        }

        index.Emit(il);
        il.Emit(OpCodes.Switch, table[..^1]);
        il.Emit(OpCodes.Br, table[^1]);
        foreach (var (stub, target) in moves)
        {
            il.MarkLabel(stub);
            CheckSize();
            stack.EmitMoves(carried, code.Labels[target].Height);
            il.Emit(OpCodes.Br, Target(target));
        }

        reachable = false;
    }

    // Settling writes slots that the condition may read.
    private Node BeforeSettling(Node condition) => condition.IsSimple && condition is not SlotNode ? condition : stack.Evaluate(condition);

    private void EmitBranchOn(Node condition, System.Reflection.Emit.Label target, bool taken)
    {
        if (condition is ComparisonNode comparison)
        {
            (taken ? comparison : comparison.Negated()).EmitBranch(il, target);
            return;
        }

        condition.Emit(il);
        il.Emit(taken ? OpCodes.Brtrue : OpCodes.Brfalse, target);
    }

    private void EmitReturn()
    {
        var results = code.Type.Results.Length;
        for (var i = results - 1; i > 0; i--)
        {
            var value = stack.Pop();
            il.EmitLoadArgument(Convention.ResultPosition(code.Type, i));
            value.Emit(il);
            il.Emit(OpCodes.Stobj, Convention.Of(code.Type.Results[i]));
        }

        EmitSaveFuel();
        if (results > 0) stack.Pop().Emit(il);
        il.Emit(OpCodes.Ret);
        reachable = false;
    }

    private System.Reflection.Emit.Label Target(int index)
    {
        // The zero value is a label's too; a label is defined when it is first needed.
        if (!defined[index])
        {
            labels[index] = il.DefineLabel();
            defined[index] = true;
        }

        return labels[index];
    }
}
