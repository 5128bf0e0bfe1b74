using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Loom.Configuration;
using Loom.Core;
using Loom.EventStoreDb;
using Loom.Hosting.Access;
using Loom.Hosting.Configuration;
using Loom.Hosting.Operations;
using Loom.Runtime;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Loom.Hosting.EventStore;

/// <summary>
/// The journal as EventStoreDB serves it, on a port of its own: a web server apart from the host's, so that neither answers what is the
/// other's, and each has its own limits.
/// </summary>
internal sealed partial class StreamEndpoint : IAsyncDisposable
{
    private static readonly TimeSpan ToEnd = TimeSpan.FromSeconds(5);

    private readonly WebApplication? _web;

    private StreamEndpoint(WebApplication? web, string? missing) => (_web, Missing) = (web, missing);

    /// <summary>Where it listens.</summary>
    public IReadOnlyList<Uri> Addresses { get; private init; } = [];

    /// <summary>Why it is not served though nobody turned it off; null when it is, or is off.</summary>
    public string? Missing { get; }

    /// <exception cref="StartupException">An address that somebody asked for is taken, or the certificate cannot be used.</exception>
    public static async Task<StreamEndpoint> StartAsync(HostParts parts, IServiceProvider host, CancellationToken cancellationToken)
    {
        var settings = parts.Settings.Now;
        var urls = settings.List(ListenRule.EventStoreDb);
        if (urls is [] or [ListenRule.Off])
        {
            return new StreamEndpoint(null, null);
        }

        var web = Build(parts, host, [.. urls.Select(u => ListenRule.AddressOf(u)!)]);
        try
        {
            await web.StartAsync(cancellationToken);
            return new StreamEndpoint(web, null) { Addresses = [.. web.Urls.Select(u => new Uri(u))] };
        }
        catch (IOException e) when (e.InnerException is AddressInUseException)
        {
            await web.DisposeAsync();
            if (settings.IsDefault(ListenRule.EventStoreDb))
            {
                var missing = $"EventStoreDB's protocol is not served: {urls[0]} is taken. Set {ListenRule.EventStoreDb} to another address, or to {ListenRule.Off}.";
                NotServed(host.GetRequiredService<ILogger<StreamEndpoint>>(), missing);
                return new StreamEndpoint(null, missing);
            }

            throw new StartupException(ExitCode.InUse, $"{e.Message} Stop what listens there, or choose another address with --{ListenRule.EventStoreDb}.", e);
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            await web.DisposeAsync();
            throw new StartupException(ExitCode.InUse, $"EventStoreDB's protocol cannot be served at {string.Join(", ", urls)}: {e.Message} Choose another address with --{ListenRule.EventStoreDb}.", e);
        }
        catch
        {
            await web.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_web is null)
        {
            return;
        }

        // Subscriptions end with the server's stopping; appends under way take milliseconds.
        using var patience = new CancellationTokenSource(ToEnd);
        await _web.StopAsync(patience.Token);
        await _web.DisposeAsync();
    }

    private static WebApplication Build(HostParts parts, IServiceProvider host, IReadOnlyList<Uri> addresses)
    {
        var settings = parts.Settings.Now;
        var certificate = addresses.Any(a => a.Scheme is "https") ? Certificate(settings) : ((X509Certificate2 Own, X509Certificate2Collection Chain)?)null;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory, EnvironmentName = Environments.Production });
        builder.WebHost.UseKestrelCore();
        if (certificate is not null)
        {
            builder.WebHost.UseKestrelHttpsConfiguration();
        }

        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestHeadersTotalSize = (int)settings.Integer("limits.headers");
            kestrel.Limits.MaxConcurrentConnections = settings.Integer("limits.connections");
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
            kestrel.UseEventStoreDbLimits();
            foreach (var address in addresses)
            {
                Listen(kestrel, address, listen =>
                {
                    if (certificate is null || address.Scheme is "http")
                    {
                        listen.UseClearTextHttp2();
                    }
                    else
                    {
                        listen.Protocols = HttpProtocols.Http1AndHttp2;
                        listen.UseHttps(https => (https.ServerCertificate, https.ServerCertificateChain) = (certificate.Value.Own, certificate.Value.Chain));
                    }
                });
            }
        });

        // Signals are the host's to hear; it ends this server when its own work is done.
        builder.Services.AddSingleton<IHostLifetime, EndedByTheHost>();
        builder.Services.AddSingleton<ILoggerFactory>(new QuietKestrel(host.GetRequiredService<ILoggerFactory>()));
        builder.Services.AddRouting();
        var web = builder.Build();
        var callers = new StreamCallers(parts.Settings, parts.Tokens, host.GetRequiredService<LongConnections>());
        web.Use(callers.GateAsync);
        web.UseRouting();
        web.MapEventStoreDb(parts.Journal, new EventStoreDbServerOptions
        {
            Authenticate = StreamCallers.OfAsync,
            IsActorStream = parts.Types.IsActorStream,
            ReadOnly = () => host.GetRequiredService<HostState>().ReadOnly,
            Advertised = Advertised(settings),
        });
        return web;
    }

    private static void Listen(KestrelServerOptions kestrel, Uri address, Action<ListenOptions> configure)
    {
        if (address.Host is "localhost" && address.Port != 0)
        {
            kestrel.ListenLocalhost(address.Port, configure);
        }
        else
        {
            kestrel.Listen(IPAddress.TryParse(address.Host.Trim('[', ']'), out var ip) ? ip : IPAddress.Loopback, address.Port, configure);
        }
    }

    private static (string Host, int Port)? Advertised(LoomSettings settings)
    {
        var text = settings.Text("eventStoreDb.advertise");
        if (text.Length == 0)
        {
            return null;
        }

        return Uri.TryCreate($"tcp://{text}", UriKind.Absolute, out var uri) && uri is { Port: > 0, PathAndQuery: "" or "/", UserInfo: "" }
            ? (uri.Host, uri.Port)
            : throw new StartupException(ExitCode.Usage, $"eventStoreDb.advertise is '{text}'; it takes HOST:PORT, for example loom.example.org:2113.");
    }

    private static (X509Certificate2 Own, X509Certificate2Collection Chain) Certificate(LoomSettings settings)
    {
        var (file, key) = (settings.Text("eventStoreDb.certificateFile"), settings.Text("eventStoreDb.keyFile"));
        _ = SecretFile.Lines(key.Length > 0 ? key : file, key.Length > 0 ? "eventStoreDb.keyFile" : "eventStoreDb.certificateFile");
        try
        {
            // Through PKCS#12: some systems' TLS takes no key that exists in memory only.
            using var pem = X509Certificate2.CreateFromPemFile(file, key.Length > 0 ? key : null);
            X509Certificate2Collection chain = [];
            chain.ImportFromPemFile(file);
            return (X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null), chain);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new StartupException(ExitCode.Usage, $"{file} (eventStoreDb.certificateFile) cannot be used with its key: {e.Message}", e);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "{Reason}")]
    private static partial void NotServed(ILogger log, string reason);

    /// <summary>The host's log, without the web server's warning that clear text knows no HTTP/2: here it does.</summary>
    private sealed class QuietKestrel(ILoggerFactory host) : ILoggerFactory
    {
        public ILogger CreateLogger(string categoryName) =>
            categoryName == "Microsoft.AspNetCore.Server.Kestrel" ? Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance : host.CreateLogger(categoryName);

        public void AddProvider(ILoggerProvider provider) => host.AddProvider(provider);

        public void Dispose()
        {
            // The host's own.
        }
    }

    private sealed class EndedByTheHost : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
