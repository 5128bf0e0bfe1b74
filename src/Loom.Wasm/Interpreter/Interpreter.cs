namespace Loom.Wasm;

/// <summary>Runs validated code as the specification says it, one instruction after the other.</summary>
internal static unsafe partial class Interpreter
{
    /// <summary>Calls a function to its end.</summary>
    public static void Run(InterpretedFunction function, ReadOnlySpan<Value> arguments, Span<Value> results, int stack)
    {
        var machine = InterpreterStack.Take();
        try
        {
            machine.Reserve(Math.Max(arguments.Length, results.Length), references: true);
            for (var i = 0; i < arguments.Length; i++)
            {
                machine.Bottom[i] = arguments[i].Bits;
                machine.References[i] = arguments[i].Reference;
            }

            Loop(machine, function, stack);
            var types = function.Type.Results;
            for (var i = 0; i < results.Length; i++)
            {
                results[i] = types[i] is ValueType.FuncRef or ValueType.ExternRef
                    ? Value.Ref(types[i], machine.References[i])
                    : Value.Number(types[i], machine.Bottom[i]);
            }
        }
        finally
        {
            machine.GiveBack();
        }
    }

    /// <summary>Calls a function that is not interpreted: one of the host's, or of an instance of another kind.</summary>
    private static void CallOutside(InterpreterStack machine, Function function, ulong* arguments, int stack)
    {
        var parameters = function.Type.Parameters.Length;
        var results = function.Type.Results;
        if (function is BoundHostFunction host)
        {
            Span<ulong> numbers = stackalloc ulong[HostFunction.MaxValues];
            numbers.Clear();
            host.Call(new ReadOnlySpan<ulong>(arguments, parameters), numbers[..results.Length], stack);
            for (var i = 0; i < results.Length; i++) arguments[i] = numbers[i];
            return;
        }

        var first = (int)(arguments - machine.Bottom);
        var given = new Value[parameters];
        for (var i = 0; i < parameters; i++)
        {
            var type = function.Type.Parameters[i];
            given[i] = type is ValueType.FuncRef or ValueType.ExternRef
                ? Value.Ref(type, machine.References[first + i])
                : Value.Number(type, arguments[i]);
        }

        var back = new Value[results.Length];
        function.Invoke(given, back, stack);
        for (var i = 0; i < back.Length; i++)
        {
            arguments[i] = back[i].Bits;
            machine.References[first + i] = back[i].Reference;
        }
    }

    private static Function Indirect(Instance instance, FunctionType type, int table, uint index)
    {
        var elements = instance.Tables[table].Elements;
        if (index >= (uint)elements.Length) throw TrapException.Of(TrapKind.UndefinedElement);
        if (elements[index] is not Function function) throw TrapException.Of(TrapKind.UninitializedElement);
        if (!function.Type.Equals(type)) throw TrapException.Of(TrapKind.IndirectCallType);
        return function;
    }
}
