using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Loom.Core;
using Loom.Provenance.Receipts;

namespace Loom.Proving;

/// <summary>Where a prover's service is, and what it takes.</summary>
/// <param name="Address">Its address, for example <c>http://127.0.0.1:7707</c>; beyond this machine, https.</param>
public sealed record ProverAddress(Uri Address)
{
    /// <summary>What the service wants to know; null when it asks for nothing. Never logged.</summary>
    public string? Token { get; init; }

    /// <summary>How long an answer may take; making an image is the longest.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(2);
}

/// <summary>A prover over HTTP: <c>loom-prover serve</c>, here or elsewhere. Bounded in what it reads; thread-safe.</summary>
public sealed class ProverClient : IProver, IDisposable
{
    private const int MaxAnswer = 64 * 1024 * 1024;
    private readonly HttpClient _http;
    private readonly string _name;

    /// <summary>Makes one for an address.</summary>
    /// <param name="address">Where.</param>
    /// <param name="handler">What carries the requests; null for the network. Disposed with the client.</param>
    public ProverClient(ProverAddress address, HttpMessageHandler? handler = null)
    {
        ArgumentNullException.ThrowIfNull(address);
        _name = address.Address.GetLeftPart(UriPartial.Authority);
        _http = new HttpClient(handler ?? new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionIdleTimeout = TimeSpan.FromSeconds(10), UseCookies = false })
        {
            BaseAddress = new Uri(_name + "/"),
            Timeout = address.Timeout,
            MaxResponseContentBufferSize = MaxAnswer,
        };
        if (address.Token is { } token)
        {
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }
    }

    /// <inheritdoc/>
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        using var healthy = await SendAsync(HttpMethod.Get, "healthz", null, cancellationToken);

        // Its health is anybody's to see. Whether it takes this host's token shows where a token is wanted, at a job that nobody has.
        using var known = await SendAsync(HttpMethod.Get, "v1/jobs/none", null, cancellationToken, HttpStatusCode.NotFound);
    }

    /// <inheritdoc/>
    public async Task<ProverImage> ImageAsync(ReadOnlyMemory<byte> module, CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(HttpMethod.Post, "v1/images", JsonSerializer.SerializeToUtf8Bytes(new ImageRequest(module), ProverJson.Default.ImageRequest), cancellationToken);
        var image = await ReadAsync(answer, ProverJson.Default.ImageAnswer, cancellationToken);
        return Digest.TryParse(image.ImageId, out var id) ? Checked(id, image.Image, Digest.Of(module.Span)) : throw Nonsense("its image id is none");
    }

    /// <inheritdoc/>
    public async Task StartAsync(ProverJob job, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(job);
        var body = JsonSerializer.SerializeToUtf8Bytes(new JobRequest(job.Id, job.Input, job.Module, job.Set), ProverJson.Default.JobRequest);
        using var answer = await SendAsync(HttpMethod.Post, "v1/jobs", body, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<ProverProgress> ProgressAsync(string id, CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(HttpMethod.Get, $"v1/jobs/{Uri.EscapeDataString(id)}", null, cancellationToken, HttpStatusCode.NotFound);
        if (answer.StatusCode == HttpStatusCode.NotFound)
        {
            return new ProverProgress(ProverJobState.Unknown);
        }

        var job = await ReadAsync(answer, ProverJson.Default.JobAnswer, cancellationToken);
        return job.State switch
        {
            "queued" => new ProverProgress(ProverJobState.Queued),
            "running" => new ProverProgress(
                ProverJobState.Running, Printable(job.Phase, 40), Math.Max(0, job.Done), Math.Max(0, job.Total), job.RemainingSeconds is { } s and >= 0 and < 1e9 ? TimeSpan.FromSeconds(s) : null,
                Share: job.Fraction is >= 0 and <= 1 ? job.Fraction : null),
            "done" => new ProverProgress(ProverJobState.Done),
            "failed" => new ProverProgress(ProverJobState.Failed, Failure: FailureOf(job.Error)),
            _ => throw Nonsense("the job is in a state that this program does not know"),
        };
    }

    /// <inheritdoc/>
    public async Task<ReadOnlyMemory<byte>> ReceiptAsync(string id, CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(HttpMethod.Get, $"v1/jobs/{Uri.EscapeDataString(id)}/receipt", null, cancellationToken);
        return await answer.Content.ReadAsByteArrayAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async Task CancelAsync(string id, CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(HttpMethod.Delete, $"v1/jobs/{Uri.EscapeDataString(id)}", null, cancellationToken, HttpStatusCode.NotFound);
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, byte[]? body, CancellationToken cancellationToken, HttpStatusCode? alsoFine = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        }

        HttpResponseMessage answer;
        try
        {
            answer = await _http.SendAsync(request, cancellationToken);
        }
        catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new ProverException(ProverFailure.Unavailable, "prover-unreachable", $"The prover at {_name} does not answer: {e.Message} Start it, or name another.", e);
        }

        if (answer.IsSuccessStatusCode || answer.StatusCode == alsoFine)
        {
            return answer;
        }

        using (answer)
        {
            throw await RefusedAsync(answer, cancellationToken);
        }
    }

    private async Task<ProverException> RefusedAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        ErrorAnswer? error = null;
        try
        {
            error = JsonSerializer.Deserialize(await answer.Content.ReadAsByteArrayAsync(cancellationToken), ProverJson.Default.JobAnswer)?.Error;
        }
        catch (JsonException)
        {
            // Whatever answers there, it is no prover: its status says enough.
        }

        var code = Printable(error?.Code, 80) is { Length: > 0 } named ? named : $"http-{(int)answer.StatusCode}";
        var reason = Printable(error?.Message, 1000) is { Length: > 0 } said ? said : $"it answered {(int)answer.StatusCode}";
        return answer.StatusCode switch
        {
            HttpStatusCode.UnprocessableEntity => new ProverException(ProverFailure.Refused, code, Sentence(reason)),
            HttpStatusCode.Unauthorized => new ProverException(ProverFailure.Unavailable, code, $"The prover at {_name} wants another token. Name the file that holds it."),
            HttpStatusCode.ServiceUnavailable or HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.GatewayTimeout =>
                new ProverException(ProverFailure.Unavailable, code, $"The prover at {_name} takes nothing now: {Sentence(reason)}"),
            _ => new ProverException(ProverFailure.Failed, code, $"The prover at {_name} did not take the request: {Sentence(reason)}"),
        };
    }

    private async Task<T> ReadAsync<T>(HttpResponseMessage answer, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        try
        {
            return JsonSerializer.Deserialize(await answer.Content.ReadAsByteArrayAsync(cancellationToken), type) ?? throw Nonsense("it is null");
        }
        catch (JsonException e)
        {
            throw Nonsense(e.Message);
        }
    }

    // An id that is registered stays in the journal for ever: it is that of these bytes, and these are an image of this module. That its
    // program is the module's only a translator can say (loom-prover image).
    private ProverImage Checked(Digest id, ReadOnlyMemory<byte> bytes, Digest module) =>
        ReceiptImage.IdOf(bytes.Span) != id ? throw Nonsense("the image that it sent has another id than it says")
        : ReceiptImage.Parse(bytes, out var error) is not { } image ? throw Nonsense($"its image cannot be read: {error}")
        : image.Module != module ? throw Nonsense($"its image is of the module {image.Module}, asked for was {module}")
        : new ProverImage(id, bytes);

    private static ProverException FailureOf(ErrorAnswer? error)
    {
        var (code, message) = (Printable(error?.Code, 80), Printable(error?.Message, 1000));
        return new ProverException(
            error?.Kind == "refused" ? ProverFailure.Refused : ProverFailure.Failed, code.Length > 0 ? code : "prover-failed", message.Length > 0 ? Sentence(message) : "The prover gave no reason.");
    }

    private ProverException Nonsense(string what) =>
        new(ProverFailure.Unavailable, "prover-nonsense", $"What answers at {_name} is no prover of this version: {what}. Check the address.");

    private static string Sentence(string text) => char.ToUpperInvariant(text[0]) + text[1..] + (text.EndsWith('.') ? "" : ".");

    // Text from outside: cut, and without what could disturb a line.
    private static string Printable(string? text, int most)
    {
        var kept = new StringBuilder();
        foreach (var c in text ?? "")
        {
            if (kept.Length == most)
            {
                break;
            }

            kept.Append(char.IsControl(c) || char.IsSurrogate(c) ? ' ' : c);
        }

        return kept.ToString().Trim();
    }
}

internal sealed record ImageRequest(ReadOnlyMemory<byte> Module);

internal sealed record ImageAnswer(string ImageId, ReadOnlyMemory<byte> Image);

internal sealed record JobRequest(string Id, ReadOnlyMemory<byte> Input, ReadOnlyMemory<byte> Module, string Set);

internal sealed record JobAnswer(string? State, string? Phase, long Done, long Total, double? RemainingSeconds, ErrorAnswer? Error, double? Fraction = null);

internal sealed record ErrorAnswer(string? Kind, string? Code, string? Message);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ImageRequest))]
[JsonSerializable(typeof(ImageAnswer))]
[JsonSerializable(typeof(JobRequest))]
[JsonSerializable(typeof(JobAnswer))]
internal sealed partial class ProverJson : JsonSerializerContext;
