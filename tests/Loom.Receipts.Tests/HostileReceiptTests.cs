using System.Buffers.Binary;
using Loom.Core;
using Loom.Provenance.Receipts;
using Loom.Testing;

namespace Loom.Receipts.Tests;

/// <summary>What is no receipt, or not quite one, is refused by the check that it fails, and nothing is thrown.</summary>
public sealed class HostileReceiptTests
{
    private const int Proof = ReceiptFile.HeaderBytes, Heights = Proof + 4;
    private static readonly GoodReceipt Good = GoodReceipt.Of(ParameterSet.Std);
    private static readonly SegmentShape Shape = ProofLayout.Of(
        Good.Receipt.AsSpan(Heights, 16), ParameterSet.Std, 2, out _)!.Segments[0];

    private static int MainCap => Heights + 16;

    private static int Binding => MainCap + Shape.Main.CapBytes;

    private static int AuxCap => MainCap + (int)Shape.FirstPartBytes;

    private static int Sums => AuxCap + Shape.Aux.CapBytes;

    private static int Opened => Sums + (24 * Shape.Tables.Count) + Shape.Quotient.CapBytes;

    private static int LayerCaps => Opened + (24 * Shape.OpenedValues);

    private static int Final => LayerCaps + Shape.Layers.Sum(l => l.CapBytes);

    private static int Nonce => Final + (24 * Shape.FinalCoefficients);

    private static int Query => Nonce + 8;

    private static ReceiptCheck? Changed(Action<byte[]> change)
    {
        byte[] receipt = [.. Good.Receipt];
        change(receipt);
        return Good.Verify(receipt).Error?.Check;
    }

    [Fact]
    public void Each_field_of_the_header_has_its_check()
    {
        Assert.Equal(ReceiptCheck.Magic, Changed(r => r[0]++));
        Assert.Equal(ReceiptCheck.Version, Changed(r => r[8]++));
        Assert.Equal(ReceiptCheck.Backend, Changed(r => r[10]++));
        Assert.Equal(ReceiptCheck.Flags, Changed(r => r[12] = 1));
        Assert.Equal(ReceiptCheck.Flags, Changed(r => r[15] = 0x80));
        Assert.Equal(ReceiptCheck.ProofField, Changed(r => r[Proof - 1] = 0xFF));
        Assert.Equal(ReceiptCheck.ProofField, Changed(r => r[Proof - 8]++));
        Assert.Equal(ReceiptCheck.AttachmentForm, Changed(r => r[Proof - 8]--));
    }

    [Fact]
    public void Every_byte_of_the_statement_is_the_callers()
    {
        for (var i = 16; i < 16 + Statement.Size; i++)
        {
            Assert.Equal(ReceiptCheck.StatementDiffers, Changed(r => r[i] ^= 1));
        }
    }

    [Fact]
    public void A_statement_out_of_bounds_is_refused_even_when_the_caller_asks_for_it()
    {
        ReceiptCheck? Asked(Statement statement)
        {
            byte[] receipt = [.. Good.Receipt];
            statement.CopyTo(receipt.AsSpan(16));
            return ReceiptVerifier.Verify(Good.Policy, Good.Image, statement, [], [], receipt).Error?.Check;
        }

        Assert.Equal(ReceiptCheck.StatementBounds, Asked(Good.Statement with { Cycles = 0 }));
        Assert.Equal(ReceiptCheck.StatementBounds, Asked(Good.Statement with { Cycles = 1 << 30 }));
        Assert.Equal(ReceiptCheck.StatementBounds, Asked(Good.Statement with { InputLength = 1UL << 32 }));
        Assert.Equal(ReceiptCheck.StatementBounds, Asked(Good.Statement with { OutputLength = 1UL << 32 }));
        Assert.Equal(ReceiptCheck.StatementBounds, Asked(Good.Statement with { Reserved = 1 }));
        Assert.Equal(ReceiptCheck.InputLength, Asked(Good.Statement with { InputLength = 8 }));
        Assert.Equal(ReceiptCheck.OutputLength, Asked(Good.Statement with { OutputLength = 8 }));
        Assert.Equal(ReceiptCheck.InputDigest, Asked(Good.Statement with { InputDigest = Digest.Of([1]) }));
        Assert.Equal(ReceiptCheck.OutputDigest, Asked(Good.Statement with { OutputDigest = Digest.Of([1]) }));
        Assert.NotNull(Asked(Good.Statement with { Cycles = 5 }));
        Assert.NotNull(Asked(Good.Statement with { ExitCode = 1 }));
    }

    [Fact]
    public void Input_and_output_are_those_of_the_statement()
    {
        Assert.Equal(ReceiptCheck.InputDigest, ReceiptVerifier.Verify(Good.Policy, Good.Image, Good.Statement, [1], [], Good.Receipt).Error?.Check);
        Assert.Equal(ReceiptCheck.OutputDigest, ReceiptVerifier.Verify(Good.Policy, Good.Image, Good.Statement, [], [1], Good.Receipt).Error?.Check);
    }

    [Fact]
    public void A_failed_run_has_no_output()
    {
        byte[] output = [1, 2, 3];
        var statement = Statement.Of(Good.Statement.ImageId, [], output, exitCode: 2, cycles: 4);
        byte[] receipt = [.. Good.Receipt];
        statement.CopyTo(receipt.AsSpan(16));

        Assert.Equal(ReceiptCheck.OutputOfFailure, ReceiptVerifier.Verify(Good.Policy, Good.Image, statement, [], output, receipt).Error?.Check);
    }

    [Fact]
    public void The_policy_decides_on_images_parameter_sets_and_sizes()
    {
        ReceiptCheck? With(ReceiptPolicy policy) => ReceiptVerifier.Verify(policy, Good.Image, Good.Statement, [], [], Good.Receipt).Error?.Check;

        Assert.Equal(ReceiptCheck.ReceiptSize, With(Good.Policy with { MaxReceiptBytes = Good.Receipt.Length - 1 }));
        Assert.Equal(ReceiptCheck.ImagePinned, With(Good.Policy with { Images = [Digest.Of([1])] }));
        Assert.Equal(ReceiptCheck.ParameterSetAllowed, With(Good.Policy with { AllowedSets = [ParameterSet.Proven] }));
        Assert.Equal(ReceiptCheck.SegmentCount, With(Good.Policy with { MaxSegments = 0 }));
        byte[] two = [.. Good.Receipt];
        two[Proof + 2] = 2;
        foreach (var policy in new[] { Good.Policy, Good.Policy with { MaxSegments = 1024 } })
        {
            Assert.Equal(ReceiptCheck.SegmentCount, ReceiptVerifier.Verify(policy, Good.Image, Good.Statement, [], [], two).Error?.Check);
        }

        Assert.Equal(ReceiptCheck.ParameterSetAllowed, With(new ReceiptPolicy { Images = [Good.Statement.ImageId] }));
    }

    [Fact]
    public void Heights_and_the_parameter_set_have_their_checks()
    {
        Assert.Equal(ReceiptCheck.ImageParameterSet, Changed(r => r[Proof] = 2));
        Assert.Equal(ReceiptCheck.ImageParameterSet, Changed(r => r[Proof] = 9));
        Assert.Equal(ReceiptCheck.SegmentCount, Changed(r => r[Proof + 2] = 0));
        Assert.Equal(ReceiptCheck.SegmentCount, Changed(r => r[Proof + 3] = 0xFF));
        Assert.Equal(ReceiptCheck.TableUnknown, Changed(r => r[Heights + 10] = 3));
        Assert.Equal(ReceiptCheck.TableHeight, Changed(r => r[Heights] = 23));
        Assert.Equal(ReceiptCheck.TableHeight, Changed(r => r[Heights] = 254));
        Assert.Equal(ReceiptCheck.TableHeightFixed, Changed(r => r[Heights + 6] = 3));
        Assert.Equal(ReceiptCheck.TableHeightFixed, Changed(r => r[Heights + 7] = 15));
        Assert.Equal(ReceiptCheck.SegmentHeight, Changed(r => r[Heights + 7] = 0xFF));
        Assert.Equal(ReceiptCheck.SegmentHeight, Changed(r => r.AsSpan(Heights, 16).Fill(0xFF)));
        Assert.Equal(ReceiptCheck.TableMissing, Changed(r => r[Heights + 4] = 0xFF));
        Assert.Equal(ReceiptCheck.TableMissing, Changed(r => r[Heights + 5] = 0xFF));
        Assert.Equal(ReceiptCheck.ConstraintIdentity, Changed(r => r[Heights]++)); // another height below the largest has the same length
        Assert.Equal(ReceiptCheck.Length, Changed(r => r[Heights] = 0xFF));
        Assert.Equal(ReceiptCheck.Length, Changed(r => r[Heights] = 22));
    }

    [Fact]
    public void Each_part_of_the_proof_has_its_check()
    {
        Assert.Equal(ReceiptCheck.ConstraintIdentity, Changed(r => r[MainCap]++));
        Assert.Equal(ReceiptCheck.ConstraintIdentity, Changed(r => r[Binding] ^= 1));
        Assert.Equal(ReceiptCheck.ConstraintIdentity, Changed(r => r[AuxCap]++));
        Assert.Equal(ReceiptCheck.ConstraintIdentity, Changed(r => r[Sums] ^= 1));
        Assert.Equal(ReceiptCheck.ConstraintIdentity, Changed(r => r[Opened] ^= 1));
        Assert.Equal(ReceiptCheck.Grinding, Changed(r => r[LayerCaps]++));
        Assert.Equal(ReceiptCheck.Grinding, Changed(r => r[Final] ^= 1));
        Assert.Equal(ReceiptCheck.Grinding, Changed(r => r[Nonce]++));
        Assert.Equal(ReceiptCheck.MerklePath, Changed(r => r[Query] ^= 1));
        Assert.Equal(ReceiptCheck.MerklePath, Changed(r => r[^1] ^= 1));
        foreach (var place in new[] { Binding, Sums, Opened, Final, Query })
        {
            Assert.Equal(ReceiptCheck.Canonical, Changed(r => BinaryPrimitives.WriteUInt64LittleEndian(r.AsSpan(place), Goldilocks.Modulus)));
        }
    }

    [Fact]
    public void Attachments_are_in_order_known_and_hash_to_what_the_statement_names()
    {
        ReceiptCheck? With(params (ushort Tag, byte[] Content)[] attachments) => Good.Verify(
            [.. Good.Receipt, .. attachments.SelectMany(a => (byte[])[.. BitConverter.GetBytes(a.Tag), .. BitConverter.GetBytes(a.Content.Length), .. a.Content])]).Error?.Check;

        Assert.Null(With((1, []), (2, []), (3, Good.Image), (4, [1, 2, 3])));
        Assert.Null(With((4, [])));
        Assert.Equal(ReceiptCheck.AttachmentDigest, With((1, [0])));
        Assert.Equal(ReceiptCheck.AttachmentDigest, With((2, [0])));
        Assert.Equal(ReceiptCheck.AttachmentDigest, With((3, Good.Image[1..])));
        Assert.Equal(ReceiptCheck.AttachmentForm, With((2, []), (1, [])));
        Assert.Equal(ReceiptCheck.AttachmentForm, With((4, []), (4, [])));
        Assert.Equal(ReceiptCheck.AttachmentForm, With((5, [])));
        Assert.Equal(ReceiptCheck.AttachmentForm, With((0, [])));
        Assert.Equal(ReceiptCheck.AttachmentForm, Good.Verify([.. Good.Receipt, 1]).Error?.Check);
        Assert.Equal(ReceiptCheck.AttachmentForm, Good.Verify([.. Good.Receipt, 4, 0, 255, 255, 255, 255]).Error?.Check);
    }

    [Fact]
    public void An_image_is_read_strictly()
    {
        Assert.NotNull(ReceiptImage.Parse(Good.Image, out _));
        void Wrong(string where, Func<byte[], byte[]> change)
        {
            Assert.Null(ReceiptImage.Parse(change([.. Good.Image]), out var error));
            Assert.Equal(ReceiptCheck.ImageForm, error!.Check);
            Assert.Contains(where, error.Where, StringComparison.Ordinal);
        }

        static byte[] Set(byte[] image, int at, byte value)
        {
            image[at] = value;
            return image;
        }

        Wrong("length", i => i[..51]);
        Wrong("max_pages", i => Set(i, 10, 2));
        Wrong("init_pages", i => Set(i, 4, 2));
        Wrong("n_instr", i => Set(i, 12, 0));
        Wrong("n_instr", i => Set(i, 12, 5));
        Wrong("rom_log_height", i => Set(i, 16, 23));
        Wrong("rom_log_height", i => Set(i, 16, 255));
        Wrong("reserved", i => Set(i, 18, 1));
        Wrong("parameter set 1", i => Set(i, 17, 2));
        Wrong("end", i => Set(i, 17, 0));
        Wrong("end", i => [.. i, 0]);
        Wrong("parameter set 0", i => Set(i, 52, 7));
        Wrong("parameter set 0", i => Set(i, 54, 1));
        Wrong("parameter set 0", i => i[..^1]);
        Wrong("parameter set 1", i => [.. Set(i, 17, 2), .. i[52..]]);
    }

    [Fact]
    public void An_instruction_set_that_is_not_known_is_refused_even_if_its_image_is_pinned()
    {
        byte[] image = [2, .. Good.Image[1..]];
        var statement = Good.Statement with { ImageId = ReceiptImage.IdOf(image) };
        byte[] receipt = [.. Good.Receipt];
        statement.CopyTo(receipt.AsSpan(16));
        var policy = Good.Policy with { Images = [statement.ImageId] };

        Assert.Equal(ReceiptCheck.IsaVersion, ReceiptVerifier.Verify(policy, image, statement, [], [], receipt).Error?.Check);
    }

    [Fact]
    public void What_is_shorter_than_a_header_is_refused_as_such()
    {
        Assert.Equal(ReceiptCheck.Header, Good.Verify([]).Error?.Check);
        Assert.Equal(ReceiptCheck.Header, Good.Verify(Good.Receipt[..(Proof - 1)]).Error?.Check);
    }

    [Fact]
    public void Every_height_that_is_let_through_has_a_domain() =>
        Assert.All(ParameterSet.All, set => Assert.InRange(Tables.MaxLogHeight + set.LogBlowup, 0, Domains.TwoAdicity));

    [Fact]
    public void A_bus_whose_terms_do_not_exist_is_degenerate()
    {
        var beta = new F3(3, 5, 7);
        var others = new Fingerprints(F3.Zero, beta);
        foreach (var tuple in new[] { others.OfIntegers(Bus.Exec, 0, 0, 4, 1), others.OfIntegers(Bus.Halt, 16), others.OfIntegers(Bus.PublicOutput, 0, 0, 0) })
        {
            var sum = new BusSum(new Fingerprints(F3.Zero - tuple, beta));
            sum.Add(1, Good.Statement with { Cycles = 4 }, [], []);
            Assert.True(sum.Degenerate);
        }

        var free = new BusSum(new Fingerprints(new F3(1, 1, 1), beta));
        free.Add(1, Good.Statement with { Cycles = 4 }, [], []);
        Assert.False(free.Degenerate);
    }

    [Fact]
    public void Another_image_is_refused_by_its_hash()
    {
        byte[] image = [.. Good.Image];
        image[20] ^= 1;

        Assert.Equal(ReceiptCheck.ImageDigest, ReceiptVerifier.Verify(Good.Policy, image, Good.Statement, [], [], Good.Receipt).Error?.Check);
    }

    [Fact]
    public void Truncated_and_extended_receipts_are_refused()
    {
        for (var length = 0; length < Good.Receipt.Length; length += length < 600 ? 1 : 977)
        {
            Assert.NotNull(Good.Verify(Good.Receipt[..length]).Error);

            // The same with the field that states the proof's length made to fit.
            if (length >= Proof)
            {
                var shorter = Good.Receipt[..length];
                BinaryPrimitives.WriteUInt64LittleEndian(shorter.AsSpan(Proof - 8), (ulong)(length - Proof));
                Assert.Equal(ReceiptCheck.Length, Good.Verify(shorter).Error?.Check);
            }
        }

        byte[] longer = [.. Good.Receipt, 0];
        BinaryPrimitives.WriteUInt64LittleEndian(longer.AsSpan(Proof - 8), (ulong)(longer.Length - Proof));
        Assert.Equal(ReceiptCheck.Length, Good.Verify(longer).Error?.Check);
    }

    [Fact]
    public void Any_changed_byte_of_a_receipt_is_refused()
    {
        var random = new Random(Seeds.First("changed receipt bytes"));
        byte[] receipt = [.. Good.Receipt];
        for (var i = 0; i < Tier.Count(ci: 400, @long: 30_000); i++)
        {
            // Half of them in the parts before the queries, which are a small share of the bytes.
            var at = random.Next(2) == 0 ? random.Next(receipt.Length) : random.Next(Query);
            var by = (byte)random.Next(1, 256);
            receipt[at] ^= by;
            Assert.True(Good.Verify(receipt).Error is not null, $"byte {at} changed by {by}");
            receipt[at] ^= by;
        }
    }

    [Fact]
    public void Random_bytes_are_refused_without_an_exception()
    {
        var random = new Random(Seeds.First("random receipts"));
        for (var i = 0; i < Tier.Count(ci: 2000, @long: 200_000); i++)
        {
            var bytes = new byte[random.Next(2000)];
            random.NextBytes(bytes);
            Good.Receipt.AsSpan(0, Math.Min(bytes.Length, random.Next(5) switch { 0 => 0, 1 => 16, 2 => Proof, 3 => Heights, _ => Heights + 16 })).CopyTo(bytes);
            if (bytes.Length > Heights + 16 && random.Next(2) == 0)
            {
                BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(Proof - 8), (ulong)random.Next(bytes.Length - Proof + 2));
                bytes[Heights + random.Next(16)] = (byte)random.Next(256);
            }

            Assert.NotNull(Good.Verify(bytes).Error);
            _ = ReceiptImage.Parse(bytes, out _);
        }
    }
}
