namespace Loom.Wasm;

/// <summary>The type of a function: what it takes and what it gives. Two are equal when their lists are.</summary>
public sealed class FunctionType : IEquatable<FunctionType>
{
    private readonly ValueType[] parameters;
    private readonly ValueType[] results;
    private readonly int hash;

    /// <summary>Makes a type from its two lists.</summary>
    /// <param name="parameters">Types of the parameters, first one first.</param>
    /// <param name="results">Types of the results, first one first.</param>
    public FunctionType(ReadOnlySpan<ValueType> parameters, ReadOnlySpan<ValueType> results)
    {
        this.parameters = parameters.ToArray();
        this.results = results.ToArray();
        var code = default(HashCode);
        code.Add(parameters.Length);
        foreach (var type in this.parameters) code.Add((byte)type);
        foreach (var type in this.results) code.Add((byte)type);
        hash = code.ToHashCode();
    }

    /// <summary>Types of the parameters, first one first.</summary>
    public ReadOnlySpan<ValueType> Parameters => parameters;

    /// <summary>Types of the results, first one first.</summary>
    public ReadOnlySpan<ValueType> Results => results;

    /// <summary>The list behind <see cref="Parameters"/>; not to be written to.</summary>
    internal ValueType[] ParameterArray => parameters;

    /// <summary>The list behind <see cref="Results"/>; not to be written to.</summary>
    internal ValueType[] ResultArray => results;

    /// <inheritdoc/>
    public bool Equals(FunctionType? other) =>
        ReferenceEquals(this, other)
        || (other is not null && hash == other.hash && parameters.AsSpan().SequenceEqual(other.parameters) && results.AsSpan().SequenceEqual(other.results));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as FunctionType);

    /// <inheritdoc/>
    public override int GetHashCode() => hash;

    /// <summary>The type as the text format writes it, such as <c>(i32, i64) -> (i32)</c>.</summary>
    public override string ToString() => $"({Names(parameters)}) -> ({Names(results)})";

    private static string Names(ValueType[] types) => string.Join(", ", types.Select(t => t.ToString().ToLowerInvariant()));
}
