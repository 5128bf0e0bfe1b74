namespace Loom.Cli.Testing;

/// <summary>
/// Programs that some suites need beside the .NET SDK. They are installed only by root on Debian or Ubuntu, and only when
/// <c>LOOM_TEST_INSTALL=1</c> says so; otherwise the suites that need them are reported as skipped.
/// </summary>
internal static class SystemPackages
{
    private static readonly (string Program, string Package)[] Needed = [("/usr/bin/chromium", "chromium")];

    /// <summary>Installs what is missing, where that is allowed.</summary>
    public static async Task InstallAsync(TextWriter log, CancellationToken cancellationToken)
    {
        var missing = Needed.Where(n => !File.Exists(n.Program)).Select(n => n.Package).ToArray();
        if (missing.Length == 0)
        {
            return;
        }

        var command = "apt-get install --no-install-recommends " + string.Join(' ', missing);
        if (!OperatingSystem.IsLinux() || !File.Exists("/usr/bin/apt-get") || !Environment.IsPrivilegedProcess
            || Environment.GetEnvironmentVariable("LOOM_TEST_INSTALL") != "1")
        {
            log.WriteLine($"Some suites will be skipped. To run them too, as root: {command}");
            return;
        }

        log.WriteLine($"Installing {string.Join(", ", missing)} (LOOM_TEST_INSTALL=1)…");
        var environment = new Dictionary<string, string> { ["DEBIAN_FRONTEND"] = "noninteractive" };
        var (update, updateOutput) = await ChildProcess.CaptureAsync("apt-get", ["update", "-q"], environment, cancellationToken);
        var (install, output) = update != 0
            ? (update, updateOutput)
            : await ChildProcess.CaptureAsync("apt-get", ["install", "-y", "-q", "--no-install-recommends", .. missing], environment, cancellationToken);
        if (install != 0)
        {
            log.WriteLine($"It failed (exit {install}); the suites that need it will be skipped.\n{output}");
        }
    }
}
