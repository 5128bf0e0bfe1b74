namespace Loom.Provenance.Receipts;

/// <summary>What a constraint is written over: field elements when it is evaluated, degrees when it is counted.</summary>
internal interface IAlgebra<T>
    where T : struct, IAlgebra<T>
{
    /// <summary>A constant below p.</summary>
    static abstract T Of(ulong constant);

    static abstract T operator +(T left, T right);

    static abstract T operator -(T left, T right);

    static abstract T operator *(T left, T right);

    /// <summary>Times a constant below p.</summary>
    static abstract T operator *(T left, ulong constant);
}
