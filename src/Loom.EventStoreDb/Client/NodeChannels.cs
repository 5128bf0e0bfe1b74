using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Loom.EventStoreDb.Grpc;

namespace Loom.EventStoreDb.Client;

/// <summary>Makes channels to servers as the settings say: certificates, credentials, keep-alive.</summary>
internal sealed class NodeChannels : IDisposable
{
    private readonly EventStoreDbSettings _settings;
    private readonly GrpcChannelOptions _options;
    private readonly List<X509Certificate2> _certificates = [];

    public NodeChannels(EventStoreDbSettings settings, TimeProvider time, bool isHost)
    {
        _settings = settings;
        _options = new GrpcChannelOptions
        {
            Tls = settings.Tls ? Certificates() : null,
            KeepAliveInterval = settings.KeepAliveInterval,
            KeepAliveTimeout = settings.KeepAliveTimeout == TimeSpan.MaxValue ? System.Threading.Timeout.InfiniteTimeSpan : settings.KeepAliveTimeout,
            Headers = Headers(settings, isHost),
            Time = time,
        };
    }

    public GrpcChannel Open(NodeAddress address) =>
        new(new UriBuilder(_settings.Tls ? Uri.UriSchemeHttps : Uri.UriSchemeHttp, address.Host, address.Port).Uri, _options);

    public void Dispose()
    {
        foreach (var certificate in _certificates)
        {
            certificate.Dispose();
        }
    }

    private static Dictionary<string, string> Headers(EventStoreDbSettings settings, bool isHost)
    {
        var headers = new Dictionary<string, string>
        {
            ["connection-name"] = settings.ConnectionName ?? $"loom-{Guid.NewGuid():D}",
            ["requires-leader"] = settings.NodePreference == NodePreference.Leader ? "true" : "false",
        };
        if (isHost)
        {
            headers[EventStoreCaller.HostHeader] = "true";
        }

        if (settings.User is { } user)
        {
            headers["authorization"] = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{settings.Password}"));
        }

        return headers;
    }

    private SslClientAuthenticationOptions Certificates()
    {
        var tls = new SslClientAuthenticationOptions();
        if (_settings.UserCertFile is { } file)
        {
            using var fromPem = X509Certificate2.CreateFromPemFile(file, _settings.UserKeyFile);
            var own = X509CertificateLoader.LoadPkcs12(fromPem.Export(X509ContentType.Pfx), null);
            _certificates.Add(own);
            tls.ClientCertificates = [own];
        }

        if (!_settings.TlsVerifyCert)
        {
            tls.RemoteCertificateValidationCallback = (_, _, _, _) => true;
        }
        else if (_settings.TlsCaFile is { } ca)
        {
            var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.ImportFromPemFile(ca);
            _certificates.AddRange(policy.CustomTrustStore);
            tls.CertificateChainPolicy = policy;
        }

        return tls;
    }
}
