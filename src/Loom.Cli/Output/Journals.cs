using System.Runtime.CompilerServices;
using Loom.Journal;

namespace Loom.Cli.Output;

/// <summary>The journal's refusals as errors of the command line. Apart, so that commands that need no journal load none.</summary>
internal static class Journals
{
    public static CliException? Explain(Exception exception) =>
        exception.GetType().FullName switch
        {
            "Loom.Journal.JournalException" => OfJournal(exception),
            "Loom.Journal.Blobs.BlobException" => new CliException(ExitCodes.SaidNo, exception.Message),
            _ => null,
        };

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static CliException OfJournal(Exception exception)
    {
        var failure = ((JournalException)exception).Failure;
        var remedy = failure switch
        {
            JournalFailure.InUse => "Stop the host that has it open ('loom run' or 'loom demo'), or ask that host: 'loom log show', 'loom export' and 'loom journal backup' of a running host go through it.",
            JournalFailure.DiskFull => "Free space on this disk, or choose another folder.",
            _ => null,
        };
        return new CliException(failure == JournalFailure.Refused ? ExitCodes.Malformed : ExitCodes.SaidNo, exception.Message, null, remedy);
    }
}
