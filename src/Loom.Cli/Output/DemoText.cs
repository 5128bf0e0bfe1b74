using Loom.Cli.Client;
using Loom.Cli.Proofs;

namespace Loom.Cli.Output;

/// <summary>What to try in the demo: lines that can be pasted as they are.</summary>
internal static class DemoText
{
    public static void Write(Invocation i, Uri host, string actor, DemoProofs? proofs)
    {
        if (i.Json)
        {
            return;
        }

        var loom = Launcher.Name;
        var url = host.GetLeftPart(UriPartial.Authority);
        i.Line();
        i.Line($"The console:  {url}");
        i.Line();
        i.Line("To try, in another terminal:");
        if (url != Remote.DefaultHost)
        {
            i.Line($"  export LOOM_HOST={url}");
        }

        foreach (var (command, what) in Lines(actor).Concat(proofs is null ? [] : OfProofs(proofs)))
        {
            i.Line($"  {loom} {command.PadRight(62)} # {what}");
        }

        i.Line();
        i.Line("Ctrl+C stops the demo; the same command brings it back as it was.");
    }

    private static IEnumerable<(string Command, string What)> Lines(string actor) =>
    [
        ("send account-alice open '{\"owner\":\"Alice\"}'", "a bank account is born"),
        ("send account-alice deposit '{\"amount\":\"10000\"}'", "100.00, in cents"),
        ("send account-alice withdraw '{\"amount\":\"99999\"}'", "the machine says no"),
        ($"show {actor}", "the longest of the imported cases"),
        ($"history {actor}", "who did what, when"),
        ($"replay {actor} --to 1", "its state in the past, rebuilt"),
        ($"export {actor} -o case.loom", "its provenance in one file"),
        ("trust export -o trust.json", "whom an auditor has to believe"),
        ("verify case.loom --trust trust.json", "offline: works with this host stopped"),
    ];

    private static IEnumerable<(string Command, string What)> OfProofs(DemoProofs proofs)
    {
        var folder = Path.GetRelativePath(Environment.CurrentDirectory, Path.GetDirectoryName(proofs.Bundle)!);
        return
        [
            ("receipts ledger-alice", "what is proven of the account, and what it took"),
            ("prove ledger-bob 1 --wait", "a small deposit is proven when somebody asks"),
            ($"receipts verify {Path.Combine(folder, Path.GetFileName(proofs.Bundle))} --trust {Path.Combine(folder, Path.GetFileName(proofs.Trust))}", "each receipt: statement, soundness, size"),
        ];
    }
}
