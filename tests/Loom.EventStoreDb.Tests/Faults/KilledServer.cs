using System.Diagnostics;
using System.Text.Json;
using Loom.Journal;

namespace Loom.EventStoreDb.Tests.Faults;

/// <summary>A served journal in a process of its own, which is killed (SIGKILL), wherever it was, and started again on the same files.</summary>
internal sealed class KilledServer : IFaultServer
{
    private readonly string _folder = Directory.CreateTempSubdirectory("loom-killed-").FullName;
    private readonly SemaphoreSlim _gate = new(1);
    private readonly bool _answersEarly;
    private Process? _process;
    private EventStoreDbJournal? _direct;
    private int _port;
    private volatile bool _isUp;

    private KilledServer(bool answersEarly) => _answersEarly = answersEarly;

    /// <inheritdoc/>
    public int? Port => _isUp ? _port : null;

    /// <param name="answersEarly">Planted: the process acknowledges appends before it writes them.</param>
    public static async Task<KilledServer> StartAsync(bool answersEarly)
    {
        var server = new KilledServer(answersEarly);
        await server.OpenAsync();
        return server;
    }

    /// <inheritdoc/>
    public async Task RestartAsync()
    {
        await _gate.WaitAsync();
        try
        {
            await KillAsync();
            await OpenAsync();
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    public async Task<T> LookAsync<T>(Func<IJournal, Task<T>> look)
    {
        await _gate.WaitAsync();
        try
        {
            return await look(_direct!);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Kills it for good and opens what it left on disk.</summary>
    public async Task<T> AfterwardsAsync<T>(Func<IJournal, Task<T>> look)
    {
        await KillAsync();
        await using var left = await SegmentedJournal.OpenAsync(new SegmentedJournalOptions { Directory = Path.Combine(_folder, "journal") }, CancellationToken.None);
        return await look(left);
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _gate.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task KillAsync()
    {
        _isUp = false;
        if (_process is { } process)
        {
            _process = null;
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }

        if (_direct is { } direct)
        {
            _direct = null;
            await direct.DisposeAsync();
        }
    }

    private async Task OpenAsync()
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Loom.Interop.Server.dll"), _folder, "0", "0"])
        {
            RedirectStandardInput = true, // it ends with this process, whatever happens to it
            RedirectStandardOutput = true,
        };
        start.Environment["DOTNET_TieredPGO"] = "0"; // it does not live long enough to learn
        if (_answersEarly)
        {
            start.ArgumentList.Add("answers-early");
        }

        _process = Process.Start(start)!;
        var line = await _process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The server ended before it listened; it says why on its standard error.");
        using var listens = JsonDocument.Parse(line);
        _port = listens.RootElement.GetProperty("clear").GetInt32();
        _direct = await EventStoreDbJournal.ConnectAsync(
            new EventStoreDbJournalOptions
            {
                Settings = EventStoreDbSettings.Parse($"esdb://localhost:{_port}?tls=false{ServedJournal.Patient}"),
                RetryDuring = TimeSpan.FromMinutes(20),
            },
            CancellationToken.None);
        _isUp = true;
    }
}
