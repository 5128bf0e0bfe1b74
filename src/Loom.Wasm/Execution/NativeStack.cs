using System.Runtime.CompilerServices;

namespace Loom.Wasm;

/// <summary>
/// How far down the thread's own stack code may go. The budget of stack slots ends nearly every run that nests too deeply, the same way on
/// every machine; but how large the frames of compiled code are is the just-in-time compiler's business, so compiled functions also look at
/// the address of their frame. A run that is ended by that can be done again on a thread that has room (<see cref="GuestThread"/>).
/// </summary>
internal static unsafe class NativeStack
{
    /// <summary>Bytes that a frame of compiled code takes for an instruction at most (28 were measured), for a local, and for an operand.</summary>
    private const int BytesPerInstruction = 32;

    private const int BytesPerLocal = 8;

    // An operand has a variable for each type that it ever has where paths meet, and maybe a temporary.
    private const int BytesPerOperand = 48;

    /// <summary>A function whose frame may be larger than this is entered through a check of its own, made before there is a frame.</summary>
    private const int LargeFrame = 32 * 1024;

    // How far beyond what is needed the floor is moved at once, where the thread has as much.
    private const int Reach = 256 * 1024;
    private const int Step = 16 * 1024;

    // Besides the 64 or 128 KiB that the platform keeps: host functions, the just-in-time compiler and exceptions need room below the floor.
    private const int Margin = 64 * 1024;

    [ThreadStatic]
    private static nint floor;

    /// <summary>The lowest address for frames of guests on this thread, as far as it is known.</summary>
    public static nint Floor() => floor != 0 ? floor : nint.MaxValue;

    /// <summary>Makes sure that there are so many bytes between here and the floor, lowering it where the thread's stack goes on.</summary>
    /// <exception cref="TrapException">It does not go on.</exception>
    public static void MakeRoom(Store store, int room)
    {
        byte here;
        var wanted = (nint)(&here) - room;
        if (wanted >= store.StackFloor) return;

        // Nothing but going there tells where a stack ends. It is done at most once for each part of it.
        floor = Math.Min(Floor(), Descend(wanted - Reach - Margin) + Margin);
        store.StackFloor = floor;
        if (wanted < floor) throw TrapException.Of(TrapKind.HostStack);
    }

    /// <summary>Tells how large this thread's stack is; to be called where the thread starts.</summary>
    public static void StartsHere(int bytes)
    {
        byte here;
        floor = (nint)(&here) - bytes + (4 * Margin);
    }

    /// <summary>How much room a function needs that has to be checked before its frame is made; 0 when the check inside it will do.</summary>
    public static int RoomFor(FunctionCode code)
    {
        var most = ((long)code.Instructions.Length * BytesPerInstruction) + ((long)code.Locals.Length * BytesPerLocal) + ((long)code.MaxHeight * BytesPerOperand);
        return most > LargeFrame ? (int)Math.Min(most, int.MaxValue) : 0;
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static nint Descend(nint until)
    {
        var here = stackalloc byte[Step];
        if ((nint)here <= until || !RuntimeHelpers.TryEnsureSufficientExecutionStack()) return (nint)here;
        return Math.Max(Descend(until), 0); // not a tail call: the frames have to add up
    }
}
