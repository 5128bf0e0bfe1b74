namespace Loom.Wasm;

/// <summary>A function as generated code calls it: an address and what is passed along with it.</summary>
internal sealed unsafe class CompiledFunction : Function
{
    // Fields, not properties: generated code reads them.
    internal readonly object Context;
    internal readonly nint Code;
    private readonly nint invoker;

    /// <param name="type">What it takes and gives.</param>
    /// <param name="context">Its first argument.</param>
    /// <param name="code">Address of the generated method (see <see cref="Convention"/>).</param>
    /// <param name="invoker">Address of the generated method that calls functions of this type with values.</param>
    public CompiledFunction(FunctionType type, object context, nint code, nint invoker)
        : base(type)
    {
        Context = context;
        Code = code;
        this.invoker = invoker;
    }

    internal override void Invoke(ReadOnlySpan<Value> arguments, Span<Value> results, int stack)
    {
        if (Type.Parameters.Length == 0 && Type.Results.Length == 0)
        {
            ((delegate*<object, int, void>)Code)(Context, stack);
            return;
        }

        ((delegate*<nint, object, ReadOnlySpan<Value>, Span<Value>, int, void>)invoker)(Code, Context, arguments, results, stack);
    }
}

/// <summary>What generated code passes along when it calls a function of the host's.</summary>
internal sealed unsafe class HostCall(BoundHostFunction function)
{
    /// <summary>Called by generated code with the bits of the arguments, which the bits of the results replace.</summary>
    public void Call(ulong* values, int stack)
    {
        var arguments = new ReadOnlySpan<ulong>(values, function.Type.Parameters.Length);
        Span<ulong> results = stackalloc ulong[function.Type.Results.Length];
        results.Clear();
        function.Call(arguments, results, stack);
        results.CopyTo(new Span<ulong>(values, results.Length));
    }
}
