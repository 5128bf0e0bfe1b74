namespace Loom.Wasm;

/// <summary>
/// How generated code calls functions: <c>R f(context, arguments…, ref further results…, int stack)</c>. The context is the callee's instance
/// (for a function of the host's its <see cref="HostCall"/>), R the first result, and <c>stack</c> the stack slots that are left.
/// </summary>
internal static class Convention
{
    public static Type Of(ValueType type) => type switch
    {
        ValueType.I32 => typeof(int),
        ValueType.I64 => typeof(long),
        ValueType.F32 => typeof(float),
        ValueType.F64 => typeof(double),
        _ => typeof(object),
    };

    public static Type Result(FunctionType type) => type.Results.Length == 0 ? typeof(void) : Of(type.Results[0]);

    /// <summary>Types of all parameters of the generated method.</summary>
    public static Type[] Parameters(FunctionType type, Type context)
    {
        var types = new List<Type>(type.Parameters.Length + type.Results.Length + 2) { context };
        foreach (var parameter in type.Parameters) types.Add(Of(parameter));
        for (var i = 1; i < type.Results.Length; i++) types.Add(Of(type.Results[i]).MakeByRefType());
        types.Add(typeof(int));
        return [.. types];
    }

    /// <summary>Position of further result <paramref name="index"/> (1 or more) among the parameters.</summary>
    public static int ResultPosition(FunctionType type, int index) => type.Parameters.Length + index;

    /// <summary>Position of the stack slots that are left among the parameters.</summary>
    public static int StackPosition(FunctionType type) => type.Parameters.Length + Math.Max(1, type.Results.Length);
}
