namespace Loom.Proving;

/// <summary>
/// Gives the first of equal values for every later one, so that a hundred thousand jobs share the texts that they have in common. Bounded: what
/// comes after that many different values is kept as it is.
/// </summary>
internal sealed class OneOfEach<T>
    where T : notnull
{
    private const int Most = 4096;
    private readonly Dictionary<T, T> _values = [];

    public T Of(T value)
    {
        if (_values.TryGetValue(value, out var first))
        {
            return first;
        }

        if (_values.Count < Most)
        {
            _values[value] = value;
        }

        return value;
    }
}
