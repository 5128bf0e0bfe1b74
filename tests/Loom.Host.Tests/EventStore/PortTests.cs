using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Loom.Api;
using Loom.Hosting;

namespace Loom.Host.Tests.EventStore;

/// <summary>The port where a host serves its journal as EventStoreDB does: what is answered there, and what keeps it from being opened.</summary>
public sealed class PortTests : IDisposable
{
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_port_answers_the_protocols_paths_and_nothing_of_the_host()
    {
        await using var host = await RunningHost.StartAsync(Connecting.Served);
        using var http = Http(host.Streams);
        foreach (var path in new[] { "/health/live", "/ping", "/info", "/gossip", "/stats" })
        {
            Assert.True((await http.GetAsync(path)).IsSuccessStatusCode, path);
        }

        foreach (var path in new[] { "/", "/api/host", "/api/actors", "/health/ready", "/metrics", "/login", "/openapi/v1.json" })
        {
            Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync(path)).StatusCode);
        }

        foreach (var path in new[] { "/gossip", "/ping", "/event_store.client.streams.Streams/Read" })
        {
            Assert.Equal(HttpStatusCode.NotFound, (await host.Http.GetAsync(path)).StatusCode);
        }
    }

    [Fact]
    public async Task Without_login_a_name_that_is_not_this_machine_and_pages_of_others_are_refused()
    {
        await using var host = await RunningHost.StartAsync(Connecting.Served);
        using var http = Http(host.Streams);
        foreach (var (name, value) in new[] { ("Host", "rebound.example"), ("Origin", "https://rebound.example") })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/info");
            request.Headers.TryAddWithoutValidation(name, value);
            Assert.Equal(HttpStatusCode.Forbidden, (await http.SendAsync(request)).StatusCode);
        }
    }

    [Fact]
    public async Task A_taken_port_ends_the_start_when_somebody_asked_for_it()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var url = $"http://127.0.0.1:{((IPEndPoint)taken.LocalEndpoint).Port}";
        var e = await Assert.ThrowsAsync<StartupException>(() => RunningHost.StartOnAsync(_folder["data"], "--eventStoreDb.urls", url));
        Assert.Equal(ExitCode.InUse, e.Code);
        Assert.Contains("--eventStoreDb.urls", e.Message, StringComparison.Ordinal);

        // And leaves nothing behind that would keep the next start from the folder.
        await using var host = await RunningHost.StartOnAsync(_folder["data"]);
        await host.Http.AccountAsync();
    }

    [Fact]
    public async Task A_taken_default_port_is_told_and_the_host_works_without()
    {
        using var taken = Take(2113);
        await using var host = await ChildHost.StartAsync(new System.Diagnostics.ProcessStartInfo(
            "dotnet", [ChildHost.Dll, "--json", "--data", _folder["data"], "--urls", "http://127.0.0.1:0", "--console", "false"]));
        Assert.Null(host.Streams);
        Assert.Contains(host.Output, line => line.Contains("2113 is taken", StringComparison.Ordinal) && line.Contains("eventStoreDb.urls", StringComparison.Ordinal));
        var health = await host.Http.GetAsync("/health/ready", LoomJson.Default.HealthReport);
        Assert.Equal("ready", health.Status);
        Assert.Contains("2113 is taken", health.Checks.Single(c => c.Name == "eventStoreDb").Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("needs a certificate", "--eventStoreDb.urls", "https://127.0.0.1:0")]
    [InlineData("auth.mode", "--eventStoreDb.urls", "http://0.0.0.0:0")]
    [InlineData("is no address", "--eventStoreDb.urls", "http://127.0.0.1:0/path")]
    [InlineData("is no address", "--eventStoreDb.urls", "esdb://127.0.0.1:2113")]
    [InlineData("HOST:PORT", "--eventStoreDb.urls", "http://127.0.0.1:0", "--eventStoreDb.advertise", "somewhere")]
    public async Task What_cannot_be_served_keeps_the_host_from_starting_and_is_named(string said, params string[] args)
    {
        var e = await Assert.ThrowsAsync<StartupException>(() => RunningHost.StartOnAsync(_folder["data"], args));
        Assert.Contains("eventStoreDb.", e.Message, StringComparison.Ordinal);
        Assert.Contains(said, e.Message, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Usage, e.Code);
    }

    [Fact]
    public async Task With_a_certificate_it_speaks_tls_and_tells_clients_where_it_is_advertised()
    {
        var (certificate, key) = Certificate();
        await using var host = await RunningHost.StartOnAsync(
            _folder["data"], "--eventStoreDb.urls", "https://127.0.0.1:0", "--eventStoreDb.certificateFile", certificate, "--eventStoreDb.keyFile", key,
            "--eventStoreDb.advertise", "loom.example:2113");
        Assert.Equal("https", host.Streams.Scheme);
        await using (var journal = await Connecting.ConnectAsync(host.Streams, more: $"&tlsCaFile={Uri.EscapeDataString(certificate)}"))
        {
            Assert.NotNull(await journal.LastPositionAsync(CancellationToken.None));
        }

        using var http = Http(host.Streams);
        Assert.Contains("\"httpEndPointIp\":\"loom.example\"", await http.GetStringAsync("/gossip"), StringComparison.Ordinal);
    }

    private static HttpClient Http(Uri address) => new(new SocketsHttpHandler
    {
        UseProxy = false,
        SslOptions = new() { RemoteCertificateValidationCallback = (_, _, _, _) => true },
    })
    { BaseAddress = address };

    // Another program on this machine may have it already, which is as good.
    private static TcpListener Take(int port)
    {
        var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
        }
        catch (SocketException)
        {
            listener.Stop();
        }

        return listener;
    }

    private (string Certificate, string Key) Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var made = request.CreateSelfSigned(new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2040, 1, 1, 0, 0, 0, TimeSpan.Zero));
        File.WriteAllText(_folder["certificate.pem"], made.ExportCertificatePem());
        File.WriteAllText(_folder["key.pem"], key.ExportPkcs8PrivateKeyPem());
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_folder["key.pem"], UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        return (_folder["certificate.pem"], _folder["key.pem"]);
    }
}
