using System.Net;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using Loom.Journal.Blobs;

namespace Loom.Blobs;

/// <summary>What both protocols share: requests whose failures are named, and answers that are read within bounds.</summary>
internal static class BlobHttp
{
    private const int MaxError = 2048;
    private const long MaxListing = 16 << 20;

    /// <summary>Sends; the answer's body is not read yet. Any status comes back.</summary>
    public static async Task<HttpResponseMessage> SendAsync(HttpClient http, HttpRequestMessage request, string what, CancellationToken cancellationToken)
    {
        try
        {
            return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (HttpRequestException e)
        {
            throw Unavailable(request, what, e.Message, e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw Unavailable(request, what, "no answer in time", e);
        }
    }

    /// <summary>Why the server said no. Its own words are quoted in part: they hold no secret of ours.</summary>
    public static async Task<BlobException> FailureAsync(HttpResponseMessage response, string what, CancellationToken cancellationToken)
    {
        var failure = response.StatusCode switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => BlobFailure.Forbidden,
            HttpStatusCode.InsufficientStorage => BlobFailure.Full,
            _ => BlobFailure.Unavailable,
        };
        var said = await ReadAsync(response, MaxError, what, cancellationToken, cut: true);
        var remedy = failure == BlobFailure.Forbidden ? "Check the key, the clock of this machine, and what the key may do" : "Try again; look at the store if it stays so";
        return new BlobException(failure, $"{what}: {response.RequestMessage?.RequestUri?.Host} answered {(int)response.StatusCode} {Printable(Encoding.UTF8.GetString(said!))}. {remedy}.");
    }

    /// <summary>The whole body, which has to be the blob.</summary>
    public static async Task<ReadOnlyMemory<byte>> BlobAsync(HttpResponseMessage response, BlobName name, int maxBytes, string what, CancellationToken cancellationToken)
    {
        if (await ReadAsync(response, maxBytes, what, cancellationToken) is not { } content)
        {
            throw BlobChecks.TooLarge(name, response.Content.Headers.ContentLength ?? maxBytes + 1L, maxBytes);
        }

        BlobChecks.Got(name, content, response.RequestMessage?.RequestUri?.Host ?? "the store");
        return content;
    }

    /// <summary>The body as XML; nothing outside of it is looked up.</summary>
    public static async Task<XElement> XmlAsync(HttpResponseMessage response, string what, CancellationToken cancellationToken)
    {
        var text = await ReadAsync(response, MaxListing, what, cancellationToken)
            ?? throw new BlobException(BlobFailure.Unavailable, $"{what}: the store's listing is larger than {MaxListing} bytes.");
        try
        {
            using var reader = XmlReader.Create(new MemoryStream(text), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
            return XDocument.Load(reader).Root!;
        }
        catch (XmlException e)
        {
            throw new BlobException(BlobFailure.Unavailable, $"{what}: the store's listing cannot be read: {e.Message}", e);
        }
    }

    /// <summary>The value of a child by its local name, whatever its namespace; empty when it is absent.</summary>
    public static string Value(this XElement element, string name) => element.Elements().FirstOrDefault(e => e.Name.LocalName == name)?.Value ?? "";

    /// <summary>Every descendant of a local name.</summary>
    public static IEnumerable<XElement> Named(this XElement element, string name) => element.Descendants().Where(e => e.Name.LocalName == name);

    // Null when there is more than allowed, or the first part of it.
    private static async Task<byte[]?> ReadAsync(HttpResponseMessage response, long maxBytes, string what, CancellationToken cancellationToken, bool cut = false)
    {
        try
        {
            await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
            var buffer = new MemoryStream();
            var chunk = new byte[81920];
            while (await body.ReadAsync(chunk, cancellationToken) is > 0 and var read)
            {
                if (buffer.Length + read > maxBytes)
                {
                    if (!cut)
                    {
                        return null;
                    }

                    buffer.Write(chunk, 0, (int)(maxBytes - buffer.Length));
                    break;
                }

                buffer.Write(chunk, 0, read);
            }

            return buffer.ToArray();
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new BlobException(BlobFailure.Unavailable, $"{what}: the answer broke off: {e.Message}", e);
        }
    }

    private static BlobException Unavailable(HttpRequestMessage request, string what, string why, Exception inner) =>
        new(BlobFailure.Unavailable, $"{what}: {request.RequestUri?.GetLeftPart(UriPartial.Authority)} cannot be reached: {why}. Try again; look at the network if it stays so.", inner);

    private static string Printable(string text)
    {
        var line = string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));
        return line.Length > 400 ? line[..400] : line;
    }
}
