using Loom.Hosting.Configuration;
using Loom.Proving;

namespace Loom.Hosting.Proofs;

/// <summary>Puts the policies of a changed configuration file in force. Ones that cannot be read are refused as a whole, and the earlier ones stay.</summary>
internal sealed partial class LivePolicies : IDisposable
{
    private readonly LiveSettings _settings;
    private readonly ProvingService _service;
    private readonly ILogger _log;
    private string _text;

    public LivePolicies(LiveSettings settings, ProvingService service, ILogger<LivePolicies> log)
    {
        (_settings, _service, _log, _text) = (settings, service, log, settings.Now.Text(ProofServices.PoliciesName));
        settings.Changed += Take;
    }

    /// <summary>Why the file's policies are not in force; null when they are.</summary>
    public string? Problem { get; private set; }

    public void Dispose() => _settings.Changed -= Take;

    private void Take(LoomSettings settings)
    {
        var text = settings.Text(ProofServices.PoliciesName);
        if (text == _text)
        {
            return;
        }

        _text = text;
        try
        {
            _service.Policies = ProofServices.Policies(settings);
            Problem = null;
            Taken(_log, _service.Policies.All.Count);
        }
        catch (StartupException e)
        {
            Problem = $"The earlier policies stay in force. {e.Message}";
            Refused(_log, e.Message);
        }
    }

    [LoggerMessage(1, LogLevel.Information, "The proof policies of {Count} actor types are in force")]
    private static partial void Taken(ILogger log, int count);

    [LoggerMessage(2, LogLevel.Warning, "The new proof policies are not in force: {Problem}")]
    private static partial void Refused(ILogger log, string problem);
}
