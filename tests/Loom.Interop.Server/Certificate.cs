using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Loom.Interop.Server;

/// <summary>The server's certificate: its own authority, made once a folder, so that a restarted server is the same one to its clients.</summary>
internal static class Certificate
{
    public static string PemPath(string folder) => Path.Combine(folder, "ca.pem");

    public static X509Certificate2 InFolder(string folder)
    {
        Directory.CreateDirectory(folder);
        var pfx = Path.Combine(folder, "server.pfx");
        if (!File.Exists(pfx))
        {
            File.WriteAllBytes(pfx, Make(folder));
        }

        return X509CertificateLoader.LoadPkcs12FromFile(pfx, null);
    }

    private static byte[] Make(string folder)
    {
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var authority = new CertificateRequest("CN=Loom interop authority", authorityKey, HashAlgorithmName.SHA256);
        authority.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        authority.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        var (from, to) = (new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2049, 1, 1, 0, 0, 0, TimeSpan.Zero));
        using var authorityCertificate = authority.CreateSelfSigned(from, to);
        File.WriteAllText(PemPath(folder), authorityCertificate.ExportCertificatePem());

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], critical: false));
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.Create(authorityCertificate, from, to, [1, .. RandomNumberGenerator.GetBytes(8)]);
        using var withKey = certificate.CopyWithPrivateKey(key);
        return withKey.Export(X509ContentType.Pfx);
    }
}
