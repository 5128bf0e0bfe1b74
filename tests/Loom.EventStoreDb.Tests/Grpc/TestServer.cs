using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Loom.EventStoreDb.Grpc;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Loom.EventStoreDb.Tests.Grpc;

/// <summary>A Kestrel on a loopback port of its own that serves what a test maps.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TestServer(WebApplication app, Uri address) => (_app, Address) = (app, address);

    public Uri Address { get; }

    public IServiceProvider Services => _app.Services;

    public static Task<TestServer> StartAsync(Action<GrpcServer> map, TimeProvider? time = null, X509Certificate2? certificate = null) =>
        StartAsync(
            app =>
            {
                var server = new GrpcServer(app, time ?? TimeProvider.System, NullLogger.Instance, e => e is FormatException ? new GrpcException(StatusCode.InvalidArgument, e.Message) : null);
                map(server);
                server.MapUnknownMethods();
            },
            certificate);

    public static async Task<TestServer> StartAsync(Action<WebApplication> map, X509Certificate2? certificate = null, int port = 0, Action<KestrelServerOptions>? limits = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            limits?.Invoke(kestrel);
            kestrel.Listen(IPAddress.Loopback, port, listen =>
            {
                if (certificate is null)
                {
                    listen.UseClearTextHttp2();
                }
                else
                {
                    listen.Protocols = HttpProtocols.Http1AndHttp2;
                    listen.UseHttps(certificate);
                }
            });
        });
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.Services.AddRouting();
        var app = builder.Build();
        map(app);
        await app.StartAsync();
        var bound = new Uri(app.Urls.Single());
        return new TestServer(app, new UriBuilder(bound) { Host = "localhost" }.Uri);
    }

    public static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2040, 1, 1, 0, 0, 0, TimeSpan.Zero));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pfx), null);
    }

    /// <summary>A channel that no busy machine ends.</summary>
    public GrpcChannel Channel(GrpcChannelOptions? options = null) =>
        new(Address, (options ?? new GrpcChannelOptions()) with { ConnectTimeout = TimeSpan.FromMinutes(5), KeepAliveTimeout = TimeSpan.FromMinutes(5) });

    public Task StopAsync() => _app.StopAsync();

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
