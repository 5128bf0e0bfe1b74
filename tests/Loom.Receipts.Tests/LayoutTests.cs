using Loom.Provenance.Receipts;

namespace Loom.Receipts.Tests;

public sealed class LayoutTests
{
    private static SegmentShape All(ParameterSet set, int logHeight, int tables) => new(
        [.. Tables.All.Take(tables).Select(t => new PresentTable(t, t.Id is TableId.Rom or TableId.Lut ? 16 : logHeight))], set);

    [Theory]
    [InlineData("std", 16, 346)]
    [InlineData("std", 20, 395)]
    [InlineData("std", 22, 426)]
    [InlineData("proven", 16, 711)]
    [InlineData("proven", 20, 814)]
    [InlineData("proven", 22, 879)]
    [InlineData("compact", 16, 203)]
    [InlineData("compact", 20, 230)]
    [InlineData("compact", 22, 247)]
    [InlineData("fast", 16, 649)]
    [InlineData("fast", 20, 743)]
    [InlineData("fast", 22, 802)]
    public void A_proof_of_the_eight_first_tables_has_the_size_of_section_4_1(string set, int logHeight, int kilobytes)
    {
        // The table's heights are all of 2^L there; ROM and LUT keep theirs.
        var length = ProofLayout.Of(All(ParameterSet.OfName(set)!, logHeight, 8)).Length;

        Assert.InRange(length, (kilobytes - 1) * 1000L, (kilobytes + 1) * 1000L);
    }

    [Theory]
    [InlineData("std", 16, 409)]
    [InlineData("std", 20, 458)]
    [InlineData("std", 22, 488)]
    [InlineData("proven", 16, 838)]
    [InlineData("proven", 20, 941)]
    [InlineData("proven", 22, 1006)]
    public void A_proof_of_all_ten_tables_has_the_size_of_section_4_11(string set, int logHeight, int kilobytes)
    {
        var length = ProofLayout.Of(All(ParameterSet.OfName(set)!, logHeight, 10)).Length;

        Assert.InRange(length, (kilobytes - 1) * 1000L, (kilobytes + 1) * 1000L);
    }

    [Fact]
    public void Opened_values_are_as_many_as_section_4_11_counts()
    {
        var eight = All(ParameterSet.Std, 20, 8);
        var ten = All(ParameterSet.Std, 20, 10);

        Assert.Equal((551, 279), (eight.OpenedValues, eight.MainColumns));
        Assert.Equal((728, 375), (ten.OpenedValues, ten.MainColumns));
        Assert.Equal(527, eight.MainColumns + eight.AuxColumns + eight.PreprocessedColumns + SegmentShape.QuotientColumns);
    }

    [Theory]
    [InlineData(8, 1, 32)]
    [InlineData(9, 2, 8)]
    [InlineData(16, 4, 16)]
    [InlineData(20, 5, 32)]
    [InlineData(21, 6, 8)]
    [InlineData(22, 6, 16)]
    public void Layers_and_coefficients_follow_from_the_height(int logHeight, int layers, int coefficients)
    {
        var shape = new SegmentShape([new PresentTable(Tables.All[0], logHeight)], ParameterSet.Std);

        Assert.Equal((layers, coefficients), (shape.Layers.Count, shape.FinalCoefficients));
    }

    [Theory]
    [InlineData("std")]
    [InlineData("fast")]
    public void Every_row_that_a_query_opens_can_be_hashed_whichever_table_a_segment_has_alone(string set)
    {
        var digest = new byte[MerkleHasher.DigestBytes];
        foreach (var table in Tables.All)
        {
            var shape = new SegmentShape([new PresentTable(table, table.Id == TableId.Lut ? Tables.LutLogHeight : 8)], ParameterSet.OfName(set)!);
            using var hasher = new MerkleHasher(shape.LongestRowBytes);
            foreach (var elements in shape.Trees.SelectMany(t => t.Classes))
            {
                var row = new byte[8 * elements];
                hasher.HashClass(row, digest, first: true);
                Assert.Equal(System.Security.Cryptography.SHA256.HashData([0, 0x6D, 0x6F, 0x6F, 0x6C, 0, 0, 0, .. row]), digest);
                hasher.HashClass(row, digest, first: false);
            }
        }
    }
}
