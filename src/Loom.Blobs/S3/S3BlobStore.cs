using System.Globalization;
using System.Net;
using Loom.Core;
using Loom.Journal.Blobs;

namespace Loom.Blobs.S3;

/// <summary>Blobs as objects <c>AREA/SHA256</c> of an S3 bucket. The server checks the content's hash too: it is in the signature.</summary>
/// <param name="options">Where, and by which key.</param>
/// <param name="http">What requests go through; its timeout is that of one request.</param>
/// <param name="time">The clock of signatures.</param>
public sealed class S3BlobStore(S3Options options, HttpClient http, TimeProvider time) : IBlobStore
{
    private static readonly string NoContent = Digest.Of([]).ToString();

    /// <inheritdoc/>
    public int MaxBytes => options.MaxBytes;

    /// <inheritdoc/>
    public async Task PutAsync(BlobName name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        BlobChecks.Put(name, content.Span, MaxBytes);
        var what = $"The blob {name} could not be stored";
        using var request = new HttpRequestMessage(HttpMethod.Put, Uri(name.ToString())) { Content = new ReadOnlyMemoryContent(content) };
        using var response = await SendAsync(request, name.Content.ToString(), what, cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            throw await BlobHttp.FailureAsync(response, what, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public async Task<ReadOnlyMemory<byte>?> GetAsync(BlobName name, CancellationToken cancellationToken)
    {
        var what = $"The blob {name} could not be read";
        using var request = new HttpRequestMessage(HttpMethod.Get, Uri(name.ToString()));
        using var response = await SendAsync(request, NoContent, what, cancellationToken);
        return response.StatusCode == HttpStatusCode.NotFound ? default(ReadOnlyMemory<byte>?) // a bare null would become an empty memory here
            : response.IsSuccessStatusCode ? await BlobHttp.BlobAsync(response, name, MaxBytes, what, cancellationToken)
            : throw await BlobHttp.FailureAsync(response, what, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<BlobInfo?> FindAsync(BlobName name, CancellationToken cancellationToken)
    {
        var what = $"The blob {name} could not be looked up";
        using var request = new HttpRequestMessage(HttpMethod.Head, Uri(name.ToString()));
        using var response = await SendAsync(request, NoContent, what, cancellationToken);
        return response.StatusCode == HttpStatusCode.NotFound ? null
            : response.IsSuccessStatusCode ? new BlobInfo(name, response.Content.Headers.ContentLength ?? 0, response.Content.Headers.LastModified ?? default)
            : throw await BlobHttp.FailureAsync(response, what, cancellationToken);
    }

    /// <summary>The areas that hold a blob and whose text begins so, in order. Reads all names that begin so: the protocol knows no areas.</summary>
    /// <exception cref="BlobException">The store cannot be read now.</exception>
    public async Task<IReadOnlyList<string>> ListAreasAsync(string prefix, CancellationToken cancellationToken)
    {
        var areas = new SortedSet<string>(StringComparer.Ordinal);
        string? after = null;
        while (true)
        {
            var page = await PageAsync(prefix, delimiter: false, after, BlobChecks.MaxPage, cancellationToken);
            areas.UnionWith(page.Blobs.Select(b => b.Name.Area));
            if (!page.IsCut)
            {
                return [.. areas];
            }

            after = page.Last;
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<BlobInfo>> ListAsync(string area, Digest? after, int limit, CancellationToken cancellationToken)
    {
        limit = BlobChecks.Page(limit);
        var blobs = new List<BlobInfo>();
        var last = after is { } digest ? $"{area}/{digest}" : null;
        while (true)
        {
            // A page may hold nothing but areas below this one.
            var page = await PageAsync(area + "/", delimiter: true, last, limit - blobs.Count, cancellationToken);
            blobs.AddRange(page.Blobs.Where(b => b.Name.Area == area));
            if (!page.IsCut || blobs.Count >= limit)
            {
                return blobs;
            }

            last = page.Last;
        }
    }

    /// <inheritdoc/>
    public async Task<bool> DeleteAsync(BlobName name, CancellationToken cancellationToken)
    {
        if (await FindAsync(name, cancellationToken) is null)
        {
            return false; // the protocol answers alike whether there was something or not
        }

        var what = $"The blob {name} could not be removed";
        using var request = new HttpRequestMessage(HttpMethod.Delete, Uri(name.ToString()));
        using var response = await SendAsync(request, NoContent, what, cancellationToken);
        return response.IsSuccessStatusCode ? true : throw await BlobHttp.FailureAsync(response, what, cancellationToken);
    }

    private async Task<(List<BlobInfo> Blobs, bool IsCut, string Last)> PageAsync(string prefix, bool delimiter, string? after, int limit, CancellationToken cancellationToken)
    {
        const string what = "The blobs could not be listed";
        var query = string.Create(CultureInfo.InvariantCulture, $"?list-type=2&max-keys={limit}&prefix={System.Uri.EscapeDataString(prefix)}")
            + (delimiter ? "&delimiter=%2F" : "") + (after is null ? "" : $"&start-after={System.Uri.EscapeDataString(after)}");
        using var request = new HttpRequestMessage(HttpMethod.Get, Uri("", query));
        using var response = await SendAsync(request, NoContent, what, cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            throw await BlobHttp.FailureAsync(response, what, cancellationToken);
        }

        var xml = await BlobHttp.XmlAsync(response, what, cancellationToken);
        var blobs = new List<BlobInfo>();
        var last = after ?? "";
        foreach (var item in xml.Named("Contents"))
        {
            var key = item.Value("Key");
            last = string.CompareOrdinal(key, last) > 0 ? key : last;
            if (BlobName.TryParse(key, out var name))
            {
                blobs.Add(new BlobInfo(
                    name, long.Parse(item.Value("Size"), CultureInfo.InvariantCulture),
                    DateTimeOffset.Parse(item.Value("LastModified"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal)));
            }
        }

        // Everything below an area is behind its own prefix: '/' plus the highest character goes past it.
        foreach (var below in xml.Named("CommonPrefixes").Select(p => p.Value("Prefix") + "~"))
        {
            last = string.CompareOrdinal(below, last) > 0 ? below : last;
        }

        return (blobs, xml.Value("IsTruncated") == "true", last);
    }

    private Uri Uri(string key, string query = "") => new($"{options.Endpoint.AbsoluteUri.TrimEnd('/')}/{options.Bucket}{(key.Length > 0 ? "/" + key : "")}{query}");

    private Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, string payloadHash, string what, CancellationToken cancellationToken)
    {
        SigV4.Sign(request, payloadHash, options, time.GetUtcNow());
        return BlobHttp.SendAsync(http, request, what, cancellationToken);
    }
}
