using Loom.Core;

namespace Loom.Proving;

/// <summary>What a receipt has to prove.</summary>
/// <param name="Image">The image that the host pinned.</param>
/// <param name="Module">The module that the link names.</param>
/// <param name="Set">The name of the parameter set.</param>
/// <param name="Input">The input frame.</param>
/// <param name="Output">The output frame.</param>
public sealed record ExpectedReceipt(ProverImage Image, Digest Module, string Set, ReadOnlyMemory<byte> Input, ReadOnlyMemory<byte> Output);

/// <summary>What a verifier says of a prover's bytes.</summary>
public abstract record ReceiptVerdict
{
    private ReceiptVerdict()
    {
    }

    /// <summary>They prove a statement.</summary>
    /// <param name="Statement">Its 128 bytes.</param>
    /// <param name="Seal">The receipt without attachments.</param>
    public sealed record Proven(ReadOnlyMemory<byte> Statement, ReadOnlyMemory<byte> Seal) : ReceiptVerdict;

    /// <summary>They do not.</summary>
    /// <param name="Check">The check that fails.</param>
    /// <param name="Reason">Where, expected and got.</param>
    public sealed record Refused(string Check, string Reason) : ReceiptVerdict;
}

/// <summary>Verifies receipts on this machine's processor. Never throws for anything in the receipt's bytes. Thread-safe.</summary>
public interface IReceiptVerifier
{
    /// <summary>Whether the bytes prove what is expected.</summary>
    ReceiptVerdict Verify(ExpectedReceipt expected, ReadOnlyMemory<byte> receipt);
}
