using Loom.Core;
using Loom.Web.Data;
using Loom.Web.Json;
using Microsoft.AspNetCore.Components;

namespace Loom.Web.Actor;

/// <summary>A form made from the command's schema. The command id is kept until an answer arrived, so that sending twice does nothing twice.</summary>
public sealed partial class SendCommand
{
    private IReadOnlyList<CommandForm>? _forms;
    private CommandForm? _form;
    private FormField? _body;
    private CommandAnswer? _answer;
    private string _roles = "";
    private string _id = NewId();
    private bool _busy;

    /// <summary>The actor; it need not exist yet.</summary>
    [Parameter, EditorRequired]
    public string Stream { get; set; } = "";

    /// <summary>The person closed the form.</summary>
    [Parameter]
    public EventCallback Closed { get; set; }

    /// <summary>An answer arrived.</summary>
    [Parameter]
    public EventCallback<CommandAnswer> Sent { get; set; }

    /// <inheritdoc/>
    protected override Task OnInitializedAsync() => TryAsync(async ct =>
    {
        // Commands under reserved names are answers of the runtime; every edge refuses them from people.
        _forms = ActorId.TryParse(Stream, out var actor)
            ? [.. (await Source.FormsAsync(actor.Type, ct)).Where(f => !f.Type.StartsWith("loom.", StringComparison.Ordinal))]
            : [];
        Choose(_forms.Count > 0 ? _forms[0].Type : null);
    });

    private void Choose(string? type)
    {
        _form = _forms?.FirstOrDefault(f => f.Type == type);
        _body = _form is null ? null : FormField.Of(_form.Schema);
        _answer = null;
        _id = NewId();
    }

    private async Task SendAsync()
    {
        if (_busy || _form is not { } form || _body?.ToJson() is not { } json)
        {
            return;
        }

        _busy = true;
        await TryAsync(async ct =>
        {
            var roles = _roles.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            _answer = await Source.SendAsync(new CommandRequest(Stream, form.Type, json, _id, roles), ct);
            _id = NewId();
            await Sent.InvokeAsync(_answer);
        });
        _busy = false;
    }

    private static string NewId() => "console-" + Guid.CreateVersion7().ToString("N");
}
