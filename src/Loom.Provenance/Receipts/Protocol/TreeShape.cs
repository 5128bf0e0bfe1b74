namespace Loom.Provenance.Receipts;

/// <summary>The form of a commitment: its height and, by height class, how many field elements a row has.</summary>
internal sealed class TreeShape
{
    private TreeShape(string name, int logLeaves, int[] classes)
    {
        (Name, LogLeaves, Classes) = (name, logLeaves, classes);
        RowElements = classes.Sum();
        LogCap = Math.Min(MerkleHasher.MaxLogCap, logLeaves);
    }

    public string Name { get; }

    /// <summary>Logarithm of the number of leaves.</summary>
    public int LogLeaves { get; }

    /// <summary>Field elements by class, lowest height first.</summary>
    public int[] Classes { get; }

    /// <summary>Field elements of all classes.</summary>
    public int RowElements { get; }

    public int LogCap { get; }

    public int CapBytes => MerkleHasher.DigestBytes << LogCap;

    public int PathBytes => MerkleHasher.DigestBytes * (LogLeaves - LogCap);

    /// <summary>Bytes of one opening: the rows and the path.</summary>
    public int OpeningBytes => (8 * RowElements) + PathBytes;

    /// <summary>A commitment to one matrix, or one FRI layer.</summary>
    public static TreeShape Single(string name, int logLeaves, int elements) => new(name, logLeaves, [elements]);

    /// <summary>A commitment to one matrix per table, with heights (logarithms, without the blowup) that differ.</summary>
    public static TreeShape Mixed(string name, IEnumerable<(int LogHeight, int Elements)> matrices, int logBlowup)
    {
        var classes = matrices.GroupBy(m => m.LogHeight).OrderBy(c => c.Key).ToList();
        return new TreeShape(name, classes[^1].Key + logBlowup, [.. classes.Select(c => c.Sum(m => m.Elements))]);
    }
}
