using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Loom.Benchmarks;

/// <summary>A real host in a process of its own, on a free port of loopback.</summary>
internal sealed class StartedHost : IAsyncDisposable
{
    private readonly Process _process;

    private StartedHost(Process process, HttpClient http, TimeSpan ready) => (_process, Http, Ready) = (process, http, ready);

    public HttpClient Http { get; }

    /// <summary>From the start of the process until <c>/health/ready</c> answered 200.</summary>
    public TimeSpan Ready { get; }

    public static async Task<StartedHost> StartAsync(string data, CancellationToken cancellationToken)
    {
        var port = FreePort();
        var start = new ProcessStartInfo("dotnet") { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])[Program(), "--data", data, "--urls", $"http://127.0.0.1:{port}"])
        {
            start.ArgumentList.Add(argument);
        }

        var clock = Stopwatch.StartNew();
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, e) =>
        {
            if (!string.IsNullOrEmpty(e.Data))
            {
                Console.Error.WriteLine(e.Data);
            }
        };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        while (!process.HasExited)
        {
            try
            {
                using var answer = await http.GetAsync("/health/ready", cancellationToken);
                if (answer.IsSuccessStatusCode)
                {
                    return new StartedHost(process, http, clock.Elapsed);
                }
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }

            await Task.Delay(5, cancellationToken);
        }

        throw new InvalidOperationException($"The host ended with exit code {process.ExitCode} before it was ready.");
    }

    public async ValueTask DisposeAsync()
    {
        using (await Http.PostAsync("/api/shutdown", null))
        {
            await _process.WaitForExitAsync();
        }

        Http.Dispose();
        _process.Dispose();
    }

    // The build of the host itself, not the copy beside this program: that one has the console's files.
    private static string Program()
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        for (var d = new DirectoryInfo(AppContext.BaseDirectory); d is not null; d = d.Parent)
        {
            if (File.Exists(Path.Combine(d.FullName, "Loom.sln")))
            {
                return Path.Combine(d.FullName, "src", "Loom.Host", "bin", configuration, "net10.0", "Loom.Host.dll");
            }
        }

        throw new InvalidOperationException("The benchmarks do not run inside a checkout of Loom.");
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
