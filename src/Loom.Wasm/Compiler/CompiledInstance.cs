namespace Loom.Wasm;

/// <summary>The base of the generated instance classes, which add a field for each private global.</summary>
internal abstract class CompiledInstance : Instance
{
    private readonly CompiledModule compiled;

    /// <summary>The module's types, for the check of indirect calls.</summary>
    internal readonly FunctionType[] Types;

    internal CompiledInstance(CompiledModule compiled, Store store)
        : base(compiled.Module, store)
    {
        this.compiled = compiled;
        Types = compiled.Module.Types;
        CountsFuel = compiled.Options.CountFuel;
    }

    internal override Type Kind => typeof(CompiledInstance);

    internal override bool CanCall(Function function) => function is CompiledFunction;

    private protected override Function MakeFunction(int index)
    {
        var type = Module.FunctionTypes[index];
        return new CompiledFunction(type, this, compiled.CodeOf(index), compiled.InvokerOf(type));
    }

    internal override Function MakeHostFunction(HostFunction function)
    {
        var type = function.Type;
        return new CompiledFunction(type, new HostCall(new BoundHostFunction(this, function)), compiled.HostThunkOf(type), compiled.InvokerOf(type));
    }

    internal override void SetPrivateGlobal(int index, Value value) => compiled.SetGlobal(this, index, value);
}
