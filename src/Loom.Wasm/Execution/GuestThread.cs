using System.Runtime.ExceptionServices;

namespace Loom.Wasm;

/// <summary>
/// Runs guests on a thread of their own, whose stack has room for everything that the budget of stack slots allows. Needed where the budget is
/// raised far beyond the default, and for a run that ended with <see cref="TrapKind.HostStack"/>.
/// </summary>
public static class GuestThread
{
    /// <summary>The most bytes of the thread's stack that a slot of the budget can stand for, in the worst code that there is.</summary>
    private const int BytesPerSlot = 256;

    private const int Base = 1024 * 1024;

    /// <summary>Does work on a thread with room for the budget, and waits for it.</summary>
    /// <param name="limits">The limits of the store that the work uses.</param>
    /// <param name="work">Makes instances, calls functions.</param>
    /// <returns>What the work gives; what it throws is thrown.</returns>
    public static T Run<T>(ExecutionLimits limits, Func<T> work)
    {
        var size = (int)Math.Min(Base + ((long)limits.StackSlots * BytesPerSlot), int.MaxValue / 2);
        T? result = default;
        ExceptionDispatchInfo? thrown = null;
        var thread = new Thread(
            () =>
            {
                NativeStack.StartsHere(size);
                try
                {
                    result = work();
                }
                catch (Exception e)
                {
                    thrown = ExceptionDispatchInfo.Capture(e);
                }
            },
            size)
        { Name = "wasm guest", IsBackground = true };
        thread.Start();
        thread.Join();
        thrown?.Throw();
        return result!;
    }
}
