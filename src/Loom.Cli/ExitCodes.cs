namespace Loom.Cli;

/// <summary>What the process ends with. Scripts rely on these numbers; <c>docs/cli.md</c> lists them.</summary>
internal static class ExitCodes
{
    public const int Ok = 0;

    /// <summary>Understood, and answered no: a rejection, a conflict, a false claim, a damaged journal.</summary>
    public const int SaidNo = 1;

    /// <summary>The input is malformed: JSON, a bundle, a trust file, an event log.</summary>
    public const int Malformed = 2;

    /// <summary>A required claim is not covered by the evidence.</summary>
    public const int NotCovered = 3;

    public const int Usage = 64;

    /// <summary>Something the command needs cannot be reached: the host, a built checkout.</summary>
    public const int Unreachable = 69;

    /// <summary>A bug of ours.</summary>
    public const int Bug = 70;

    public const int Cancelled = 130;
}
