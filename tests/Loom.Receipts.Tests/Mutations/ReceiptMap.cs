using Loom.Provenance.Receipts;

namespace Loom.Receipts.Tests;

/// <summary>A part of a receipt's bytes.</summary>
internal readonly record struct Part(string Kind, int Start, int Length)
{
    public int End => Start + Length;
}

/// <summary>Where the parts of a receipt lie, from its first byte to its last: headers, commitments, opened values, each query's rows and paths.</summary>
internal static class ReceiptMap
{
    public const int ProofLengthAt = ReceiptFile.HeaderBytes - 8;

    /// <summary>The parts in order; they leave no byte out.</summary>
    public static IReadOnlyList<Part> Of(byte[] receipt, ParameterSet set, int romLogHeight)
    {
        var proof = ReceiptFile.Parse(receipt, out _)!.Proof.Span;
        var layout = ProofLayout.Of(proof.Slice(ProofLayout.PrefixBytes, Tables.HeightBytes), set, romLogHeight, out _)!;
        var shape = layout.Segments.Single();
        var parts = new List<Part>();
        void Add(string kind, int length) => parts.Add(new Part(kind, parts.Count == 0 ? 0 : parts[^1].End, length));

        Add("magic", 8);
        Add("labels", 8);
        foreach (var digest in new[] { "image id", "input digest", "output digest" })
        {
            Add(digest, 32);
        }

        Add("lengths and cycles", 32);
        Add("proof_len", 8);
        Add("param_id and n_segments", ProofLayout.PrefixBytes);
        Add("heights", Tables.HeightBytes);
        Add("cap", shape.Main.CapBytes);
        Values("values at zeta0", shape.MainColumns);
        Add("cap", shape.Aux.CapBytes);
        Values("sums", shape.Tables.Count);
        Add("cap", shape.Quotient.CapBytes);
        Values("values at zeta", shape.OpenedValues);
        foreach (var layer in shape.Layers)
        {
            Add("cap", layer.CapBytes);
        }

        Values("final polynomial", shape.FinalCoefficients);
        Add("nonce", 8);
        for (var q = 0; q < set.Queries; q++)
        {
            foreach (var tree in shape.Trees)
            {
                Add("rows", 8 * tree.RowElements);
                if (tree.PathBytes > 0)
                {
                    Add("path", tree.PathBytes);
                }
            }
        }

        Add("attachments", receipt.Length - parts[^1].End);
        return parts;

        void Values(string kind, int count) => Add(kind, F3.Bytes * count);
    }

    /// <summary>Whether a part is made of field elements.</summary>
    public static bool HasElements(this Part part) => part.Kind is "values at zeta0" or "sums" or "values at zeta" or "final polynomial" or "rows";
}
