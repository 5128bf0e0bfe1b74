using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Loom.Testing;

namespace Loom.Simulation.Tests.Kill;

/// <summary>The real host in a process of its own, on a free port of loopback.</summary>
internal sealed class ChildHost : IDisposable
{
    private static readonly string Program = Path.Combine(
        TestData.Root, "src", "Loom.Host", "bin", new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, "net10.0", "Loom.Host.dll");

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly TaskCompletionSource<Uri> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Stopwatch _age = Stopwatch.StartNew();

    private ChildHost(Process process)
    {
        _process = process;
        _process.OutputDataReceived += (_, e) => Take(e.Data);
        _process.ErrorDataReceived += (_, e) => Take(e.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Its address, when it says that it is ready.</summary>
    public Task<Uri> Ready => _ready.Task;

    /// <summary>How long it took from the start of the process to being ready.</summary>
    public TimeSpan Startup { get; private set; }

    public static ChildHost Start(string data, string origin)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetDirectoryName(data),
        };
        string[] arguments =
        [
            Program, "--json", "--data", data, "--urls", "http://127.0.0.1:0", "--console", "false", "--eventStoreDb.urls", "off", "--logging.level", "warning",
            "--log.origin", origin, "--log.publish", PublishedIn(data), "--runtime.snapshotEvery", "20",
        ];
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return new ChildHost(new Process { StartInfo = start });
    }

    /// <summary>Where it publishes its checkpoints.</summary>
    public static string PublishedIn(string data) => Path.Combine(data, "published");

    /// <summary>SIGKILL: the process does nothing more, wherever it was.</summary>
    public async Task KillAsync()
    {
        if (_process.HasExited)
        {
            await _process.WaitForExitAsync();
            throw new InvariantException($"The host ended by itself, with {_process.ExitCode}:\n{LastWords()}");
        }

        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Waits for the orderly end after a shutdown.</summary>
    public async Task EndAsync()
    {
        await _process.WaitForExitAsync();
        if (_process.ExitCode != 0)
        {
            throw new InvariantException($"The host's orderly end gave {_process.ExitCode}:\n{LastWords()}");
        }
    }

    /// <summary>What it wrote last.</summary>
    public string LastWords() => string.Join('\n', _lines.TakeLast(30));

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private void Take(string? line)
    {
        if (line is null)
        {
            _ready.TrySetException(new InvariantException($"The host ended before it was ready:\n{LastWords()}"));
            _ = _ready.Task.Exception; // a host that was killed while starting is nobody's error
            return;
        }

        _lines.Enqueue(line);
        if (!_ready.Task.IsCompleted && line.Contains("\"event\":\"ready\"", StringComparison.Ordinal))
        {
            using var json = JsonDocument.Parse(line);
            Startup = _age.Elapsed;
            _ready.TrySetResult(new Uri(json.RootElement.GetProperty("url").GetString()!));
        }
    }
}
