using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace Loom.Web.Layout;

/// <summary>The frame around every page: environment, navigation, content, lag.</summary>
public sealed partial class Shell
{
    private ErrorBoundary? _boundary;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    private string Kind => Overview.Facts.Production ? "Production" : "Test";

    // With a base address, a bare #main would lead to the start page.
    private string Here => "/" + Navigation.ToBaseRelativePath(Navigation.Uri).Split('#')[0];

    /// <inheritdoc/>
    protected override void OnParametersSet() => _boundary?.Recover();

    private void Recover() => _boundary?.Recover();
}
