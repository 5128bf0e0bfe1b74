using System.Buffers.Binary;
using Loom.Core;

namespace Loom.Provenance.Receipts;

/// <summary>
/// Checks receipts of loom-stark-v1 (docs/formats/prover.md, section 4.7). Written from the specification alone, apart from the prover and
/// its own verifier. A pure function: no clock, no threads, nothing kept; hostile bytes give an error and never an exception, in time linear
/// in their length and memory of a few MiB beside them.
/// </summary>
public static class ReceiptVerifier
{
    /// <summary>Checks that the receipt proves the statement of this input and output.</summary>
    /// <param name="policy">What the caller accepts.</param>
    /// <param name="image">The program's image.</param>
    /// <param name="statement">What is to be proven.</param>
    /// <param name="input">The whole input.</param>
    /// <param name="output">The whole output.</param>
    /// <param name="receipt">The receipt's bytes.</param>
    public static ReceiptResult Verify(
        ReceiptPolicy policy, ReadOnlyMemory<byte> image, Statement statement, ReadOnlySpan<byte> input, ReadOnlySpan<byte> output, ReadOnlyMemory<byte> receipt)
    {
        if (receipt.Length > policy.MaxReceiptBytes)
        {
            return Refused(new(ReceiptCheck.ReceiptSize, "receipt", $"at most {policy.MaxReceiptBytes} bytes", $"{receipt.Length}"));
        }

        if (ReceiptFile.Parse(receipt, out var error) is not { } file)
        {
            return Refused(error!);
        }

        if (file.Statement != statement)
        {
            return Refused(new(ReceiptCheck.StatementDiffers, "receipt, statement", "the statement that is to be proven", Difference(statement, file.Statement)));
        }

        error = statement.Bounds() ?? OfImage(policy, image.Span, statement);
        if (error is not null || ReceiptImage.Parse(image, out error) is not { } program)
        {
            return Refused(error!);
        }

        var proof = file.Proof.Span;
        if (proof.Length < ProofLayout.PrefixBytes)
        {
            return Refused(new(ReceiptCheck.Length, "proof", $"at least {ProofLayout.PrefixBytes} bytes", $"{proof.Length}"));
        }

        var id = BinaryPrimitives.ReadUInt16LittleEndian(proof);
        int segments = BinaryPrimitives.ReadUInt16LittleEndian(proof[2..]), most = Math.Min(policy.MaxSegments, ReceiptPolicy.LargestSegmentCount);
        if (ParameterSet.OfId(id) is not { } set || !program.Sets.Contains(set))
        {
            return Refused(new(ReceiptCheck.ImageParameterSet, "proof, param_id", "a parameter set of the image", $"{id}"));
        }

        error = program.IsaVersion != 1 ? new(ReceiptCheck.IsaVersion, "image, isa_version", "1", $"{program.IsaVersion}")
            : !policy.AllowedSets.Contains(set) ? new(ReceiptCheck.ParameterSetAllowed, "proof, param_id", $"one of {string.Join(", ", policy.AllowedSets.Select(s => s.Name))}", set.Name)
            : segments == 0 || segments > most ? new(ReceiptCheck.SegmentCount, "proof, n_segments", $"1 to {most}", $"{segments}")
            : proof.Length - ProofLayout.PrefixBytes < segments * Tables.HeightBytes
                ? new(ReceiptCheck.Length, "proof", $"{segments * Tables.HeightBytes} bytes of heights", $"{proof.Length - ProofLayout.PrefixBytes} bytes")
            : null;
        SoundnessAccount? security = null;
        if (error is null && ProofLayout.Of(proof.Slice(ProofLayout.PrefixBytes, segments * Tables.HeightBytes), set, program.RomLogHeight, out error) is { } layout)
        {
            security = SoundnessAccount.Of(set, layout.Segments, statement);
            error = Decode(layout, proof) ?? Opened(statement, input, output) ?? Prove(program, statement, input, output, proof, layout, set);
        }

        return new ReceiptResult { Error = error, Set = set, Segments = segments, Security = security };
    }

    // Step 2, as far as it concerns the id.
    private static ReceiptError? OfImage(ReceiptPolicy policy, ReadOnlySpan<byte> image, Statement statement) =>
        !policy.Images.Contains(statement.ImageId) ? new(ReceiptCheck.ImagePinned, "statement, image id", "an image id that the policy pins", $"{statement.ImageId}")
        : ReceiptImage.IdOf(image) is var id && id != statement.ImageId ? new(ReceiptCheck.ImageDigest, "image", $"{statement.ImageId}", $"{id}")
        : null;

    // Step 5.
    private static ReceiptError? Decode(ProofLayout layout, ReadOnlySpan<byte> proof)
    {
        if (proof.Length != layout.Length)
        {
            return new(ReceiptCheck.Length, "proof", $"{layout.Length} bytes", $"{proof.Length}");
        }

        for (var t = 0; t < layout.Segments.Count; t++)
        {
            if (!layout.Cut(proof, t).IsCanonical(out var where))
            {
                return new(ReceiptCheck.Canonical, $"segment {t}, {where}", "field elements below p", "one that is not");
            }
        }

        return null;
    }

    // Step 6.
    private static ReceiptError? Opened(Statement statement, ReadOnlySpan<byte> input, ReadOnlySpan<byte> output) =>
        Digest.Of(input) is var i && i != statement.InputDigest ? new(ReceiptCheck.InputDigest, "input", $"{statement.InputDigest}", $"{i}")
        : (ulong)input.Length != statement.InputLength ? new(ReceiptCheck.InputLength, "input", $"{statement.InputLength} bytes", $"{input.Length}")
        : Digest.Of(output) is var o && o != statement.OutputDigest ? new(ReceiptCheck.OutputDigest, "output", $"{statement.OutputDigest}", $"{o}")
        : (ulong)output.Length != statement.OutputLength ? new(ReceiptCheck.OutputLength, "output", $"{statement.OutputLength} bytes", $"{output.Length}")
        : statement.ExitCode != 0 && !output.IsEmpty ? new(ReceiptCheck.OutputOfFailure, $"output of a run with exit code {statement.ExitCode}", "no bytes", $"{output.Length}")
        : null;

    // Steps 7 to 9.
    private static ReceiptError? Prove(
        ReceiptImage image, Statement statement, ReadOnlySpan<byte> input, ReadOnlySpan<byte> output, ReadOnlySpan<byte> proof, ProofLayout layout, ParameterSet set)
    {
        using var transcript = new Transcript();
        AbsorbHeader(transcript, statement, set, layout.Segments.Count);
        transcript.Absorb(2, proof.Slice(ProofLayout.PrefixBytes, Tables.HeightBytes * layout.Segments.Count));
        transcript.Absorb(3, image.Cap(set), set.LutCap);
        var zeta0 = new F3[layout.Segments.Count];
        for (var t = 0; t < zeta0.Length; t++)
        {
            var segment = layout.Cut(proof, t);
            transcript.Absorb(4, segment.MainCap);
            zeta0[t] = SegmentVerifier.PointOutside(transcript, segment.Shape);
            transcript.Absorb(0x20, segment.Binding);
        }

        var fingerprints = new Fingerprints(transcript.Challenge(), transcript.Challenge());
        var shared = new SharedParts { RomCap = image.Cap(set), LutCap = set.LutCap, Fingerprints = fingerprints };
        var total = F3.Zero;
        for (var t = 0; t < zeta0.Length; t++)
        {
            var segment = layout.Cut(proof, t);
            using var own = new Transcript(transcript.State);
            if (SegmentVerifier.Verify(t, segment, own, zeta0[t], shared) is { } error)
            {
                return error;
            }

            for (var at = 0; at < segment.Sums.Length; at += F3.Bytes)
            {
                total += F3.Read(segment.Sums[at..]);
            }
        }

        var bus = new BusSum(fingerprints);
        bus.Add(image.InitialPages, statement, input, output);
        return bus.Degenerate ? new(ReceiptCheck.BusDegenerate, "bus sum", "no fingerprint that is zero", "one")
            : !(total + bus.Total).IsZero ? new(ReceiptCheck.BusBalance, "bus sum", "0", $"{total + bus.Total}")
            : null;
    }

    // Step 1 of the transcript.
    private static void AbsorbHeader(Transcript transcript, Statement statement, ParameterSet set, int segments)
    {
        Span<byte> header = stackalloc byte[12], id = stackalloc byte[Digest.Size], bytes = stackalloc byte[Statement.Size];
        BinaryPrimitives.WriteUInt16LittleEndian(header, ReceiptFile.Version);
        BinaryPrimitives.WriteUInt16LittleEndian(header[2..], ReceiptFile.StarkBackend);
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], 0);
        BinaryPrimitives.WriteUInt16LittleEndian(header[8..], set.Id);
        BinaryPrimitives.WriteUInt16LittleEndian(header[10..], (ushort)segments);
        statement.ImageId.CopyTo(id);
        statement.CopyTo(bytes);
        transcript.Absorb(1, header, id, bytes);
    }

    private static string Difference(Statement expected, Statement got) =>
        expected.ImageId != got.ImageId ? $"the image id {got.ImageId}"
        : expected.InputDigest != got.InputDigest ? $"the input digest {got.InputDigest}"
        : expected.OutputDigest != got.OutputDigest ? $"the output digest {got.OutputDigest}"
        : expected.InputLength != got.InputLength || expected.OutputLength != got.OutputLength ? $"lengths {got.InputLength} and {got.OutputLength}"
        : expected.ExitCode != got.ExitCode ? $"exit code {got.ExitCode}"
        : expected.Cycles != got.Cycles ? $"{got.Cycles} cycles"
        : $"{got.Reserved} in the reserved word";

    private static ReceiptResult Refused(ReceiptError error) => new() { Error = error };
}
