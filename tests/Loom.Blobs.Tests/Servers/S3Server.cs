using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.Http;

namespace Loom.Blobs.Tests.Servers;

/// <summary>The part of S3 that blobs need, path style, one bucket. Follows the published description of Signature Version 4, not the client.</summary>
internal sealed class S3Server : LocalServer
{
    public const string Bucket = "loom", Region = "eu-test-1", AccessKey = "AKIDEXAMPLE", SecretKey = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

    protected override string? Refuse(HttpRequest request, string path, string query, byte[] body)
    {
        string? authorization = request.Headers.Authorization;
        if (authorization is null || !authorization.StartsWith("AWS4-HMAC-SHA256 ", StringComparison.Ordinal))
        {
            return "AccessDenied: no signature";
        }

        var parts = authorization["AWS4-HMAC-SHA256 ".Length..].Split(',').Select(p => p.Trim().Split('=', 2)).ToDictionary(p => p[0], p => p[1]);
        var credential = parts["Credential"].Split('/');
        var time = request.Headers["x-amz-date"].ToString();
        if (credential is not [AccessKey, var date, Region, "s3", "aws4_request"] || !time.StartsWith(date, StringComparison.Ordinal))
        {
            return "the credential's scope is another";
        }

        var at = DateTimeOffset.ParseExact(time, "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
        if ((DateTimeOffset.UtcNow - at).Duration() > TimeSpan.FromMinutes(15))
        {
            return "RequestTimeTooSkewed";
        }

        var hash = request.Headers["x-amz-content-sha256"].ToString();
        if (hash != Convert.ToHexStringLower(SHA256.HashData(body)))
        {
            return "XAmzContentSHA256Mismatch";
        }

        var signed = parts["SignedHeaders"].Split(';');
        if (!signed.Contains("host") || request.Headers.Keys.Any(h => h.StartsWith("x-amz-", StringComparison.OrdinalIgnoreCase) && !signed.Contains(h.ToLowerInvariant())))
        {
            return "a header that matters is not signed";
        }

        var canonical = new StringBuilder();
        canonical.Append(request.Method).Append('\n').Append(path).Append('\n');
        canonical.AppendJoin('&', query.Split('&', StringSplitOptions.RemoveEmptyEntries).OrderBy(p => p.Split('=')[0], StringComparer.Ordinal)).Append('\n');
        foreach (var header in signed)
        {
            canonical.Append(header).Append(':').Append(request.Headers[header].ToString().Trim()).Append('\n');
        }

        canonical.Append('\n').Append(parts["SignedHeaders"]).Append('\n').Append(hash);
        var text = $"AWS4-HMAC-SHA256\n{time}\n{date}/{Region}/s3/aws4_request\n{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical.ToString())))}";
        byte[] Mac(byte[] key, string data) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(data));
        var signing = Mac(Mac(Mac(Mac(Encoding.UTF8.GetBytes("AWS4" + SecretKey), date), Region), "s3"), "aws4_request");
        return Same(parts["Signature"], Convert.ToHexStringLower(Mac(signing, text))) ? null : "SignatureDoesNotMatch";
    }

    protected override Task AnswerAsync(HttpContext context, string path, byte[] body)
    {
        if (path == $"/{Bucket}")
        {
            return ListAsync(context);
        }

        if (!path.StartsWith($"/{Bucket}/", StringComparison.Ordinal))
        {
            context.Response.StatusCode = 404;
            return Task.CompletedTask;
        }

        return ObjectAsync(context, path[(Bucket.Length + 2)..], body, created: 200, deleted: 204);
    }

    private Task ListAsync(HttpContext context)
    {
        var query = context.Request.Query;
        var (prefix, delimiter, after) = (query["prefix"].ToString(), query["delimiter"].ToString(), query["start-after"].ToString());
        var max = int.Parse(query["max-keys"].ToString(), CultureInfo.InvariantCulture);
        XNamespace ns = "http://s3.amazonaws.com/doc/2006-03-01/";
        var result = new XElement(ns + "ListBucketResult");
        var (count, cut, below) = (0, false, new HashSet<string>(StringComparer.Ordinal));
        foreach (var (key, found) in Objects.Where(o => o.Key.StartsWith(prefix, StringComparison.Ordinal) && string.CompareOrdinal(o.Key, after) > 0).OrderBy(o => o.Key, StringComparer.Ordinal))
        {
            var slash = delimiter.Length > 0 ? key.IndexOf(delimiter, prefix.Length, StringComparison.Ordinal) : -1;
            if (slash >= 0 && below.Contains(key[..(slash + 1)]))
            {
                continue;
            }

            if (count++ == max)
            {
                cut = true;
                break;
            }

            if (slash >= 0)
            {
                below.Add(key[..(slash + 1)]);
                result.Add(new XElement(ns + "CommonPrefixes", new XElement(ns + "Prefix", key[..(slash + 1)])));
            }
            else
            {
                result.Add(new XElement(
                    ns + "Contents", new XElement(ns + "Key", key), new XElement(ns + "LastModified", found.Modified.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)),
                    new XElement(ns + "Size", found.Content.Length)));
            }
        }

        result.Add(new XElement(ns + "IsTruncated", cut ? "true" : "false"));
        return context.Response.WriteAsync(result.ToString());
    }
}
