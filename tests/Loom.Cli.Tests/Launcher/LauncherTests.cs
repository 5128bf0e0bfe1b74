using Loom.Testing;

namespace Loom.Cli.Tests.Launcher;

/// <summary>
/// The launcher's own decisions: what is stale, what it says, what it waits for. dotnet is a script here that counts builds, so that a
/// case takes milliseconds; the real build is what every run of this checkout's ./loom does.
/// </summary>
public sealed class LauncherTests : IDisposable
{
    private const string FakeDotNet =
        """
        #!/usr/bin/env bash
        root=$(cat "$(dirname "$0")/root")
        case $1 in
          --list-sdks) cat "$(dirname "$0")/sdks" ;;
          build)
            [ -f "$root/broken" ] && { echo "error CS0001: it is broken"; exit 1; }
            echo built >> "$root/builds"
            [ -p "$root/slow" ] && { read -r _ < "$root/slow"; }
            mkdir -p "$root/src/Loom.Cli/bin/Release/net10.0" "$root/src/Loom.Host/bin/Release/net10.0"
            touch "$root/src/Loom.Cli/bin/Release/net10.0/loom.dll" "$root/src/Loom.Host/bin/Release/net10.0/Loom.Host.dll" ;;
          *) shift; printf '<%s>' "$@"; exit 7 ;;
        esac
        """;

    private const string FakeCargo =
        """
        #!/usr/bin/env bash
        root=$(cat "$(dirname "$0")/root")
        [ -f "$root/prover/broken" ] && { echo "error[E0308]: mismatched types"; exit 101; }
        echo built >> "$root/prover-builds"
        mkdir -p "$root/prover/target/release"
        printf '#!/bin/sh\n' > "$root/prover/target/release/loom-prover"
        chmod +x "$root/prover/target/release/loom-prover"
        """;

    private readonly Folder _folder = new();
    private readonly Dictionary<string, string?> _variables;

    public LauncherTests()
    {
        File.Copy(Path.Combine(TestData.Root, "loom"), _folder["loom"]);
        foreach (var source in new[] { "src/Loom.Cli/A.cs", "src/Loom.Host/B.cs", "web/C.razor", "samples/D.cs", "infra/build/E.props", "global.json", "prover/Cargo.toml", "prover/crates/cli/src/main.rs" })
        {
            _folder.Write(source, "x");
            File.SetLastWriteTimeUtc(_folder[source], DateTime.UnixEpoch.AddYears(50));
        }

        _folder.Write("bin/dotnet", FakeDotNet);
        _folder.Write("bin/cargo", FakeCargo);
        _folder.Write("bin/root", _folder.Root);
        _folder.Write("bin/sdks", "10.0.100 [/somewhere]\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_folder["bin/dotnet"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            File.SetUnixFileMode(_folder["bin/cargo"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        _variables = new() { ["PATH"] = $"{_folder["bin"]}:{Environment.GetEnvironmentVariable("PATH")}" };
    }

    public void Dispose() => _folder.Dispose();

    private int ProverBuilds => File.Exists(_folder["prover-builds"]) ? File.ReadAllLines(_folder["prover-builds"]).Length : 0;

    private int Builds => File.Exists(_folder["builds"]) ? File.ReadAllLines(_folder["builds"]).Length : 0;

    private Task<Ran> RunAsync(params string[] args) => ChildOf.RunAsync("bash", "/", clean: false, _variables, [_folder["loom"], .. args]);

    [ProgramFact("bash", "bash")]
    public async Task The_first_run_builds_and_says_so_and_hands_over_arguments_and_exit_code()
    {
        var ran = await RunAsync("send", "a b", "");
        Assert.Contains("Building Loom (first run: about a minute)…", ran.Error, StringComparison.Ordinal);
        Assert.Contains("Built in ", ran.Error, StringComparison.Ordinal);
        Assert.Equal((7, "<send><a b><>"), (ran.Exit, ran.Out));
        Assert.Equal(1, Builds);
    }

    [ProgramFact("bash", "bash")]
    public async Task Nothing_is_built_while_nothing_changed()
    {
        await RunAsync();
        _folder.Write("samples/.loom/journal/lock", "left by a host that ran there");
        _folder.Write("src/Loom.Host/obj/some.cache", "left by a build");
        _folder.Write("samples/README.md", "words");
        var again = await RunAsync();
        Assert.Equal(("", 1), (again.Error, Builds));
    }

    [ProgramFact("bash", "bash")]
    public async Task A_changed_a_new_and_a_removed_source_each_build_once()
    {
        await RunAsync();
        File.SetLastWriteTimeUtc(_folder["web/C.razor"], DateTime.UtcNow.AddHours(1));
        await RunAsync();
        Assert.Equal(2, Builds);
        File.SetLastWriteTimeUtc(_folder["web/C.razor"], DateTime.UnixEpoch.AddYears(50));
        _folder.Write("samples/New.cs", "x");
        File.SetLastWriteTimeUtc(_folder["samples/New.cs"], DateTime.UnixEpoch.AddYears(50));
        await RunAsync();
        Assert.Equal(3, Builds);
        File.Delete(_folder["samples/New.cs"]);
        await RunAsync();
        await RunAsync();
        Assert.Equal(4, Builds);
    }

    [ProgramFact("bash", "bash")]
    public async Task A_failed_build_shows_its_errors_and_is_tried_again()
    {
        _folder.Write("broken", "");
        var ran = await RunAsync();
        Assert.Equal(70, ran.Exit);
        Assert.Contains("error CS0001: it is broken", ran.Error, StringComparison.Ordinal);
        File.Delete(_folder["broken"]);
        Assert.Equal((7, 1), ((await RunAsync()).Exit, Builds));
    }

    [ProgramFact("bash", "bash")]
    public async Task Commands_that_start_a_host_build_the_prover_when_it_is_stale()
    {
        await RunAsync("actors");
        Assert.Equal(0, ProverBuilds);
        var first = await RunAsync("run");
        Assert.Contains("Building the prover (first run: about two minutes)…", first.Error, StringComparison.Ordinal);
        Assert.Equal((7, 1), (first.Exit, ProverBuilds));
        Assert.Equal(("", 1), ((await RunAsync("demo")).Error, ProverBuilds));
        File.SetLastWriteTimeUtc(_folder["prover/crates/cli/src/main.rs"], DateTime.UtcNow.AddHours(1));
        await RunAsync("demo");
        Assert.Equal(2, ProverBuilds);
    }

    [ProgramFact("bash", "bash")]
    public async Task A_prover_that_does_not_build_says_why_and_stops_no_host()
    {
        _folder.Write("prover/broken", "");
        var ran = await RunAsync("run");
        Assert.Equal((7, "<run>"), (ran.Exit, ran.Out));
        Assert.Contains("nothing is proven", ran.Error, StringComparison.Ordinal);
        Assert.Contains("error[E0308]: mismatched types", ran.Error, StringComparison.Ordinal);
    }

    [ProgramFact("bash", "bash")]
    public async Task Without_an_SDK_of_version_10_the_remedy_is_named()
    {
        _folder.Write("bin/sdks", "8.0.100 [/somewhere]\n");
        var ran = await RunAsync();
        Assert.Equal(69, ran.Exit);
        Assert.Contains("install the .NET 10 SDK", ran.Error, StringComparison.Ordinal);
    }

    [ProgramFact("flock", "util-linux")]
    public async Task A_second_launcher_waits_for_the_first_and_builds_nothing()
    {
        // A pipe that the build reads: it ends when this test writes.
        Assert.Equal(0, (await ChildOf.RunAsync("mkfifo", _folder.Root, clean: false, _variables, _folder["slow"])).Exit);
        using var first = ChildOf.Start("bash", "/", clean: false, _variables, _folder["loom"]);
        Assert.StartsWith("Building Loom", await first.StandardError.ReadLineAsync(), StringComparison.Ordinal);
        using var second = ChildOf.Start("bash", "/", clean: false, _variables, _folder["loom"]);
        Assert.Equal("Waiting for another ./loom that is building…", await second.StandardError.ReadLineAsync());
        await File.WriteAllTextAsync(_folder["slow"], "go\n");
        await Task.WhenAll(first.WaitForExitAsync(), second.WaitForExitAsync());
        Assert.Equal((7, 7, 1), (first.ExitCode, second.ExitCode, Builds));
    }

    [ProgramFact("bash", "bash")]
    public async Task It_works_through_a_link()
    {
        Directory.CreateDirectory(_folder["elsewhere"]);
        File.CreateSymbolicLink(_folder["elsewhere/loom"], "../loom");
        var ran = await ChildOf.RunAsync("bash", _folder["elsewhere"], clean: false, _variables, "loom", "version");
        Assert.Equal((7, "<version>"), (ran.Exit, ran.Out));
    }
}
