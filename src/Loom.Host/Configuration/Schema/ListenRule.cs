using System.Net;

namespace Loom.Configuration;

/// <summary>Which addresses a host may listen on: loopback freely, others only with tokens.</summary>
public static class ListenRule
{
    /// <summary>The setting with the addresses where the protocol of EventStoreDB is served.</summary>
    public const string EventStoreDb = "eventStoreDb.urls";

    /// <summary>The value that serves it nowhere.</summary>
    public const string Off = "off";

    /// <summary>Why a host that listens there does not start, or null.</summary>
    /// <param name="urls">The addresses.</param>
    /// <param name="withTokens">Whether every caller brings a token.</param>
    public static string? Refuse(IReadOnlyList<string> urls, bool withTokens)
    {
        foreach (var url in urls)
        {
            if (AddressOf(url) is not { Scheme: "http" } uri)
            {
                return $"'{url}' is no address to listen on; for example http://127.0.0.1:5080. For https, put a reverse proxy in front.";
            }

            if (!withTokens && !IsLoopbackName(uri.Host))
            {
                return $"{url} can be reached from other machines, and this host asks for no login. Set auth.mode to token "
                    + "(and make a token with `loom token create`), or listen on http://127.0.0.1.";
            }
        }

        return urls.Count == 0 ? "No address to listen on is given; for example http://127.0.0.1:5080." : null;
    }

    /// <summary>Why a host that serves the protocol of EventStoreDB there does not start, or null.</summary>
    /// <param name="urls">The addresses, or the word off alone.</param>
    /// <param name="withTokens">Whether every caller brings a token.</param>
    /// <param name="withCertificate">Whether there is a certificate for https.</param>
    public static string? RefuseEventStoreDb(IReadOnlyList<string> urls, bool withTokens, bool withCertificate)
    {
        if (urls is [] or [Off])
        {
            return null;
        }

        foreach (var url in urls)
        {
            var uri = AddressOf(url);
            if (uri is not { Scheme: "http" or "https", PathAndQuery: "/" } || !(IPAddress.TryParse(uri.Host.Trim('[', ']'), out _) || uri.Host is "localhost"))
            {
                return $"{EventStoreDb}: '{url}' is no address to serve at; for example http://127.0.0.1:2113, or {Off}.";
            }

            if (uri.Scheme is "https" && !withCertificate)
            {
                return $"{EventStoreDb}: {url} needs a certificate: eventStoreDb.certificateFile and eventStoreDb.keyFile.";
            }

            if (!withTokens && !IsLoopbackName(uri.Host))
            {
                return $"{EventStoreDb}: {url} can be reached from other machines, and this host asks for no login. Set auth.mode to token "
                    + "(and make a token with `loom token create`), or serve at http://127.0.0.1:2113.";
            }
        }

        return null;
    }

    /// <summary>An address to listen on; the star of all addresses is 0.0.0.0. Null when it is none.</summary>
    public static Uri? AddressOf(string url)
    {
        ArgumentNullException.ThrowIfNull(url);
        return Uri.TryCreate(
            url.Replace("://*", "://0.0.0.0", StringComparison.Ordinal).Replace("://+", "://0.0.0.0", StringComparison.Ordinal), UriKind.Absolute, out var uri) ? uri : null;
    }

    /// <summary>Whether a name in an address is this machine's own.</summary>
    public static bool IsLoopbackName(string host) =>
        host is "localhost" || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
