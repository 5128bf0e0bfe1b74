using System.Text.Json;
using Loom.Core;
using Loom.Hosting.Access;
using Loom.Hosting.Access.Tokens;
using Loom.Hosting.Configuration;
using Loom.Hosting.EventStore;
using Loom.Hosting.Provenance;
using Loom.Runtime;

namespace Loom.Hosting;

/// <summary>A running host. Disposing it drains and stops it.</summary>
public sealed class LoomApplication : IAsyncDisposable
{
    private readonly WebApplication _web;
    private readonly OpenJournal _journal;
    private readonly StreamEndpoint _served;
    private readonly LiveSettings _settings;
    private readonly string? _firstToken;
    private int _disposed;

    private LoomApplication(WebApplication web, StreamEndpoint served, OpenJournal journal, LiveSettings settings, string? firstToken) =>
        (_web, _served, _journal, _settings, _firstToken) = (web, served, journal, settings, firstToken);

    /// <summary>Where it listens; the first address when there are several.</summary>
    public Uri Address => new(_web.Urls.First());

    /// <summary>Where it serves its journal to clients of EventStoreDB; empty when it does not.</summary>
    public IReadOnlyList<Uri> EventStoreDbAddresses => _served.Addresses;

    /// <summary>Its services.</summary>
    public IServiceProvider Services => _web.Services;

    /// <summary>Waits until it is told to stop (SIGTERM, Ctrl+C, <c>POST /api/shutdown</c>), then drains.</summary>
    public Task WaitForShutdownAsync(CancellationToken cancellationToken = default) => _web.WaitForShutdownAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            await _web.StopAsync();
            await _served.DisposeAsync(); // not before: hosts that share this journal work on while this one drains
            await _web.DisposeAsync();
            await _journal.DisposeAsync();
        }
    }

    internal static async Task<LoomApplication> StartAsync(
        LiveSettings settings, IReadOnlyList<Machine> machines, ActivityRegistry activities, CancellationToken cancellationToken)
    {
        if (Listening.Refuse(settings.Now) is { } refusal)
        {
            throw new StartupException(ExitCode.Usage, refusal);
        }

        var data = DataFolder.Open(settings.Now.DataFolder);
        var tokens = new TokenStore(data.Tokens, TimeProvider.System);
        var types = HostParts.TypesOf(settings.Now, machines);
        var journal = await OpenJournal.OpenAsync(settings.Now, data, types.IsActorStream, cancellationToken);
        try
        {
            // From here on the folder is this process's own.
            data.Clear();
            var firstToken = FirstToken(settings.Now, tokens, data);
            var parts = new HostParts(settings, data, tokens, journal, types) { Activities = activities };
            var web = Composition.Build(parts with { Log = await LogService.OpenAsync(parts, cancellationToken) });
            try
            {
                journal.LogTo(web.Services.GetRequiredService<ILoggerFactory>());
                await web.StartAsync(cancellationToken);
                var served = await ServeAsync(parts, web, cancellationToken);
                web.Services.GetRequiredService<ServedStreams>().Begin(served);
                return new LoomApplication(web, served, journal, settings, firstToken);
            }
            catch
            {
                await web.DisposeAsync();
                throw;
            }
        }
        catch
        {
            await journal.DisposeAsync();
            throw;
        }
    }

    /// <summary>Says where the host is, for people or (with <c>--json</c>) for programs.</summary>
    internal void Announce(TextWriter output)
    {
        if (_settings.Json)
        {
            using var buffer = new MemoryStream();
            using (var json = new Utf8JsonWriter(buffer))
            {
                json.WriteStartObject();
                json.WriteString("event", "ready");
                json.WriteString("url", Text(Address));
                if (EventStoreDbAddresses.Count > 0)
                {
                    json.WriteString("eventStoreDb", Text(EventStoreDbAddresses[0]));
                }

                json.WriteString("data", _settings.Now.DataFolder);
                json.WriteNumber("pid", Environment.ProcessId);
                json.WriteEndObject();
            }

            output.WriteLine(System.Text.Encoding.UTF8.GetString(buffer.ToArray()));
        }
        else
        {
            output.WriteLine($"Loom is ready: {string.Join(", ", _web.Urls.Select(u => Text(new Uri(u))))}");
            output.WriteLine($"Data folder: {_settings.Now.DataFolder}{(_journal.Server is { } server ? $"; the journal is on {server}" : "")}");
            if (EventStoreDbAddresses.Count > 0)
            {
                output.WriteLine($"Clients of EventStoreDB: {string.Join(", ", EventStoreDbAddresses.Select(Text))}");
            }
            else if (_served.Missing is { } missing)
            {
                output.WriteLine(missing);
            }

            if (_firstToken is not null)
            {
                output.WriteLine($"The first operator's token is in {_firstToken}. Make your own with it (loom token create); the file is deleted then.");
            }
        }

        output.Flush();
    }

    private static async Task<StreamEndpoint> ServeAsync(HostParts parts, WebApplication web, CancellationToken cancellationToken)
    {
        try
        {
            return await StreamEndpoint.StartAsync(parts, web.Services, cancellationToken);
        }
        catch
        {
            await web.StopAsync(CancellationToken.None); // it runs already
            throw;
        }
    }

    // Somebody has to be able to make the other tokens.
    private static string? FirstToken(LoomSettings settings, TokenStore tokens, DataFolder data)
    {
        if (!settings.RequiresToken || tokens.All.Count > 0)
        {
            return settings.RequiresToken && File.Exists(data.FirstToken) ? data.FirstToken : null;
        }

        var (_, secret, _) = tokens.Create("operator", [AccessTable.Operator], null, null);
        PrivateFile.Write(data.FirstToken, System.Text.Encoding.ASCII.GetBytes(secret + "\n"));
        return data.FirstToken;
    }

    private static string Text(Uri address) => address.GetLeftPart(UriPartial.Authority);
}
