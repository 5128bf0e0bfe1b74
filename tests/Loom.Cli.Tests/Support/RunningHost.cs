using System.Collections.Concurrent;
using System.Diagnostics;

namespace Loom.Cli.Tests;

/// <summary>A host in a process of its own, started as users start it, with its address as it said it.</summary>
public sealed class RunningHost : IAsyncDisposable
{
    private const string Ready = "Loom is ready: ";
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly TaskCompletionSource<string> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private RunningHost(Process process)
    {
        _process = process;
        _process.EnableRaisingEvents = true;
        _process.Exited += (_, _) => _ready.TrySetException(new InvalidOperationException($"The host ended: {Said}"));
        _process.OutputDataReceived += Take;
        _process.ErrorDataReceived += Take;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public string Address { get; private set; } = "";

    public string Said => string.Join('\n', _lines);

    /// <summary><c>loom run</c> on this data folder, on a free port.</summary>
    public static Task<RunningHost> LoomRunAsync(string data, params string[] more) => LoomRunAsync(data, new Dictionary<string, string?>(), more);

    public static Task<RunningHost> LoomRunAsync(string data, IReadOnlyDictionary<string, string?> variables, params string[] more) =>
        StartAsync(data, variables, [ChildOf.LoomDll, "run", .. more]);

    /// <summary>Another program that is a host.</summary>
    public static async Task<RunningHost> StartAsync(string data, IReadOnlyDictionary<string, string?> variables, params string[] program)
    {
        Directory.CreateDirectory(data);
        variables = new Dictionary<string, string?>(variables) { ["LOOM_EVENTSTOREDB_URLS"] = "off" };
        var host = new RunningHost(ChildOf.Start("dotnet", data, clean: false, variables, [.. program, "--data", data, "--urls", "http://127.0.0.1:0"]));
        try
        {
            host.Address = await host._ready.Task;
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>A command of this process, asking that host.</summary>
    internal Task<Ran> LoomAsync(params string[] args) => Ran.LoomAsync([.. args, "--host", Address]);

    /// <summary>Sends a signal and waits for the end. TERM, not INT: what a shell starts in the background ignores INT, and so do its children.</summary>
    public async Task<int> SignalAsync(string signal)
    {
        using var kill = ChildOf.Start("bash", "/", clean: false, new Dictionary<string, string?>(), "-c", $"kill -{signal} {_process.Id}");
        await kill.WaitForExitAsync();
        await _process.WaitForExitAsync();
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private void Take(object sender, DataReceivedEventArgs line)
    {
        if (line.Data is not { } text)
        {
            return;
        }

        _lines.Enqueue(text);
        if (text.StartsWith(Ready, StringComparison.Ordinal))
        {
            _ready.TrySetResult(text[Ready.Length..]);
        }
    }
}
