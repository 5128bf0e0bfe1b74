namespace Loom.Wasm;

/// <summary>The stack of open blocks, and the instructions that move in it.</summary>
internal sealed partial class FunctionValidator
{
    private static readonly Dictionary<ValueType, ValueType[]> Single =
        new[] { ValueType.I32, ValueType.I64, ValueType.F32, ValueType.F64, ValueType.FuncRef, ValueType.ExternRef }.ToDictionary(t => t, t => new[] { t });

    private Frame[] frames = new Frame[16];
    private int depth;

    private void PushFrame(FrameKind kind, ValueType[] parameters, ValueType[] results)
    {
        if (depth > limits.Nesting) throw TooLarge($"more than {limits.Nesting} blocks in one another");
        if (depth == frames.Length) Array.Resize(ref frames, depth * 2);
        frames[depth++] = new Frame { Kind = kind, Height = height, Parameters = parameters, Results = results, Label = Frame.NoLabel, ElseLabel = Frame.NoLabel };
        floor = height;
        Push(parameters);
    }

    private void Open(FrameKind kind, ref ByteReader reader)
    {
        var (parameters, results) = ReadBlockType(ref reader);
        if (kind == FrameKind.If) Pop(ValueType.I32);
        Pop(parameters);
        PushFrame(kind, parameters, results);
        if (!writer.Live) return;
        ref var frame = ref frames[depth - 1];
        if (kind == FrameKind.Loop)
        {
            frame.Label = writer.NewLabel(frame.Height, parameters, isLoop: true);
            writer.Bind(frame.Label, at);
        }
        else if (kind == FrameKind.If)
        {
            frame.ElseLabel = writer.NewLabel(frame.Height, parameters, isLoop: false);
            Emit(Opcode.BrIfZero, frame.ElseLabel);
            writer.EndRun();
        }
    }

    private (ValueType[] Parameters, ValueType[] Results) ReadBlockType(ref ByteReader reader)
    {
        var before = reader.Offset;
        var code = reader.S33();
        if (code >= 0)
        {
            if (code >= types.Length) throw Unknown("type", (uint)code, types.Length);
            var type = types[(int)code];
            return (type.ParameterArray, type.ResultArray);
        }

        // A negative number is one byte that stands for no result or for the type of the only one.
        var one = reader.Offset - before == 1;
        if (one && code == -64) return ([], []);
        return one && Single.TryGetValue((ValueType)(code & 0x7f), out var single) ? ([], single) : throw Malformed("malformed block type");
    }

    private void Else()
    {
        ref var frame = ref frames[depth - 1];
        if (frame.Kind != FrameKind.If) throw Malformed("else without an if");
        CloseOperands(ref frame);
        if (writer.Live)
        {
            Emit(Opcode.Br, LabelOf(ref frame));
            writer.Die();
        }

        frame.Kind = FrameKind.Else;
        frame.Unreachable = false;
        Push(frame.Parameters);
        if (frame.ElseLabel != Frame.NoLabel) writer.Bind(frame.ElseLabel, at);
    }

    private void End()
    {
        ref var frame = ref frames[depth - 1];
        CloseOperands(ref frame);
        if (frame.Kind == FrameKind.If)
        {
            if (!Bytes(frame.Parameters).SequenceEqual(Bytes(frame.Results))) throw Invalid("type mismatch: an if without else must give what it takes");
            if (frame.ElseLabel != Frame.NoLabel) writer.Bind(frame.ElseLabel, at);
        }

        if (frame.Kind != FrameKind.Loop && frame.Label != Frame.NoLabel) writer.Bind(frame.Label, at);
        depth--;
        if (depth == 0)
        {
            Emit(Opcode.Return);
            writer.Die();
            return;
        }

        floor = frames[depth - 1].Height;
        Push(frame.Results);
        if (writer.Live && height > maxHeight) maxHeight = height;
    }

    /// <summary>The operands of a block that ends are its results, and nothing else.</summary>
    private void CloseOperands(ref Frame frame)
    {
        Pop(frame.Results);
        if (height != frame.Height) throw Invalid($"type mismatch: {height - frame.Height} operands are left at the end of a block");
    }

    private ref Frame Target(uint label)
    {
        if (label >= (uint)depth) throw Unknown("label", label, depth);
        return ref frames[depth - 1 - (int)label];
    }

    private int LabelOf(ref Frame frame)
    {
        if (frame.Label == Frame.NoLabel) frame.Label = writer.NewLabel(frame.Height, frame.Carried, isLoop: false);
        return frame.Label;
    }

    private void Branch(uint label)
    {
        ref var frame = ref Target(label);
        Pop(frame.Carried);
        if (frame.Kind == FrameKind.Function) Emit(Opcode.Return);
        else if (writer.Live) Emit(Opcode.Br, LabelOf(ref frame));
        LeaveUnreachable();
    }

    private void BranchIf(uint label)
    {
        ref var frame = ref Target(label);
        Pop(ValueType.I32);
        var carried = frame.Carried;
        Pop(carried);
        Push(carried);
        if (writer.Live) Emit(Opcode.BrIf, LabelOf(ref frame));
        writer.EndRun();
    }

    private void BranchTable(ref ByteReader reader)
    {
        var count = reader.Count("targets of a br_table", limits.BranchTargets);
        Pop(ValueType.I32);
        var first = -1;
        ValueType[]? carried = null;
        for (var i = 0; i <= count; i++)
        {
            ref var frame = ref Target(reader.U32());
            if (carried is not null && carried.Length != frame.Carried.Length) throw Invalid("type mismatch: the targets of a br_table carry different numbers of operands");
            if (!ReferenceEquals(carried, frame.Carried)) CheckTop(frame.Carried);
            carried = frame.Carried;
            if (!writer.Live) continue;
            var target = writer.AddTarget(LabelOf(ref frame));
            if (i == 0) first = target;
        }

        Pop(carried!);
        Emit(Opcode.BrTable, first, (ulong)count);
        LeaveUnreachable();
    }

    private void LeaveUnreachable()
    {
        ref var frame = ref frames[depth - 1];
        frame.Unreachable = true;
        height = frame.Height;
        writer.Die();
    }
}
