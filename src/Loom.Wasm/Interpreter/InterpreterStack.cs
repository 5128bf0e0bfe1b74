using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Loom.Wasm;

/// <summary>
/// The slots and frames of a run. Numbers lie in one array and references in a second one at the same places; both grow with the depth of the
/// calls, so that no guest can use up the thread's own stack.
/// </summary>
internal sealed unsafe class InterpreterStack
{
    private const int SlotsAtFirst = 1024;

    [ThreadStatic]
    private static InterpreterStack? idle;

    private ulong[] slots = GC.AllocateUninitializedArray<ulong>(SlotsAtFirst, pinned: true);
    private CallFrame[] frames = new CallFrame[64];
    private int depth;
    private int deepest;
    private int dirtyReferences;

    private InterpreterStack() => Bottom = Address(slots);

    /// <summary>The first slot. Changes when <see cref="Reserve"/> makes room.</summary>
    public ulong* Bottom { get; private set; }

    /// <summary>The references, one place for each slot.</summary>
    public object?[] References { get; private set; } = new object?[SlotsAtFirst];

    /// <summary>The stack of this thread, or another one when the host calls a guest that a guest called.</summary>
    public static InterpreterStack Take()
    {
        var taken = idle ?? new InterpreterStack();
        idle = null;
        return taken;
    }

    /// <summary>Lets go of the guest's objects and keeps the stack for the next run.</summary>
    public void GiveBack()
    {
        Array.Clear(References, 0, dirtyReferences);
        Array.Clear(frames, 0, deepest);
        depth = deepest = dirtyReferences = 0;
        idle = this;
    }

    /// <summary>Makes room for that many slots.</summary>
    public void Reserve(int count, bool references)
    {
        if (references) dirtyReferences = Math.Max(dirtyReferences, count);
        if (count <= slots.Length) return;
        var size = (int)BitOperations.RoundUpToPowerOf2((uint)count);
        var larger = GC.AllocateUninitializedArray<ulong>(size, pinned: true);
        slots.CopyTo(larger.AsSpan());
        var objects = new object?[size];
        References.CopyTo(objects.AsSpan());
        slots = larger;
        References = objects;
        Bottom = Address(slots);
    }

    /// <summary>Remembers where the calling function goes on.</summary>
    public void Push(InterpretedFunction function, int position, int locals)
    {
        if (depth == frames.Length) Array.Resize(ref frames, depth * 2);
        frames[depth++] = new CallFrame(function, position, locals);
        deepest = Math.Max(deepest, depth);
    }

    /// <summary>Where the calling function goes on, or false when the caller is the host.</summary>
    public bool Pop(out CallFrame frame)
    {
        frame = depth == 0 ? default : frames[--depth];
        return frame.Function is not null;
    }

    private static ulong* Address(ulong[] pinned) => (ulong*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(pinned));
}

/// <summary>A call that waits for another to come back.</summary>
/// <param name="Function">The function that called.</param>
/// <param name="Position">Its next instruction.</param>
/// <param name="Locals">Its first slot.</param>
internal readonly record struct CallFrame(InterpretedFunction Function, int Position, int Locals);
