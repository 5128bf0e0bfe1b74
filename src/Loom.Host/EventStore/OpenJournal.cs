using System.Runtime.CompilerServices;
using Loom.Core;
using Loom.EventStoreDb;
using Loom.Hosting.Configuration;
using Loom.Journal;

namespace Loom.Hosting.EventStore;

/// <summary>The journal that the settings name, and the right to this data folder.</summary>
internal sealed class OpenJournal : IAsyncDisposable
{
    private readonly FileStream? _lock;
    private readonly LateLogger _log = new();

    private OpenJournal(IJournal journal, string? server, FileStream? held, LateLogger? log) =>
        (Journal, Server, _lock, _log) = (journal, server, held, log ?? new LateLogger());

    public IJournal Journal { get; }

    /// <summary>The embedded journal; null when it is on a server.</summary>
    public SegmentedJournal? Embedded => Journal as SegmentedJournal;

    /// <summary>The server, without credentials; null when the journal is embedded.</summary>
    public string? Server { get; }

    /// <exception cref="StartupException">The settings are wrong, or the folder is another journal's.</exception>
    /// <exception cref="JournalException">The journal is damaged or in use, or no server answers.</exception>
    public static Task<OpenJournal> OpenAsync(
        LoomSettings settings, DataFolder data, Func<StreamName, bool> isActorStream, CancellationToken cancellationToken) =>
        settings.Text("journal.address").Length == 0
            ? EmbeddedAsync(data, isActorStream, cancellationToken)
            : OnServerAsync(settings, data, isActorStream, cancellationToken);

    /// <summary>From here on, lost connections are told there.</summary>
    public void LogTo(ILoggerFactory logs) => _log.Target = logs.CreateLogger("Loom.EventStoreDb");

    public async ValueTask DisposeAsync()
    {
        await Journal.DisposeAsync();
        await (_lock?.DisposeAsync() ?? default);
    }

    private static async Task<OpenJournal> EmbeddedAsync(DataFolder data, Func<StreamName, bool> isActorStream, CancellationToken cancellationToken)
    {
        if (File.Exists(data.JournalServer))
        {
            throw new StartupException(
                ExitCode.Usage, $"The data folder {data.Root} is of a host whose journal is on {await File.ReadAllTextAsync(data.JournalServer, cancellationToken)}. "
                + "Name that server with --journal.address ('loom run --journal'), or choose another folder with --data.");
        }

        var options = new SegmentedJournalOptions { Directory = data.Journal, IsActorStream = isActorStream };
        return new OpenJournal(await SegmentedJournal.OpenAsync(options, cancellationToken), null, null, null);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<OpenJournal> OnServerAsync(
        LoomSettings settings, DataFolder data, Func<StreamName, bool> isActorStream, CancellationToken cancellationToken)
    {
        var server = ServerSettings(settings);
        if (Directory.Exists(data.Journal) && Directory.EnumerateFileSystemEntries(data.Journal).Any())
        {
            throw new StartupException(
                ExitCode.Usage, $"The data folder {data.Root} holds an embedded journal, and journal.address names {server}. "
                + "Choose another folder with --data; what the embedded journal holds stays there.");
        }

        var held = Hold(data);
        try
        {
            var log = new LateLogger();
            var options = new EventStoreDbJournalOptions { Settings = server, IsHost = true, IsActorStream = isActorStream, Log = log };
            var journal = await EventStoreDbJournal.ConnectAsync(options, cancellationToken);
            await ClaimAsync(data, server.ToString(), cancellationToken);
            return new OpenJournal(journal, server.ToString(), held, log);
        }
        catch
        {
            await held.DisposeAsync();
            throw;
        }
    }

    // Positions in projections are places in one journal; on another they mean nothing, and the projections are made anew.
    private static async Task ClaimAsync(DataFolder data, string server, CancellationToken cancellationToken)
    {
        if (File.Exists(data.JournalServer) && await File.ReadAllTextAsync(data.JournalServer, cancellationToken) == server)
        {
            return;
        }

        if (Directory.Exists(data.Projections))
        {
            Directory.Delete(data.Projections, recursive: true);
        }

        await File.WriteAllTextAsync(data.JournalServer, server, cancellationToken);
    }

    private static FileStream Hold(DataFolder data)
    {
        try
        {
            return new FileStream(data.Lock, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            throw new StartupException(ExitCode.InUse, $"The data folder {data.Root} is in use by another process. Stop it, or choose another folder with --data.", e);
        }
    }

    private static EventStoreDbSettings ServerSettings(LoomSettings settings)
    {
        var address = settings.Text("journal.address");
        EventStoreDbSettings server;
        try
        {
            server = EventStoreDbSettings.Parse(address);
        }
        catch (FormatException e)
        {
            // What is wrong could be the very password.
            throw new StartupException(
                ExitCode.Usage, address.Contains('@', StringComparison.Ordinal)
                    ? "journal.address is no connection string; user and password in one are percent-encoded. Or keep them in journal.credentialFile."
                    : $"journal.address: {e.Message} For example esdb://127.0.0.1:2113?tls=false.");
        }

        var file = settings.Text("journal.credentialFile");
        return file.Length == 0 ? server : SecretFile.Lines(file, "journal.credentialFile") switch
        {
            [var token] => server with { User = "loom", Password = token },
            [var user, var password] => server with { User = user, Password = password },
            _ => throw new StartupException(ExitCode.Usage, $"{file} (journal.credentialFile) needs two lines, user and password, or one with a token of another host."),
        };
    }

    /// <summary>Loses what is said before the host has a log.</summary>
    private sealed class LateLogger : ILogger
    {
        public ILogger? Target { get; set; }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => Target?.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => Target?.IsEnabled(logLevel) == true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Target?.Log(logLevel, eventId, state, exception, formatter);
    }
}
