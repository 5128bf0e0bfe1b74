using System.Diagnostics;
using Loom.Testing;

namespace Loom.Host.Tests;

/// <summary>A test that gives a child process a small or read-only disk of its own (a mount namespace); skipped, with the reason, where that is not allowed.</summary>
public sealed class OwnDiskFactAttribute : FactAttribute
{
    private static readonly string? Why = Probe();

    public OwnDiskFactAttribute() => Skip = Why;

    private static string? Probe()
    {
        if (!OperatingSystem.IsLinux())
        {
            return "needs Linux: a mount namespace gives the host a small disk";
        }

        try
        {
            using var process = Process.Start(new ProcessStartInfo("unshare", ["-rm", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
            process.WaitForExit();
            return process.ExitCode == 0 ? null : "needs leave to mount in a namespace of its own: sysctl kernel.unprivileged_userns_clone=1";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "needs unshare: apt-get install util-linux";
        }
    }
}

/// <summary>A test of the long tier on bigger data; skipped, with the reason, elsewhere.</summary>
public sealed class LongSharedDataFactAttribute : FactAttribute
{
    public LongSharedDataFactAttribute(string path) =>
        Skip = !Tier.IsLong ? "long tier only: LOOM_TIER=long" : new SharedDataFactAttribute(path).Skip;
}
