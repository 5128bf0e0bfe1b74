using Loom.Provenance.Receipts;

namespace Loom.Receipts.Tests;

/// <summary>Rows of the CPU table by the column names of sections 3.4 and 3.5.</summary>
internal static class CpuRow
{
    private static readonly string[] Names =
    [
        .. Enumerable.Range(1, 25).Select(i => $"f{i}"),
        .. ("bi pc fp ts msz oa ob oc il ih a_lo a_hi a_pt a_dl b_lo b_hi b_pt b_dl c_lo c_hi q_lo q_hi c_pt c_dl "
            + "inv adA adC w_lo w_hi wl wh k0 k1 e_u e_v res z xz tA tB hA hB sA sB sx npc nfp nmsz").Split(' '),
    ];

    public static int Column(string name) => Array.IndexOf(Names, name) is >= 0 and var at ? at : throw new ArgumentException($"CPU has no column '{name}'.", nameof(name));

    public static IReadOnlyList<string> Columns => Names;

    public static Goldilocks[] Of(params (string Name, ulong Value)[] cells)
    {
        var row = new Goldilocks[Names.Length];
        foreach (var (name, value) in cells)
        {
            row[Column(name)] = new Goldilocks(value);
        }

        return row;
    }
}
