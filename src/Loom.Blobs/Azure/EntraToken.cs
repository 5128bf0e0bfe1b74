using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using Loom.Journal.Blobs;

namespace Loom.Blobs.Azure;

/// <summary>Authorisation by a token of Microsoft Entra, got with a client's secret and kept until shortly before it runs out.</summary>
/// <param name="tokenEndpoint">For example <c>https://login.microsoftonline.com/TENANT/oauth2/v2.0/token</c>.</param>
/// <param name="clientId">The application's id.</param>
/// <param name="clientSecret">Its secret; sent to the token endpoint only.</param>
/// <param name="http">What requests for tokens go through.</param>
/// <param name="time">The clock.</param>
public sealed class EntraToken(Uri tokenEndpoint, string clientId, string clientSecret, HttpClient http, TimeProvider time) : IAzureAuthorization, IDisposable
{
    private const string Scope = "https://storage.azure.com/.default";
    private static readonly TimeSpan Early = TimeSpan.FromMinutes(5);
    private readonly SemaphoreSlim _one = new(1, 1);
    private string? _token;
    private DateTimeOffset _until;

    /// <inheritdoc/>
    public async ValueTask AuthorizeAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await TokenAsync(cancellationToken));
    }

    /// <inheritdoc/>
    public void Dispose() => _one.Dispose();

    private async Task<string> TokenAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            if (_token is null || time.GetUtcNow() >= _until)
            {
                (_token, _until) = await FetchAsync(cancellationToken);
            }

            return _token;
        }
        finally
        {
            _one.Release();
        }
    }

    private async Task<(string Token, DateTimeOffset Until)> FetchAsync(CancellationToken cancellationToken)
    {
        const string what = "No token for the blobs could be had";
        using var request = new HttpRequestMessage(HttpMethod.Post, tokenEndpoint)
        {
            Content = new FormUrlEncodedContent([new("grant_type", "client_credentials"), new("client_id", clientId), new("client_secret", clientSecret), new("scope", Scope)]),
        };
        using var response = await BlobHttp.SendAsync(http, request, what, cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            throw new BlobException(
                BlobFailure.Forbidden, string.Create(CultureInfo.InvariantCulture, $"{what}: {tokenEndpoint.Host} answered {(int)response.StatusCode}. Check the client's id and secret."));
        }

        try
        {
            using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync(cancellationToken));
            var lifetime = TimeSpan.FromSeconds(json.RootElement.GetProperty("expires_in").GetInt64());
            return (json.RootElement.GetProperty("access_token").GetString()!, time.GetUtcNow() + lifetime - Early);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or HttpRequestException)
        {
            throw new BlobException(BlobFailure.Unavailable, $"{what}: what {tokenEndpoint.Host} answered is no token.", e);
        }
    }
}
