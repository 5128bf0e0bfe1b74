using System.ComponentModel;
using System.Diagnostics;

namespace Loom.Cli.Hosting;

/// <summary>Opens a page, only where somebody sits before a desktop.</summary>
internal static class Browser
{
    public static void TryOpen(Uri page)
    {
        var opener = OperatingSystem.IsWindows() ? "explorer" : OperatingSystem.IsMacOS() ? "open" : "xdg-open";
        if (Console.IsOutputRedirected || Set("SSH_CONNECTION") || (OperatingSystem.IsLinux() && !Set("DISPLAY") && !Set("WAYLAND_DISPLAY")))
        {
            return;
        }

        try
        {
            using var process = Process.Start(new ProcessStartInfo(opener, page.ToString()) { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true });
        }
        catch (Win32Exception)
        {
            // No such opener; the address was printed.
        }
    }

    private static bool Set(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 };
}
