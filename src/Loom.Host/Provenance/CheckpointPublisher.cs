using System.Text;
using Loom.Core;
using Loom.Hosting.Configuration;

namespace Loom.Hosting.Provenance;

/// <summary>Sends a checkpoint outside on request; new checkpoints go there by themselves.</summary>
internal sealed class CheckpointPublisher(LiveSettings settings) : IDisposable
{
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(20) };

    /// <summary>Where it is now, or why it is not.</summary>
    public async Task<(string? Place, string? Refusal)> PublishAsync(SignedNote note, CancellationToken cancellationToken)
    {
        var target = settings.Now.Text("log.publish");
        if (target.Length == 0)
        {
            return (null, "log.publish names no place to publish to: set it to a file's path, or to an address that takes an HTTP PUT.");
        }

        try
        {
            if (Uri.TryCreate(target, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https")
            {
                using var answer = await _http.PutAsync(uri, new StringContent(note.Format(), Encoding.UTF8, "text/plain"), cancellationToken);
                return answer.IsSuccessStatusCode ? (target, null) : (null, $"{target} answered {(int)answer.StatusCode}.");
            }

            Access.Tokens.PrivateFile.Write(Path.GetFullPath(target), Encoding.UTF8.GetBytes(note.Format()));
            return (target, null);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or UnauthorizedAccessException)
        {
            return (null, $"{target}: {e.Message}");
        }
    }

    public void Dispose() => _http.Dispose();
}
