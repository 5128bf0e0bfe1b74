namespace Loom.Wasm;

/// <summary>An instance of an interpreted module.</summary>
internal sealed class InterpretedInstance(InterpretedModule executable, Store store) : Instance(executable.Module, store)
{
    public InterpretedModule Executable { get; } = executable;

    internal override bool CanCall(Function function) => function is InterpretedFunction or BoundHostFunction;

    internal override Type Kind => typeof(InterpretedInstance);

    internal override Function MakeHostFunction(HostFunction function) => new BoundHostFunction(this, function);

    internal override void SetPrivateGlobal(int index, Value value) => Globals[index] = new Global(value, Module.Globals[index].Mutable);

    private protected override Function MakeFunction(int index) =>
        new InterpretedFunction(this, Module.FunctionTypes[index], index - Module.ImportedFunctions);
}
