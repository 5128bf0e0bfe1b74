namespace Loom.Cli.Testing;

/// <summary>
/// Programs that some suites need beside the .NET SDK. They are installed only by root on Debian or Ubuntu, and only when
/// <c>LOOM_TEST_INSTALL=1</c> says so; otherwise the suites that need them are reported as skipped.
/// </summary>
internal static class SystemPackages
{
    private static readonly (Func<bool> IsThere, string Packages)[] Needed =
    [
        (() => File.Exists("/usr/bin/chromium"), "chromium"),
        (() => OnPath("node"), "nodejs"),
        (() => OnPath("npm"), "npm"),
        (() => OnPath("wat2wasm"), "wabt"),
        (() => OnPath("clang") && OnPath("wasm-ld"), "clang lld"),
        (HasRustForWebAssembly, "cargo rustc libstd-rust-dev-wasm32 lld"),
    ];

    /// <summary>Installs what is missing, where that is allowed.</summary>
    public static async Task InstallAsync(TextWriter log, CancellationToken cancellationToken)
    {
        var missing = Needed.Where(n => !n.IsThere()).SelectMany(n => n.Packages.Split(' ')).Distinct(StringComparer.Ordinal).ToArray();
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

    private static bool OnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));

    // From the system's packages, or from rustup.
    private static bool HasRustForWebAssembly()
    {
        var toolchains = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".rustup", "toolchains");
        string[] roots = Directory.Exists(toolchains) ? ["/usr", .. Directory.GetDirectories(toolchains)] : ["/usr"];
        return roots.Any(root => Directory.Exists(Path.Combine(root, "lib", "rustlib", "wasm32-unknown-unknown", "lib")));
    }
}
