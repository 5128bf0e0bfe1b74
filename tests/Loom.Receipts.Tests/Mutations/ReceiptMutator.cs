using System.Buffers.Binary;
using Loom.Provenance.Receipts;

namespace Loom.Receipts.Tests;

/// <summary>
/// Changes receipts by their structure, as somebody would who knows the format: whole parts swapped, dropped, doubled, taken from another
/// receipt, elements written as themselves plus p. What follows from a length is made to fit half of the time, so that the deeper checks are reached.
/// </summary>
internal sealed class ReceiptMutator(Random random, IReadOnlyList<(byte[] Receipt, IReadOnlyList<Part> Parts)> corpus)
{
    private static readonly string[] Kinds =
        ["swap", "drop", "double", "cut", "insert", "zero", "graft", "plus p", "rotate", "swap elements", "negate", "heights", "labels", "statement", "attachment", "bits"];

    /// <summary>A changed receipt, and what was done to it.</summary>
    public (string What, byte[] Receipt) Next(int which)
    {
        var what = "";
        var receipt = corpus[which].Receipt;
        for (var n = random.Next(8) == 0 ? 2 : 1; n > 0; n--)
        {
            var kind = Kinds[random.Next(Kinds.Length)];
            var place = corpus[which].Parts[random.Next(corpus[which].Parts.Count)];
            receipt = receipt.Length >= Math.Max(place.End, ReceiptFile.HeaderBytes + 32) ? Change(kind, which, place, receipt) : receipt;
            what += $"{kind} {place.Kind} at {place.Start}; ";
        }

        return (what, receipt);
    }

    private byte[] Change(string kind, int which, Part part, byte[] receipt)
    {
        byte[] changed = [.. receipt];
        var span = changed.AsSpan(part.Start, part.Length);
        var others = corpus[which].Parts.Where(p => p.Length == part.Length && p.Start != part.Start && p.End <= receipt.Length).ToArray();
        switch (kind)
        {
            case "swap" when others.Length > 0:
                var other = others[random.Next(others.Length)];
                byte[] kept = [.. span];
                changed.AsSpan(other.Start, other.Length).CopyTo(span);
                kept.CopyTo(changed, other.Start);
                return changed;
            case "drop":
                return Fitted([.. receipt[..part.Start], .. receipt[part.End..]], -part.Length);
            case "double":
                return Fitted([.. receipt[..part.End], .. receipt[part.Start..]], part.Length);
            case "cut":
                var length = random.Next(2) == 0 ? part.Start : part.Start + random.Next(part.Length + 1);
                return Fitted(receipt[..length], length - receipt.Length);
            case "insert":
                var count = random.Next(1, 65);
                return Fitted([.. receipt[..part.Start], .. new byte[count], .. receipt[part.Start..]], count);
            case "zero":
                span.Clear();
                return changed;
            case "graft":
                var (donor, parts) = corpus[random.Next(corpus.Count)];
                var grafts = parts.Where(p => p.Kind == part.Kind && p.Length == part.Length).ToArray();
                if (grafts.Length > 0)
                {
                    var graft = grafts[random.Next(grafts.Length)];
                    donor.AsSpan(graft.Start, graft.Length).CopyTo(span);
                }

                return changed;
            case "plus p" when part.HasElements():
                // A small element has a second form below 2^64, which stands for the same number.
                foreach (var at in Enumerable.Range(0, part.Length / 8).OrderBy(_ => random.Next()))
                {
                    if (BinaryPrimitives.ReadUInt64LittleEndian(span[(8 * at)..]) is < uint.MaxValue and var small)
                    {
                        BinaryPrimitives.WriteUInt64LittleEndian(span[(8 * at)..], small + Goldilocks.Modulus);
                        break;
                    }
                }

                return changed;
            case "rotate" when part.Length > 32:
                var by = random.Next(2) == 0 ? 32 : 24;
                byte[] rotated = [.. span[by..], .. span[..by]];
                rotated.CopyTo(span);
                return changed;
            case "swap elements" when part.HasElements():
                var (i, j) = (8 * random.Next(part.Length / 8), 8 * random.Next(part.Length / 8));
                var (left, right) = (BinaryPrimitives.ReadUInt64LittleEndian(span[i..]), BinaryPrimitives.ReadUInt64LittleEndian(span[j..]));
                BinaryPrimitives.WriteUInt64LittleEndian(span[i..], right);
                BinaryPrimitives.WriteUInt64LittleEndian(span[j..], left);
                return changed;
            case "negate" when part.HasElements():
                for (var at = 0; at < part.Length; at += 8)
                {
                    var value = BinaryPrimitives.ReadUInt64LittleEndian(span[at..]);
                    BinaryPrimitives.WriteUInt64LittleEndian(span[at..], value == 0 ? 0 : Goldilocks.Modulus - value);
                }

                return changed;
            case "heights":
                changed[ReceiptMap.ProofLengthAt + 8 + ProofLayout.PrefixBytes + random.Next(Tables.HeightBytes)] = (byte)(random.Next(3) == 0 ? 0xFF : random.Next(26));
                return changed;
            case "labels":
                changed[random.Next(3) switch { 0 => random.Next(8, 16), 1 => ReceiptMap.ProofLengthAt + 8 + random.Next(4), _ => ReceiptMap.ProofLengthAt + random.Next(8) }] ^= (byte)(1 << random.Next(8));
                return changed;
            case "statement":
                changed[random.Next(16, ReceiptMap.ProofLengthAt)] ^= (byte)(1 << random.Next(8));
                return changed;
            case "attachment":
                byte[] extra = [(byte)random.Next(1, 6), 0, .. BitConverter.GetBytes(random.Next(4)), .. new byte[random.Next(4)]];
                return [.. receipt, .. extra];
            case "bits" when part.Length > 0:
                for (var n = random.Next(1, 4); n > 0; n--)
                {
                    span[random.Next(part.Length)] ^= (byte)(1 << random.Next(8));
                }

                return changed;
            default:
                return changed;
        }
    }

    // The proof's stated length follows the change, half of the time.
    private byte[] Fitted(byte[] changed, int by)
    {
        if (changed.Length >= ReceiptFile.HeaderBytes && random.Next(2) == 0)
        {
            var at = changed.AsSpan(ReceiptMap.ProofLengthAt);
            BinaryPrimitives.WriteUInt64LittleEndian(at, BinaryPrimitives.ReadUInt64LittleEndian(at) + (ulong)by);
        }

        return changed;
    }
}
