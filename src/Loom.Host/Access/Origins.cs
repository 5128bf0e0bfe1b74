namespace Loom.Hosting.Access;

/// <summary>
/// Which requests a browser makes on behalf of somebody else's page. Without login a page anywhere could have a browser on this machine
/// send requests here, directly or by pointing a name of its own at 127.0.0.1; so the name asked for must be a loopback one then.
/// </summary>
internal static class Origins
{
    /// <summary>Why the request is not meant for this host, or null.</summary>
    public static string? Refuse(HttpRequest request, bool requiresToken)
    {
        if (!requiresToken && !Listening.IsLoopbackName(request.Host.Host))
        {
            return $"The Host header names '{Cut(request.Host.Host)}', which is not this machine. Use 127.0.0.1 or localhost, or set auth.mode to token.";
        }

        var origin = request.Headers.Origin;
        if (origin.Count > 0 && !(origin.Count == 1 && IsOwn(origin.ToString(), request.Host)))
        {
            return $"A page of {Cut(origin.ToString())} may not use this host.";
        }

        // A link may lead here from anywhere; whatever else a browser fetches for another page may not. Another port is another page.
        return request.Headers["Sec-Fetch-Site"].ToString() is "cross-site" or "same-site" && !IsVisit(request)
            ? "A page of another site may not use this host."
            : null;
    }

    // Scheme http or https: a reverse proxy in front may speak https where this host does not.
    private static bool IsOwn(string origin, HostString host) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.PathAndQuery is "/"
        && string.Equals(uri.Host, host.Host, StringComparison.OrdinalIgnoreCase) && uri.Port == (host.Port ?? (uri.Scheme is "https" ? 443 : 80));

    private static bool IsVisit(HttpRequest request) =>
        HttpMethods.IsGet(request.Method) && request.Headers["Sec-Fetch-Mode"] == "navigate" && request.Headers["Sec-Fetch-Dest"].ToString() is "document" or "";

    private static string Cut(string text) => text.Length > 100 ? text[..100] + "…" : text;
}
