using System.Net;

namespace Loom.Configuration;

/// <summary>Which addresses a host may listen on: loopback freely, others only with tokens.</summary>
public static class ListenRule
{
    /// <summary>Why a host that listens there does not start, or null.</summary>
    /// <param name="urls">The addresses.</param>
    /// <param name="withTokens">Whether every caller brings a token.</param>
    public static string? Refuse(IReadOnlyList<string> urls, bool withTokens)
    {
        foreach (var url in urls)
        {
            if (!Uri.TryCreate(url.Replace("://*", "://0.0.0.0", StringComparison.Ordinal).Replace("://+", "://0.0.0.0", StringComparison.Ordinal), UriKind.Absolute, out var uri)
                || uri.Scheme is not "http")
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

    /// <summary>Whether a name in an address is this machine's own.</summary>
    public static bool IsLoopbackName(string host) =>
        host is "localhost" || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
