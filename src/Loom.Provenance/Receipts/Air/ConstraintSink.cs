namespace Loom.Provenance.Receipts;

/// <summary>The buses (section 3.2); the number is the first entry of every fingerprint.</summary>
internal enum Bus : byte
{
    Exec = 1,
    Rom = 2,
    Mem = 3,
    R16 = 4,
    Sign = 5,
    And = 6,
    Pair = 7,
    Pow = 8,
    Inp = 9,
    PublicInput = 10,
    PublicOutput = 11,
    Halt = 12,
    Order = 13,
}

/// <summary>Takes a table's constraints and interactions, each in the order of the specification (section 3.2).</summary>
internal abstract class ConstraintSink<T>
    where T : struct, IAlgebra<T>
{
    private const ulong InverseOf65536 = 0xFFFE_FFFF_0001_0001;

    /// <summary>A polynomial that is zero on every row.</summary>
    public abstract void Constraint(T value);

    /// <summary>A tuple on a bus; the multiplicity carries the sign.</summary>
    public abstract void Interaction(T multiplicity, Bus bus, ReadOnlySpan<T> tuple);

    public void Send(T multiplicity, Bus bus, params ReadOnlySpan<T> tuple) => Interaction(multiplicity, bus, tuple);

    public void Receive(T multiplicity, Bus bus, params ReadOnlySpan<T> tuple) => Interaction(T.Of(0) - multiplicity, bus, tuple);

    /// <summary>R32(value; low): both half-words are looked up, so value is an integer below 2^32.</summary>
    public void Range32(T multiplicity, T value, T low)
    {
        Send(multiplicity, Bus.R16, low);
        Send(multiplicity, Bus.R16, Upper(value, low));
    }

    /// <summary>(value - low) / 2^16.</summary>
    public static T Upper(T value, T low) => (value - low) * InverseOf65536;

    /// <summary>value (value - 1) = 0.</summary>
    public void Boolean(T value) => Constraint(value * (value - T.Of(1)));
}
