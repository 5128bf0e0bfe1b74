using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Loom.Blobs.Azure;

/// <summary>Authorisation by an account's shared key: HMAC-SHA-256 over the request.</summary>
public sealed class SharedKey : IAzureAuthorization
{
    private readonly string _account;
    private readonly byte[] _key;

    /// <summary>Takes the account's name and its key in base64.</summary>
    /// <exception cref="ArgumentException">The key is no base64.</exception>
    public SharedKey(string account, string key)
    {
        _account = account;
        try
        {
            _key = Convert.FromBase64String(key);
        }
        catch (FormatException e)
        {
            throw new ArgumentException("The account's key is no base64.", nameof(key), e);
        }
    }

    /// <inheritdoc/>
    public ValueTask AuthorizeAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var signature = Convert.ToBase64String(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(StringToSign(request))));
        request.Headers.TryAddWithoutValidation("Authorization", $"SharedKey {_account}:{signature}");
        return ValueTask.CompletedTask;
    }

    private string StringToSign(HttpRequestMessage request)
    {
        var uri = request.RequestUri!;
        var length = request.Content?.Headers.ContentLength is > 0 and var bytes ? bytes.ToString(CultureInfo.InvariantCulture) : "";
        var headers = request.Headers.Where(h => h.Key.StartsWith("x-ms-", StringComparison.OrdinalIgnoreCase))
            .Select(h => (Name: h.Key.ToLowerInvariant(), Value: string.Join(',', h.Value))).OrderBy(h => h.Name, StringComparer.Ordinal);
        var query = uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries).Select(p => p.Split('=', 2))
            .Select(p => (Name: Uri.UnescapeDataString(p[0]).ToLowerInvariant(), Value: Uri.UnescapeDataString(p.Length > 1 ? p[1] : ""))).OrderBy(p => p.Name, StringComparer.Ordinal);

        // Verb; Content-Encoding, -Language, -Length, -MD5, -Type; Date, four If-…, Range: of these Loom sends only the length.
        return $"{request.Method}\n\n\n{length}\n\n\n\n\n\n\n\n\n"
            + string.Concat(headers.Select(h => $"{h.Name}:{h.Value}\n"))
            + $"/{_account}{uri.AbsolutePath}" + string.Concat(query.Select(p => $"\n{p.Name}:{p.Value}"));
    }
}
