using Loom.Web.Data;
using Loom.Web.Parts;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;

namespace Loom.Web.Module;

/// <summary>Takes a module with its manifest, shows what the host finds, and registers it when asked to.</summary>
public sealed partial class AddModule
{
    private IBrowserFile? _module;
    private IBrowserFile? _manifest;
    private ModuleReport? _report;
    private bool _busy;

    /// <summary>The person closed the form.</summary>
    [Parameter]
    public EventCallback Closed { get; set; }

    /// <summary>A module was registered.</summary>
    [Parameter]
    public EventCallback Added { get; set; }

    private bool Waiting => _module is null || _manifest is null || _busy;

    private async Task LookAsync(bool register)
    {
        if (Waiting)
        {
            return;
        }

        _busy = true;
        _report = null;
        StateHasChanged();
        await TryAsync(async ct =>
        {
            var module = await ReadAsync(_module!, Source.LargestModule, ct);
            var manifest = await ReadAsync(_manifest!, Source.LargestManifest, ct);
            _report = register ? await Source.AddAsync(module, manifest, ct) : await Source.CheckAsync(module, manifest, ct);
            if (_report.Standing == ModuleStanding.Registered)
            {
                await Added.InvokeAsync();
            }
        });
        _busy = false;
    }

    private static async Task<byte[]> ReadAsync(IBrowserFile file, long limit, CancellationToken cancellationToken)
    {
        if (file.Size > limit)
        {
            throw new InvalidDataException($"{file.Name} has {Texts.Bytes(file.Size)}; this host takes up to {Texts.Bytes(limit)}. Choose another file, or build it smaller.");
        }

        await using var upload = file.OpenReadStream(limit, cancellationToken);
        using var bytes = new MemoryStream();
        await upload.CopyToAsync(bytes, cancellationToken);
        return bytes.ToArray();
    }
}
