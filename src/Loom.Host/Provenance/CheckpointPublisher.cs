using Loom.Core;
using Loom.Hosting.Configuration;
using Loom.Journal.Log;

namespace Loom.Hosting.Provenance;

/// <summary>Sends a checkpoint outside on request; new checkpoints go there by themselves.</summary>
internal sealed class CheckpointPublisher(LiveSettings settings) : IDisposable
{
    private readonly HttpClient _http = new();

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
            await OutsideCheckpoint.SendAsync(target, note, _http, cancellationToken);
            return (target, null);
        }
        catch (Exception e) when (e is HttpRequestException or TimeoutException or IOException or UnauthorizedAccessException)
        {
            return (null, $"{target}: {e.Message}");
        }
    }

    public void Dispose() => _http.Dispose();
}
