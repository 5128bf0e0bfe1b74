using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Loom.Testing;

namespace Loom.Host.Tests;

/// <summary>A host in a process of its own, as users run it, with every line it wrote.</summary>
internal sealed class ChildHost : IAsyncDisposable
{
    private static readonly string Configuration =
        AppContext.BaseDirectory.Contains($"{Path.DirectorySeparatorChar}Release{Path.DirectorySeparatorChar}", StringComparison.Ordinal) ? "Release" : "Debug";

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();
    private readonly TaskCompletionSource<Uri?> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task<string> _error;
    private readonly Task _reading;
    private readonly Folder _elsewhere = new();

    private ChildHost(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        start.WorkingDirectory = _elsewhere.Root; // no loom.json there
        start.Environment.Keys.Where(k => k.StartsWith("LOOM_", StringComparison.Ordinal)).ToList().ForEach(k => start.Environment.Remove(k));
        _process = Process.Start(start)!;
        _error = _process.StandardError.ReadToEndAsync();
        _reading = ReadAsync();
    }

    public HttpClient Http { get; private set; } = null!;

    /// <summary>Where it serves its journal as EventStoreDB does; null when it does not.</summary>
    public Uri? Streams { get; private set; }

    public int Id => _process.Id;

    /// <summary>Everything on standard output so far, line by line.</summary>
    public IReadOnlyCollection<string> Output => _output;

    public static string Dll { get; } = Path.Combine(TestData.Root, "src", "Loom.Host", "bin", Configuration, "net10.0", "Loom.Host.dll");

    /// <summary>Starts and waits until it is ready.</summary>
    public static Task<ChildHost> StartAsync(string data, params string[] args) => StartAsync(new ProcessStartInfo("dotnet", Arguments(data, args)));

    public static async Task<ChildHost> StartAsync(ProcessStartInfo start)
    {
        var child = new ChildHost(start);
        var address = await child._ready.Task;
        if (address is null)
        {
            var said = $"exit code {await child.ExitAsync()}: {await child._error}";
            await child.DisposeAsync();
            Assert.Fail($"The host did not start: {said}");
        }

        child.Http = new HttpClient(new SocketsHttpHandler { UseProxy = false, ConnectTimeout = TimeSpan.FromMinutes(5) }) { BaseAddress = address, Timeout = TimeSpan.FromMinutes(10) };
        return child;
    }

    /// <summary>Starts one that is to fail: its exit code and what it said on standard error.</summary>
    public static Task<(int Code, string Error)> RefusedAsync(string data, params string[] args) => RefusedAsync(new ProcessStartInfo("dotnet", Arguments(data, args)));

    public static async Task<(int Code, string Error)> RefusedAsync(ProcessStartInfo start)
    {
        await using var child = new ChildHost(start);
        Assert.Null(await child._ready.Task);
        return (await child.ExitAsync(), await child._error);
    }

    public static IReadOnlyList<string> Arguments(string data, params string[] args) =>
        [Dll, "--json", "--data", data, "--urls", "http://127.0.0.1:0", "--console", "false", "--eventStoreDb.urls", "off", "--drain.seconds", "600", .. args];

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await ExitAsync();
    }

    /// <summary>SIGTERM: asks for the orderly way.</summary>
    public void Terminate()
    {
        using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    public async Task<int> ExitAsync()
    {
        await _process.WaitForExitAsync();
        await _reading;
        return _process.ExitCode;
    }

    public async Task<string> ErrorAsync() => await _error;

    public async ValueTask DisposeAsync()
    {
        Http?.Dispose();
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        await ExitAsync();
        _process.Dispose();
        _elsewhere.Dispose();
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            _output.Enqueue(line);
            if (line.StartsWith("""{"event":"ready",""", StringComparison.Ordinal))
            {
                using var ready = JsonDocument.Parse(line);
                Streams = ready.RootElement.TryGetProperty("eventStoreDb", out var streams) ? new Uri(streams.GetString()!) : null;
                _ready.TrySetResult(new Uri(ready.RootElement.GetProperty("url").GetString()!));
            }
        }

        _ready.TrySetResult(null);
    }
}
