using System.Globalization;
using System.Net;
using Loom.Core;
using Loom.Journal.Blobs;

namespace Loom.Blobs.Azure;

/// <summary>Blobs as block blobs <c>AREA/SHA256</c> of an Azure container.</summary>
/// <param name="options">Where, and by which authorisation.</param>
/// <param name="http">What requests go through; its timeout is that of one request.</param>
/// <param name="time">The clock of requests.</param>
public sealed class AzureBlobStore(AzureBlobOptions options, HttpClient http, TimeProvider time) : IBlobStore
{
    private const string ServiceVersion = "2021-08-06";
    private const string HexDigits = "0123456789abcdef";

    // The protocol cannot begin after a name: a page after a hash is asked for by what its name may begin with, so many digits deep.
    private const int Depth = 3;

    /// <inheritdoc/>
    public int MaxBytes => options.MaxBytes;

    /// <inheritdoc/>
    public async Task PutAsync(BlobName name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        BlobChecks.Put(name, content.Span, MaxBytes);
        var what = $"The blob {name} could not be stored";
        using var request = new HttpRequestMessage(HttpMethod.Put, Uri(name.ToString())) { Content = new ReadOnlyMemoryContent(content) };
        request.Headers.Add("x-ms-blob-type", "BlockBlob");
        using var response = await SendAsync(request, what, cancellationToken);
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
        using var response = await SendAsync(request, what, cancellationToken);
        return response.StatusCode == HttpStatusCode.NotFound ? default(ReadOnlyMemory<byte>?) // a bare null would become an empty memory here
            : response.IsSuccessStatusCode ? await BlobHttp.BlobAsync(response, name, MaxBytes, what, cancellationToken)
            : throw await BlobHttp.FailureAsync(response, what, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<BlobInfo?> FindAsync(BlobName name, CancellationToken cancellationToken)
    {
        var what = $"The blob {name} could not be looked up";
        using var request = new HttpRequestMessage(HttpMethod.Head, Uri(name.ToString()));
        using var response = await SendAsync(request, what, cancellationToken);
        return response.StatusCode == HttpStatusCode.NotFound ? null
            : response.IsSuccessStatusCode ? new BlobInfo(name, response.Content.Headers.ContentLength ?? 0, response.Content.Headers.LastModified ?? default)
            : throw await BlobHttp.FailureAsync(response, what, cancellationToken);
    }

    /// <summary>The areas that hold a blob and whose text begins so, in order. Reads all names that begin so: the protocol knows no areas.</summary>
    /// <exception cref="BlobException">The store cannot be read now.</exception>
    public async Task<IReadOnlyList<string>> ListAreasAsync(string prefix, CancellationToken cancellationToken)
    {
        var areas = new SortedSet<string>(StringComparer.Ordinal);
        var marker = "";
        do
        {
            var page = await PageAsync(prefix, delimiter: false, marker, BlobChecks.MaxPage, cancellationToken);
            areas.UnionWith(page.Blobs.Select(b => b.Name.Area));
            marker = page.Next;
        }
        while (marker.Length > 0);
        return [.. areas];
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<BlobInfo>> ListAsync(string area, Digest? after, int limit, CancellationToken cancellationToken)
    {
        limit = BlobChecks.Page(limit);
        var blobs = new List<BlobInfo>();
        foreach (var prefix in Prefixes(after))
        {
            var marker = "";
            do
            {
                var page = await PageAsync($"{area}/{prefix}", delimiter: true, marker, BlobChecks.MaxPage, cancellationToken);
                blobs.AddRange(page.Blobs.Where(b => b.Name.Area == area && (after is null || b.Name.Content.CompareTo(after.Value) > 0)).Take(limit - blobs.Count));
                marker = page.Next;
            }
            while (marker.Length > 0 && blobs.Count < limit);

            if (blobs.Count >= limit)
            {
                break;
            }
        }

        return blobs;
    }

    /// <inheritdoc/>
    public async Task<bool> DeleteAsync(BlobName name, CancellationToken cancellationToken)
    {
        var what = $"The blob {name} could not be removed";
        using var request = new HttpRequestMessage(HttpMethod.Delete, Uri(name.ToString()));
        using var response = await SendAsync(request, what, cancellationToken);
        return response.StatusCode != HttpStatusCode.NotFound
            && (response.IsSuccessStatusCode ? true : throw await BlobHttp.FailureAsync(response, what, cancellationToken));
    }

    // In order: what shares the first digits with the hash, then what has a higher digit in one of these places.
    private static IEnumerable<string> Prefixes(Digest? after)
    {
        if (after is not { } digest)
        {
            yield return "";
            yield break;
        }

        var hash = digest.ToString();
        yield return hash[..Depth];
        for (var place = Depth - 1; place >= 0; place--)
        {
            foreach (var digit in HexDigits.Where(d => d > hash[place]))
            {
                yield return hash[..place] + digit;
            }
        }
    }

    private async Task<(List<BlobInfo> Blobs, string Next)> PageAsync(string prefix, bool delimiter, string marker, int limit, CancellationToken cancellationToken)
    {
        const string what = "The blobs could not be listed";
        var query = string.Create(CultureInfo.InvariantCulture, $"?restype=container&comp=list&maxresults={limit}&prefix={System.Uri.EscapeDataString(prefix)}")
            + (delimiter ? "&delimiter=%2F" : "") + (marker.Length > 0 ? $"&marker={System.Uri.EscapeDataString(marker)}" : "");
        using var request = new HttpRequestMessage(HttpMethod.Get, Uri("", query));
        using var response = await SendAsync(request, what, cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            throw await BlobHttp.FailureAsync(response, what, cancellationToken);
        }

        var xml = await BlobHttp.XmlAsync(response, what, cancellationToken);
        var blobs = new List<BlobInfo>();
        foreach (var item in xml.Named("Blob"))
        {
            if (BlobName.TryParse(item.Value("Name"), out var name) && item.Elements().FirstOrDefault(e => e.Name.LocalName == "Properties") is { } properties)
            {
                blobs.Add(new BlobInfo(
                    name, long.Parse(properties.Value("Content-Length"), CultureInfo.InvariantCulture),
                    DateTimeOffset.Parse(properties.Value("Last-Modified"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal)));
            }
        }

        return (blobs, xml.Value("NextMarker"));
    }

    private Uri Uri(string name, string query = "") => new($"{options.Container.AbsoluteUri.TrimEnd('/')}{(name.Length > 0 ? "/" + name : "")}{query}");

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, string what, CancellationToken cancellationToken)
    {
        request.Headers.Add("x-ms-date", time.GetUtcNow().UtcDateTime.ToString("R", CultureInfo.InvariantCulture));
        request.Headers.Add("x-ms-version", ServiceVersion);
        await options.Authorization.AuthorizeAsync(request, cancellationToken);
        return await BlobHttp.SendAsync(http, request, what, cancellationToken);
    }
}
