namespace Loom.Wasm;

/// <summary>A function of the host as one instance sees it: the same on every back end.</summary>
internal sealed class BoundHostFunction(Instance instance, HostFunction host) : Function(host.Type)
{
    /// <summary>Calls it with the bits of its arguments.</summary>
    /// <param name="arguments">One per parameter; the upper half of 32-bit ones is zero.</param>
    /// <param name="results">Room for one per result; the upper half of 32-bit ones is made zero.</param>
    /// <param name="stack">Stack slots that are left, for guests that the host may call from there.</param>
    public void Call(ReadOnlySpan<ulong> arguments, Span<ulong> results, int stack)
    {
        var store = instance.Store;
        var before = store.StackLeft;
        store.StackLeft = stack;
        host.Callback(instance, arguments, results);
        store.StackLeft = before;
        var types = Type.Results;
        for (var i = 0; i < types.Length; i++)
        {
            if (types[i] is ValueType.I32 or ValueType.F32) results[i] = (uint)results[i];
        }
    }

    internal override void Invoke(ReadOnlySpan<Value> arguments, Span<Value> results, int stack)
    {
        Span<ulong> given = stackalloc ulong[arguments.Length];
        Span<ulong> back = stackalloc ulong[results.Length];
        back.Clear();
        for (var i = 0; i < given.Length; i++) given[i] = arguments[i].Bits;
        Call(given, back, stack);
        for (var i = 0; i < back.Length; i++) results[i] = Value.Number(Type.Results[i], back[i]);
    }
}
