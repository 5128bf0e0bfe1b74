namespace Loom.Provenance;

/// <summary>The bytes are no bundle of format v1: nothing in them was judged. <see cref="Place"/> says where, the message why.</summary>
public sealed class BundleMalformedException : FormatException
{
    /// <summary>Names the place and the reason.</summary>
    public BundleMalformedException(string place, string reason, Exception? inner = null)
        : base($"{place}: {reason}", inner)
    {
        Place = place;
        Reason = reason;
    }

    /// <summary>The file (and line) in the bundle, or <c>zip</c>.</summary>
    public string Place { get; }

    /// <summary>What is wrong there.</summary>
    public string Reason { get; }
}
