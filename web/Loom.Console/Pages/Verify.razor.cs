using Loom.Web.Data;
using Microsoft.AspNetCore.Components.Forms;

namespace Loom.Web.Pages;

/// <summary>Verifies a bundle in this server's process, and says so.</summary>
public sealed partial class Verify
{
    private const long LargestBundle = 512L * 1024 * 1024;
    private const long LargestTrust = 1024 * 1024;

    private IBrowserFile? _bundle;
    private IBrowserFile? _trust;
    private bool _own;
    private bool _busy;
    private VerdictReport? _report;
    private DateTimeOffset _at;

    private async Task VerifyAsync()
    {
        if (_bundle is not { } bundle || (_trust is null && !_own))
        {
            return;
        }

        _busy = true;
        StateHasChanged();
        await TryAsync(async ct =>
        {
            var trust = _own ? await Source.OwnTrustAsync(ct) : await TextAsync(_trust!, ct);

            // A seekable copy in a temporary file: a ZIP is read from its end, and uploads only run forwards.
            await using var copy = new FileStream(
                Path.GetTempFileName(), FileMode.Open, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.DeleteOnClose | FileOptions.Asynchronous);
            await using (var upload = bundle.OpenReadStream(LargestBundle, ct))
            {
                await upload.CopyToAsync(copy, ct);
            }

            copy.Position = 0;
            _report = await Source.VerifyAsync(copy, trust, ct);
            _at = Clock.GetUtcNow();
        });
        _busy = false;
    }

    private static async Task<string> TextAsync(IBrowserFile file, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(file.OpenReadStream(LargestTrust, cancellationToken));
        return await reader.ReadToEndAsync(cancellationToken);
    }
}
