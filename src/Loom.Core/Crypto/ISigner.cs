namespace Loom.Core;

/// <summary>Signs with a P-256 key that it keeps to itself: a key file, or a device that never gives the key out. Thread-safe.</summary>
public interface ISigner
{
    /// <summary>The key's name for people, for example <c>loom-log-1f2e3d4c</c>.</summary>
    string Name { get; }

    /// <summary>The public key as SPKI DER.</summary>
    ReadOnlyMemory<byte> PublicKey { get; }

    /// <summary>ECDSA over SHA-256 of the data: ASN.1 DER with low s, as <see cref="EcdsaP256"/> makes and accepts it.</summary>
    byte[] Sign(ReadOnlySpan<byte> data);
}
