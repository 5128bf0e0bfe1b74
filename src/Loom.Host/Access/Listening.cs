using System.Net;
using Loom.Hosting.Configuration;

namespace Loom.Hosting.Access;

/// <summary>Which addresses a host may listen on: loopback freely, others only with tokens.</summary>
internal static class Listening
{
    /// <summary>Why these addresses are refused, or null.</summary>
    public static string? Refuse(LoomSettings settings)
    {
        foreach (var url in settings.Urls)
        {
            if (!Uri.TryCreate(url.Replace("://*", "://0.0.0.0", StringComparison.Ordinal).Replace("://+", "://0.0.0.0", StringComparison.Ordinal), UriKind.Absolute, out var uri)
                || uri.Scheme is not "http")
            {
                return $"'{url}' is no address to listen on; for example http://127.0.0.1:5080. For https, put a reverse proxy in front.";
            }

            if (!settings.RequiresToken && !IsLoopbackName(uri.Host))
            {
                return $"{url} can be reached from other machines, and this host asks for no login. Set auth.mode to token "
                    + "(and make a token with `loom token create`), or listen on http://127.0.0.1.";
            }
        }

        return settings.Urls.Count == 0 ? "No address to listen on is given; for example http://127.0.0.1:5080." : null;
    }

    public static bool IsLoopbackName(string host) =>
        host is "localhost" || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
