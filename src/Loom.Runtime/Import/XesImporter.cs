using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Loom.Core;

namespace Loom.Runtime.Import;

/// <summary>Hands a command to the runtime and waits for its reply.</summary>
public delegate Task<CommandReply> SendCommand(ActorCommand command, CancellationToken cancellationToken);

/// <summary>
/// Takes an event log in: one actor per case, one command per step, and one actor for the import itself. Cases run beside each other,
/// steps of a case one after the other. Every command's id follows from import, case and step, and carries the revision it expects, so
/// an import that was cut off can be started again: what is done is done once, and nothing is decided on a later state than before.
/// </summary>
public sealed class XesImporter
{
    private readonly Machine _machine;
    private readonly ILogMapping _mapping;
    private readonly SendCommand _send;
    private readonly TimeProvider _time;

    /// <summary>An importer for one actor type.</summary>
    /// <exception cref="ArgumentException">The machine does not say how it takes in a log.</exception>
    public XesImporter(Machine machine, SendCommand send, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(machine);
        _machine = machine;
        _mapping = machine.LogMapping
            ?? throw new ArgumentException($"{machine.Manifest.QualifiedType} has no mapping of event logs (Machine.LogMapping).");
        (_send, _time) = (send, time);
    }

    /// <summary>Runs the import to its end.</summary>
    /// <exception cref="ArgumentException">A setting is none that the machine's mapping knows, or its value is none.</exception>
    /// <exception cref="FormatException">The file is no XES; the import's actor has recorded how far it came.</exception>
    /// <exception cref="ImportException">The runtime refuses commands; starting the same import again goes on where it ended.</exception>
    public async Task<ImportReport> RunAsync(ImportSettings settings, IProgress<ImportProgress>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(settings);
        Check(settings);

        await using var file = new FileStream(
            settings.Path, FileMode.Open, FileAccess.Read, FileShare.Read, 64 * 1024, FileOptions.Asynchronous | FileOptions.SequentialScan);
        var sha256 = new Digest(await SHA256.HashDataAsync(file, cancellationToken).ConfigureAwait(false));
        file.Position = 0;

        var actor = settings.ActorOf(sha256);
        var channel = new ImportChannel(actor, settings.Principal, _send, _time);
        await channel.OwnAsync(
            "start", "start",
            new StartImport(
                settings.FileName, sha256.ToString(), file.Length.ToString(System.Globalization.CultureInfo.InvariantCulture),
                _machine.Manifest.QualifiedType, new ImportKeys(settings.Xes.RoleKey, settings.Xes.ResourceKey, settings.Xes.AmountKey), settings.Machine),
            ImportJson.Default.StartImport, cancellationToken).ConfigureAwait(false);

        var run = new ImportRun(_machine.Manifest.ActorType, _mapping, settings, channel, () => file.Position, progress);
        try
        {
            await run.CasesAsync(XesReader.ReadAsync(file, settings.Xes, cancellationToken), cancellationToken).ConfigureAwait(false);
        }
        catch (FormatException e)
        {
            await run.FailAsync(e.Message, cancellationToken).ConfigureAwait(false);
            throw;
        }

        return await run.FinishAsync(sha256.ToString(), cancellationToken).ConfigureAwait(false);
    }

    private void Check(ImportSettings settings)
    {
        foreach (var (name, value) in settings.Machine)
        {
            if (!_mapping.Settings.ContainsKey(name))
            {
                throw new ArgumentException($"{_machine.Manifest.ActorType} has no import setting '{name}'. It has: {string.Join(", ", _mapping.Settings.Keys)}.");
            }

            if (_mapping.Refuse(name, value) is { } reason)
            {
                throw new ArgumentException($"{_machine.Manifest.ActorType}'s import setting '{name}' cannot be '{value}': {reason}");
            }
        }
    }
}

/// <summary>An import cannot go on: the runtime refuses its commands.</summary>
public sealed class ImportException(string message) : Exception(message);
