using Loom.Core;
using Loom.Web.Data;
using Loom.Web.Json;
using Microsoft.AspNetCore.Components;

namespace Loom.Web.Actor;

/// <summary>A form made from the command's schema. The command id is kept until an answer arrived, so that sending twice does nothing twice.</summary>
public sealed partial class SendCommand
{
    private IReadOnlyList<CommandForm>? _forms;
    private IReadOnlyList<string> _known = [];
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

    [Inject]
    private IActorHistory History { get; set; } = null!;

    /// <inheritdoc/>
    protected override Task OnInitializedAsync() => TryAsync(async ct =>
    {
        // Commands under reserved names are answers of the runtime; every edge refuses them from people.
        _forms = ActorId.TryParse(Stream, out var actor)
            ? [.. (await Source.FormsAsync(actor.Type, ct)).Where(f => !f.Type.StartsWith("loom.", StringComparison.Ordinal))]
            : [];
        Choose(_forms.Count > 0 ? _forms[0].Type : null);
        if (_forms.Count > 0 && await History.HeadAsync(Stream, ct) is { } head)
        {
            const int recent = 50;
            var rows = await History.TransitionsAsync(Stream, Math.Max(0, head.Transitions - recent), recent, ct);
            _known = [.. rows.SelectMany(r => r.Roles).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        }
    });

    private IReadOnlyList<string> Acting => _roles.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private void Toggle(string role) =>
        _roles = string.Join(", ", Acting.Contains(role) ? Acting.Where(r => r != role) : Acting.Append(role));

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
            _answer = await Source.SendAsync(new CommandRequest(Stream, form.Type, json, _id, Acting), ct);
            _id = NewId();
            await Sent.InvokeAsync(_answer);
        });
        _busy = false;
    }

    private static string NewId() => "console-" + Guid.CreateVersion7().ToString("N");
}
