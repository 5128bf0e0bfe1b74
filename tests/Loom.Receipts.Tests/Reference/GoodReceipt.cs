using System.Collections.Concurrent;
using Loom.Provenance.Receipts;

namespace Loom.Receipts.Tests;

/// <summary>The hand-written run, proven by the plain prover once for each parameter set that a test asks for.</summary>
internal sealed record GoodReceipt(ParameterSet Set, byte[] Image, Statement Statement, byte[] Receipt)
{
    private static readonly ConcurrentDictionary<ParameterSet, Lazy<GoodReceipt>> Made = [];

    public static GoodReceipt Of(ParameterSet set) => Made.GetOrAdd(set, s => new Lazy<GoodReceipt>(() => Make(s, new TinyRun()))).Value;

    public static GoodReceipt Make(ParameterSet set, TinyRun run, Func<ParameterSet, byte[], Statement, ReferenceProver>? prover = null)
    {
        var image = run.Image(set);
        var statement = TinyRun.Statement(image);
        var made = prover?.Invoke(set, image, statement) ?? new ReferenceProver(set, image, statement, run.RomColumns)
        {
            LateCheats = set == ParameterSet.Std ? [LateCheat.AnotherQuotient, LateCheat.AnotherLayer, LateCheat.AnotherPolynomial] : [],
        };
        return new GoodReceipt(set, image, statement, made.Prove(run.Tables())) { Cheated = made.Cheated };
    }

    /// <summary>The same proof, finished by cheats that only the queries can find; of the set std.</summary>
    public IReadOnlyDictionary<LateCheat, byte[]> Cheated { get; private init; } = new Dictionary<LateCheat, byte[]>();

    public ReceiptPolicy Policy => new() { Images = [Statement.ImageId], AllowedSets = [Set] };

    public ReceiptResult Verify(byte[] receipt) => ReceiptVerifier.Verify(Policy, Image, Statement, [], [], receipt);
}
