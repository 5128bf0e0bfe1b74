using System.Diagnostics;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Loom.Testing;

namespace Loom.E2E.Started;

/// <summary>A host as a user starts it: its own process, a temporary data folder. It can be stopped and started again at the same address.</summary>
public sealed class HostProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);
    private readonly StringBuilder _output = new();
    private readonly string[] _settings;
    private Process? _process;

    public HostProcess(params string[] settings) => (_settings, Address) = (settings, new Uri($"http://127.0.0.1:{FreePort()}"));

    public Uri Address { get; }

    public string Data { get; } = Directory.CreateTempSubdirectory("loom-e2e-").FullName;

    /// <summary>Starts it, with more settings than those that it always has.</summary>
    public async Task StartAsync(params string[] more)
    {
        // The host of the same build as these tests: Debug or Release.
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        var program = Path.Combine(TestData.Root, "src", "Loom.Host", "bin", configuration, "net10.0", "Loom.Host.dll");
        Assert.True(File.Exists(program), $"{program} is not there: run dotnet build e2e/Loom.E2E -c {configuration}.");
        var start = new ProcessStartInfo(Environment.ProcessPath is { } p && Path.GetFileNameWithoutExtension(p) == "dotnet" ? p : "dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Data,
        };
        foreach (var argument in (string[])[program, "--urls", Address.GetLeftPart(UriPartial.Authority), "--data", Path.Combine(Data, ".loom"), "--eventStoreDb.urls", "off", .. _settings, .. more])
        {
            start.ArgumentList.Add(argument);
        }

        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, e) => Keep(e.Data);
        _process.ErrorDataReceived += (_, e) => Keep(e.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await WaitUntilReadyAsync(_process);
    }

    /// <summary>A token with one of Loom's roles, on a host that asks for tokens.</summary>
    public async Task<string> TokenAsync(string role)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = Address };
        http.DefaultRequestHeaders.Authorization = new("Bearer", (await File.ReadAllTextAsync(Path.Combine(Data, ".loom", "operator.token"))).Trim());
        using var answer = await http.PostAsJsonAsync("/api/tokens", new { name = role, roles = new[] { role } });
        var body = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, body);
        return JsonDocument.Parse(body).RootElement.GetProperty("token").GetString()!;
    }

    /// <summary>Ends the process without a warning, as a power cut would.</summary>
    public async Task KillAsync()
    {
        if (_process is { } process)
        {
            _process = null;
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
            process.Dispose();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        Directory.Delete(Data, recursive: true);
    }

    private async Task WaitUntilReadyAsync(Process process)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = Address };
        var waited = Stopwatch.StartNew();
        var last = "nothing";
        while (!process.HasExited && waited.Elapsed < Patience)
        {
            try
            {
                using var answer = await http.GetAsync("/health/ready");
                if (answer.IsSuccessStatusCode)
                {
                    return;
                }

                last = await answer.Content.ReadAsStringAsync();
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
            {
                // Not listening yet, or very busy.
            }

            await Task.Delay(100);
        }

        throw new InvalidOperationException($"The host {(process.HasExited ? "ended before it was ready" : $"is not ready; its last answer was {last}")}:\n{Output()}");
    }

    private string Output()
    {
        lock (_output)
        {
            return _output.ToString();
        }
    }

    private void Keep(string? line)
    {
        lock (_output)
        {
            _output.AppendLine(line);
        }
    }

    // Not from the range that outgoing connections get their ports from: while the host is down, one of those (even of the browser that asks
    // for it in vain) could take the port.
    private static int FreePort()
    {
        while (true)
        {
            try
            {
                using var listener = new TcpListener(System.Net.IPAddress.Loopback, Random.Shared.Next(15_000, 32_000));
                listener.Start();
                return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
            }
            catch (SocketException)
            {
                // Somebody has it.
            }
        }
    }
}
