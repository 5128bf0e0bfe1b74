namespace Loom.Cli.Output;

/// <summary>How this program was called: <c>./loom</c> in a checkout, <c>loom</c> elsewhere. For lines that people paste.</summary>
internal static class Launcher
{
    public static string Name => Environment.GetEnvironmentVariable("LOOM_LAUNCHER") is { Length: > 0 } launcher ? launcher : "loom";
}
