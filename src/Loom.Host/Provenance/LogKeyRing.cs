using System.Globalization;
using Loom.Core;
using Loom.Hosting.Configuration;
using Loom.Journal;
using Loom.Journal.Keys;
using Loom.Journal.Log;

namespace Loom.Hosting.Provenance;

/// <summary>
/// The log's key files, <c>keys/log-0001.pem</c> and on. Rotation makes the next one first and journals it second; so after a crash in
/// between the newest file may not be the log's key yet, and the one before it is taken.
/// </summary>
internal sealed class LogKeyRing(DataFolder data, LoomSettings settings)
{
    private const string Role = "loom-log";

    private string Folder => settings.Text("log.keyFolder") is { Length: > 0 } named ? Path.GetFullPath(named) : data.Keys;

    /// <summary>Opens the log with the newest key that is its own.</summary>
    /// <exception cref="StartupException">No key file opens, or none is the log's.</exception>
    public async Task<(TransparencyLog Log, ISigner Signer)> OpenLogAsync(IJournal journal, string origin, CancellationToken cancellationToken)
    {
        try
        {
            var files = Files();
            if (files.Count == 0)
            {
                files = [await CreateFileAsync(1, cancellationToken)];
            }

            for (var i = files.Count - 1; ; i--)
            {
                var signer = await KeyFile.OpenAsync(files[i], Passphrase(), Role, cancellationToken);
                try
                {
                    return (await TransparencyLog.OpenAsync(journal, Options(origin, signer), cancellationToken), signer);
                }
                catch (JournalException) when (i > 0)
                {
                    signer.Dispose();
                }
            }
        }
        catch (KeyFileException e)
        {
            throw new StartupException(ExitCode.Usage, e.Message, e);
        }
    }

    /// <summary>Opens the log with one key, or with none to follow it.</summary>
    public Task<TransparencyLog> OpenLogAsync(IJournal journal, string origin, ISigner? signer, CancellationToken cancellationToken) =>
        TransparencyLog.OpenAsync(journal, Options(origin, signer), cancellationToken);

    /// <summary>The keys of all files, newest first. Whoever takes one disposes the others.</summary>
    /// <exception cref="StartupException">A file does not open.</exception>
    public async Task<IReadOnlyList<EcdsaSigner>> OpenKeysAsync(bool createFirst, CancellationToken cancellationToken)
    {
        var files = Files();
        if (files.Count == 0 && createFirst)
        {
            files = [await CreateFileAsync(1, cancellationToken)];
        }

        var keys = new List<EcdsaSigner>();
        try
        {
            foreach (var file in files.AsEnumerable().Reverse())
            {
                keys.Add(await KeyFile.OpenAsync(file, Passphrase(), Role, cancellationToken));
            }

            return keys;
        }
        catch (KeyFileException e)
        {
            throw new StartupException(ExitCode.Usage, e.Message, e);
        }
    }

    /// <summary>Makes the key that the log is to rotate to.</summary>
    public async Task<ISigner> CreateNextAsync(CancellationToken cancellationToken)
    {
        var path = await CreateFileAsync(Files().Count + 1, cancellationToken);
        return await KeyFile.OpenAsync(path, Passphrase(), Role, cancellationToken);
    }

    private async Task<string> CreateFileAsync(int number, CancellationToken cancellationToken)
    {
        var path = Path.Combine(Folder, $"log-{number.ToString("D4", CultureInfo.InvariantCulture)}.pem");
        using var made = await KeyFile.CreateAsync(path, Passphrase(), Role, cancellationToken);
        return path;
    }

    private TransparencyLogOptions Options(string origin, ISigner? signer) => new()
    {
        Signer = signer,
        Origin = origin,
        CheckpointFile = data.Checkpoint,
        PublishTo = settings.Text("log.publish") is { Length: > 0 } target ? target : null,
    };

    private List<string> Files() =>
        Directory.Exists(Folder) ? [.. Directory.GetFiles(Folder, "log-*.pem").Order(StringComparer.Ordinal)] : [];

    private string? Passphrase()
    {
        var path = settings.Text("log.passphraseFile");
        try
        {
            return path.Length == 0 ? null : File.ReadLines(path).FirstOrDefault() is { Length: > 0 } line ? line
                : throw new StartupException(ExitCode.Usage, $"{path} (log.passphraseFile) is empty; its first line is the passphrase.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartupException(ExitCode.Usage, $"{path} (log.passphraseFile) cannot be read: {e.Message}", e);
        }
    }
}
