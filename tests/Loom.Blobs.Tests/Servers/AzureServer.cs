using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.Http;

namespace Loom.Blobs.Tests.Servers;

/// <summary>The part of Azure Blob that blobs need, one container, with the account in the path as Azurite has it; and a token endpoint beside it.</summary>
internal sealed class AzureServer : LocalServer
{
    public const string Account = "devaccount", Container = "loom", ClientId = "client-1", ClientSecret = "s3cret&more";

    // Pages are short, so that every listing needs several.
    private const int MaxPage = 5;

    public static string Key { get; } = Convert.ToBase64String(SHA256.HashData("a test account's key"u8));

    public int TokensGiven { get; private set; }

    protected override string? Refuse(HttpRequest request, string path, string query, byte[] body)
    {
        if (path.EndsWith("/oauth2/v2.0/token", StringComparison.Ordinal))
        {
            return null;
        }

        var authorization = request.Headers.Authorization.ToString();
        if (authorization.StartsWith("Bearer ", StringComparison.Ordinal))
        {
            return TokensGiven > 0 && authorization == $"Bearer token-{TokensGiven}" ? null : "InvalidAuthenticationInfo";
        }

        if ((DateTimeOffset.UtcNow - DateTimeOffset.Parse(request.Headers["x-ms-date"].ToString(), CultureInfo.InvariantCulture)).Duration() > TimeSpan.FromMinutes(15))
        {
            return "the date is too far off";
        }

        var text = new StringBuilder(request.Method).Append('\n');
        foreach (var header in (string[])["Content-Encoding", "Content-Language", "Content-Length", "Content-MD5", "Content-Type", "Date", "If-Modified-Since", "If-Match", "If-None-Match", "If-Unmodified-Since", "Range"])
        {
            var value = request.Headers[header].ToString();
            text.Append(header == "Content-Length" && value == "0" ? "" : value).Append('\n');
        }

        foreach (var name in request.Headers.Keys.Select(k => k.ToLowerInvariant()).Where(k => k.StartsWith("x-ms-", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            text.Append(name).Append(':').Append(request.Headers[name].ToString().Trim()).Append('\n');
        }

        text.Append('/').Append(Account).Append(path);
        foreach (var (name, value) in request.Query.OrderBy(q => q.Key, StringComparer.Ordinal))
        {
            text.Append('\n').Append(name.ToLowerInvariant()).Append(':').Append(value.ToString());
        }

        var signature = Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(Key), Encoding.UTF8.GetBytes(text.ToString())));
        return Same(authorization, $"SharedKey {Account}:{signature}") ? null : "AuthenticationFailed";
    }

    protected override Task AnswerAsync(HttpContext context, string path, byte[] body)
    {
        if (path.EndsWith("/oauth2/v2.0/token", StringComparison.Ordinal))
        {
            return TokenAsync(context, Encoding.UTF8.GetString(body));
        }

        var root = $"/{Account}/{Container}";
        if (path == root && context.Request.Query["comp"] == "list")
        {
            return ListAsync(context);
        }

        if (context.Request.Method == "PUT" && context.Request.Headers["x-ms-blob-type"] != "BlockBlob")
        {
            context.Response.StatusCode = 400;
            return Task.CompletedTask;
        }

        return ObjectAsync(context, path[(root.Length + 1)..], body, created: 201, deleted: 202);
    }

    private Task TokenAsync(HttpContext context, string form)
    {
        if (form != "grant_type=client_credentials&client_id=client-1&client_secret=s3cret%26more&scope=https%3A%2F%2Fstorage.azure.com%2F.default")
        {
            context.Response.StatusCode = 401;
            return Task.CompletedTask;
        }

        TokensGiven++;
        return context.Response.WriteAsync($$"""{"token_type":"Bearer","expires_in":3600,"access_token":"token-{{TokensGiven}}"}""");
    }

    private Task ListAsync(HttpContext context)
    {
        var query = context.Request.Query;
        var (prefix, delimiter, marker) = (query["prefix"].ToString(), query["delimiter"].ToString(), query["marker"].ToString());
        var from = marker.Length == 0 ? "" : Encoding.UTF8.GetString(Convert.FromBase64String(marker));
        var max = Math.Min(MaxPage, int.Parse(query["maxresults"].ToString(), CultureInfo.InvariantCulture));
        var (blobs, count, next, below) = (new XElement("Blobs"), 0, "", new HashSet<string>(StringComparer.Ordinal));
        foreach (var (key, found) in Objects.Where(o => o.Key.StartsWith(prefix, StringComparison.Ordinal) && string.CompareOrdinal(o.Key, from) >= 0).OrderBy(o => o.Key, StringComparer.Ordinal))
        {
            var slash = delimiter.Length > 0 ? key.IndexOf(delimiter, prefix.Length, StringComparison.Ordinal) : -1;
            if (slash >= 0 && below.Contains(key[..(slash + 1)]))
            {
                continue;
            }

            if (count++ == max)
            {
                next = Convert.ToBase64String(Encoding.UTF8.GetBytes(key));
                break;
            }

            if (slash >= 0)
            {
                below.Add(key[..(slash + 1)]);
                blobs.Add(new XElement("BlobPrefix", new XElement("Name", key[..(slash + 1)])));
            }
            else
            {
                blobs.Add(new XElement("Blob", new XElement("Name", key), new XElement(
                    "Properties", new XElement("Last-Modified", found.Modified.ToString("R")), new XElement("Content-Length", found.Content.Length))));
            }
        }

        return context.Response.WriteAsync(new XElement("EnumerationResults", blobs, new XElement("NextMarker", next)).ToString());
    }
}
