using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Loom.Cli.Hosting;

/// <summary>A host of our own in a child process, its output in a file, ready when <see cref="StartAsync"/> returns.</summary>
internal sealed class OwnHost : IAsyncDisposable
{
    private static readonly TimeSpan PollEvery = TimeSpan.FromMilliseconds(50);
    private readonly Process _process;
    private readonly string _log;
    private readonly StreamWriter _writer;

    private OwnHost(Process process, Uri address, string log)
    {
        (_process, Address, _log) = (process, address, log);
        _writer = new StreamWriter(log, append: true, Encoding.UTF8) { AutoFlush = true };
        _process.OutputDataReceived += Keep;
        _process.ErrorDataReceived += Keep;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public Uri Address { get; }

    /// <summary>Ends when the host does.</summary>
    public Task ExitedAsync(CancellationToken cancellationToken) => _process.WaitForExitAsync(cancellationToken);

    /// <summary>Starts a host on a data folder and waits until it is ready. <paramref name="address"/> null: any free port of loopback. <paramref name="more"/>: further arguments of the host.</summary>
    public static async Task<OwnHost> StartAsync(string data, string? address, IReadOnlyList<string> more, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(data);
        var url = AddressOf(address);
        var start = HostProgram.Require().StartInfo(new HostOptions(data, url.GetLeftPart(UriPartial.Authority), [], null).ToArguments().Concat(more));
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        var host = new OwnHost(Process.Start(start)!, url, Path.Combine(data, "host.log"));
        try
        {
            await host.WaitUntilReadyAsync(cancellationToken);
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>The last lines that the host wrote.</summary>
    public string LastWords()
    {
        lock (_writer)
        {
            using var reader = new StreamReader(new FileStream(_log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
            return string.Join(Environment.NewLine, reader.ReadToEnd().TrimEnd().Split('\n').TakeLast(12));
        }
    }

    private async Task WaitUntilReadyAsync(CancellationToken cancellationToken)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = Address };
        while (true)
        {
            if (_process.HasExited)
            {
                await _process.WaitForExitAsync(cancellationToken);
                throw new CliException(ExitCodes.Unreachable, "The host ended before it was ready.", LastWords(), $"Its whole output is in {_log}.");
            }

            try
            {
                using var answer = await http.GetAsync("/health/ready", cancellationToken);
                if (answer.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }

            await Task.Delay(PollEvery, cancellationToken);
        }
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        lock (_writer)
        {
            if (line.Data is not null && _writer.BaseStream is not null)
            {
                _writer.WriteLine(line.Data);
            }
        }
    }

    public static bool IsFree(int port)
    {
        try
        {
            using var probe = new TcpListener(IPAddress.Loopback, port);
            probe.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>One address that this program can ask as well: port 0 becomes a free one.</summary>
    private static Uri AddressOf(string? address)
    {
        if (!Uri.TryCreate(address ?? "http://127.0.0.1:0", UriKind.Absolute, out var url) || url.Scheme != "http")
        {
            throw new CliException(ExitCodes.Usage, $"'{address}' is no address to listen on.", "One address is needed, and it begins with http://.", "For example --urls http://127.0.0.1:5090.");
        }

        return url.Port == 0 ? new UriBuilder(url) { Port = FreePort() }.Uri : url;
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    public async ValueTask DisposeAsync()
    {
        await Child.StopAsync(_process);
        _process.Dispose();
        lock (_writer)
        {
            _writer.Dispose();
        }
    }
}
