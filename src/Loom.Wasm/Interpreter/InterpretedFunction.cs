namespace Loom.Wasm;

/// <summary>A function of an interpreted instance.</summary>
internal sealed class InterpretedFunction(InterpretedInstance instance, FunctionType type, int body) : Function(type)
{
    private InterpretedCode? code;

    public InterpretedInstance Instance { get; } = instance;

    public InterpretedCode Code => code ??= Instance.Executable.Code(body);

    internal override void Invoke(ReadOnlySpan<Value> arguments, Span<Value> results, int stack) => Interpreter.Run(this, arguments, results, stack);
}
