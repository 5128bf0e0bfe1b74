using System.Globalization;
using System.Text;

namespace Loom.Provenance;

/// <summary>The bundle's README.txt: plain words for whoever opens the ZIP without Loom.</summary>
internal static class Readme
{
    public static byte[] Write(IReadOnlyList<StatedStream> streams, Checkpointed log, BundleHide hide, bool commands, bool modules, bool receipts)
    {
        var text = new StringBuilder();
        text.Append(
            """
            This is a Loom provenance bundle: the history of one or more state machines, with what is needed to check it without
            the system that it came from.

            To check it:   loom verify THIS-FILE.loom --trust trust.json

            The trust file holds the keys that you believe. Get it from the operator once, and compare the fingerprints that it prints
            by telephone. Nothing inside this bundle tells you whom to believe.

            What is in it:
              bundle.dsse.json            the signed list of everything else: files by SHA-256, streams by their newest link
              streams/0001.ndjson ...     the events, one a line; each transition's last event carries its link in the hash chain
              states/                     the state at the end of each stream (and before it, when the history starts later)
              checkpoints/                the log's signed checkpoint, and for each link the proof that it is in that log

            """);
        if (commands)
        {
            text.Append("  commands/                   the bodies of commands too large for their line, each named by its SHA-256\n");
        }

        if (modules)
        {
            text.Append("  modules/                    the WebAssembly modules that decided, each named by its SHA-256: anyone can run them again\n");
        }

        if (receipts)
        {
            text.Append("  receipts/, images/          proofs that those modules gave those states and events, and the programs that they are about\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"\nLog:       {log.Origin}\nTree size: {log.Size}\nRoot:      {log.Root}\n\nStreams:\n");
        foreach (var stream in streams)
        {
            text.Append(CultureInfo.InvariantCulture, $"  {stream.File}  {stream.Name}, revisions {stream.First} to {stream.Last}, {stream.Transitions} transitions\n");
        }

        text.Append(hide switch
        {
            BundleHide.None => "\nNothing was left out.\n",
            BundleHide.Data => "\nLeft out on purpose: the bodies of events, and the states. Everything else still verifies.\n",
            BundleHide.Commands => "\nLeft out on purpose: the bodies of commands, and the states. Everything else still verifies.\n",
            _ => "\nLeft out on purpose: the bodies of events and commands, and the states. Everything else still verifies.\n",
        });
        return Encoding.UTF8.GetBytes(text.ToString().ReplaceLineEndings("\n"));
    }
}
