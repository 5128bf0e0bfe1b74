namespace Loom.Wasm.Tests.Conformance;

/// <summary>The module <c>spectest</c> that the suite's modules import from.</summary>
internal static class Spectest
{
    public static Imports AddTo(Imports imports)
    {
        void Function(string name, params ValueType[] parameters) =>
            imports.Add("spectest", name, new HostFunction(new FunctionType(parameters, []), static (_, _, _) => { }));

        Function("print");
        Function("print_i32", ValueType.I32);
        Function("print_i64", ValueType.I64);
        Function("print_f32", ValueType.F32);
        Function("print_f64", ValueType.F64);
        Function("print_i32_f32", ValueType.I32, ValueType.F32);
        Function("print_f64_f64", ValueType.F64, ValueType.F64);
        return imports
            .Add("spectest", "global_i32", new Global(Value.I32(666), mutable: false))
            .Add("spectest", "global_i64", new Global(Value.I64(666), mutable: false))
            .Add("spectest", "global_f32", new Global(Value.F32(666.6f), mutable: false))
            .Add("spectest", "global_f64", new Global(Value.F64(666.6), mutable: false))
            .Add("spectest", "table", new Table(new TableType(ValueType.FuncRef, new Limits(10, 20))))
            .Add("spectest", "memory", new LinearMemory(new Limits(1, 2)));
    }
}
