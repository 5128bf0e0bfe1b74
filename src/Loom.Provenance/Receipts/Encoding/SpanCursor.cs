namespace Loom.Provenance.Receipts;

/// <summary>Takes the parts of a span one after the other: the columns of a row in the order of the specification, the parts of a proof.</summary>
internal ref struct SpanCursor<T>(ReadOnlySpan<T> items)
{
    /// <summary>What is left.</summary>
    public ReadOnlySpan<T> Rest { get; private set; } = items;

    public T Next()
    {
        var item = Rest[0];
        Rest = Rest[1..];
        return item;
    }

    public ReadOnlySpan<T> Take(int count)
    {
        var taken = Rest[..count];
        Rest = Rest[count..];
        return taken;
    }

    /// <summary>All items were taken: a table whose list of columns is longer than its shape says is a bug.</summary>
    public readonly void End()
    {
        if (!Rest.IsEmpty)
        {
            throw new InvalidOperationException($"{Rest.Length} items have no meaning.");
        }
    }
}
