using System.Text;
using Microsoft.AspNetCore.Http;

namespace Loom.EventStoreDb;

/// <summary>User and password as the protocol's clients send them.</summary>
/// <param name="User">The name.</param>
/// <param name="Password">The password.</param>
public sealed record BasicCredentials(string User, string Password)
{
    private const string Scheme = "Basic ";

    /// <summary>Reads the <c>authorization</c> header; null when it is absent, of another scheme, or malformed.</summary>
    public static BasicCredentials? From(HttpRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var header = request.Headers.Authorization.ToString();
        if (!header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var buffer = new byte[header.Length];
        if (!Convert.TryFromBase64String(header[Scheme.Length..].Trim(), buffer, out var length))
        {
            return null;
        }

        var text = Encoding.UTF8.GetString(buffer, 0, length);
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? null : new BasicCredentials(text[..colon], text[(colon + 1)..]);
    }

    /// <summary>The user only.</summary>
    public override string ToString() => User;
}
