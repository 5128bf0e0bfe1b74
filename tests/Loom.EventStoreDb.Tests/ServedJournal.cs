using System.Security.Cryptography.X509Certificates;
using Loom.EventStoreDb.Tests.Grpc;
using Loom.Journal;

namespace Loom.EventStoreDb.Tests;

/// <summary>An embedded journal in a folder of its own, served on a loopback port.</summary>
internal sealed class ServedJournal : IAsyncDisposable
{
    /// <summary>No call and no connection is given up because the machine has much else to do.</summary>
    public const string Patient = "&defaultDeadline=300000&gossipTimeout=300000&keepAliveTimeout=300000";

    private readonly string _folder = Directory.CreateTempSubdirectory("loom-esdb-").FullName;
    private TestServer _server = null!;

    private ServedJournal()
    {
    }

    public SegmentedJournal Journal { get; private set; } = null!;

    public Uri Address => _server.Address;

    /// <summary>Users and passwords; the host is <c>host</c>, an ordinary user <c>reader</c>.</summary>
    public static async ValueTask<EventStoreCaller?> AuthenticateAsync(Microsoft.AspNetCore.Http.HttpContext http)
    {
        await Task.CompletedTask;
        if (http.Request.Headers.Authorization.Count == 0)
        {
            return EventStoreCaller.Anonymous;
        }

        return BasicCredentials.From(http.Request) switch
        {
            { User: "host", Password: "pass:wörd" } => EventStoreCaller.Host("host"),
            { User: "operator", Password: "0perate" } => EventStoreCaller.User("operator") with { CanOperate = true },
            { User: "reader", Password: "changeit" } => EventStoreCaller.User("reader"),
            _ => null,
        };
    }

    public static async Task<ServedJournal> StartAsync(X509Certificate2? certificate = null, EventStoreDbServerOptions? options = null, Func<IJournal, IJournal>? around = null, TimeProvider? time = null)
    {
        var served = new ServedJournal();
        served.Journal = await SegmentedJournal.OpenAsync(new SegmentedJournalOptions { Directory = served._folder, Time = time ?? TimeProvider.System }, CancellationToken.None);
        served._server = await TestServer.StartAsync(
            app => app.MapEventStoreDb(around?.Invoke(served.Journal) ?? served.Journal, options ?? new EventStoreDbServerOptions { Authenticate = AuthenticateAsync }), certificate);
        return served;
    }

    public string ConnectionString(string user = "host:pass%3Aw%C3%B6rd", string more = "") =>
        $"esdb://{(user.Length == 0 ? "" : user + "@")}localhost:{Address.Port}?tls={(Address.Scheme == "https" ? "true" : "false")}{Patient}{more}";

    public Task<EventStoreDbJournal> ConnectAsync(string user = "host:pass%3Aw%C3%B6rd", string more = "") =>
        EventStoreDbJournal.ConnectAsync(
            new EventStoreDbJournalOptions { Settings = EventStoreDbSettings.Parse(ConnectionString(user, more)), RetryDuring = TimeSpan.FromMinutes(5) },
            CancellationToken.None);

    /// <summary>Ends the server, its calls and connections; the journal stays open.</summary>
    public async Task StopServerAsync() => await _server.DisposeAsync();

    /// <summary>Serves the journal again, on the same port.</summary>
    public async Task StartServerAgainAsync()
    {
        var port = Address.Port;
        _server = await TestServer.StartAsync(app => app.MapEventStoreDb(Journal, new EventStoreDbServerOptions { Authenticate = AuthenticateAsync }), port: port);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await Journal.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
