using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Loom.Testing;

namespace Loom.Infra.Tests.Docker;

/// <summary>The images' health check against something that answers.</summary>
public sealed class HealthyTests
{
    [ProgramFact("bash", "bash")]
    public async Task Two_hundred_is_well_and_nothing_else_is()
    {
        Assert.Equal((0, ""), await AskAsync("200 OK"));
        var (code, said) = await AskAsync("503 Service Unavailable");
        Assert.Equal(1, code);
        Assert.Equal("/health/ready answers HTTP/1.1 503 Service Unavailable\n", said);
    }

    [ProgramFact("bash", "bash")]
    public async Task Where_nobody_listens_nothing_is_well()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        Assert.NotEqual(0, (await RunAsync(port)).Code);
    }

    private static async Task<(int Code, string Said)> AskAsync(string status)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var run = RunAsync(((IPEndPoint)listener.LocalEndpoint).Port);
        using var peer = await listener.AcceptTcpClientAsync();
        using var reader = new StreamReader(peer.GetStream(), Encoding.ASCII);
        Assert.Equal("GET /health/ready HTTP/1.1", await reader.ReadLineAsync());
        while (await reader.ReadLineAsync() is { Length: > 0 })
        {
        }

        await peer.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n"));
        return await run;
    }

    private static async Task<(int Code, string Said)> RunAsync(int port)
    {
        var start = new ProcessStartInfo("bash", [Repository.PathOf("infra/docker/healthy.sh"), $"{port}", "/health/ready"]) { RedirectStandardError = true };
        using var script = Process.Start(start)!;
        var said = await script.StandardError.ReadToEndAsync();
        await script.WaitForExitAsync();
        return (script.ExitCode, said);
    }
}
