using Loom.Core;
using Loom.EventStoreDb.Server;
using Loom.EventStoreDb.Tests.Grpc;
using Loom.Journal;

namespace Loom.EventStoreDb.Tests.Faults;

/// <summary>A served journal whose server, and journal, end and come back on the same folder; on another port each time.</summary>
internal sealed class RestartableServer : IFaultServer
{
    private readonly string _folder = Directory.CreateTempSubdirectory("loom-faults-").FullName;
    private readonly SemaphoreSlim _gate = new(1);
    private readonly bool _batches;
    private readonly Func<IJournal, IJournal> _around;
    private SegmentedJournal _journal = null!;
    private TestServer _server = null!;
    private volatile bool _isUp;

    private RestartableServer(bool batches, Func<IJournal, IJournal> around) => (_batches, _around) = (batches, around);

    /// <inheritdoc/>
    public int? Port => _isUp ? _server.Address.Port : null;

    /// <param name="batches">Whether BatchAppend is served; else only Append.</param>
    /// <param name="around">What is served in place of the journal.</param>
    public static async Task<RestartableServer> StartAsync(bool batches, Func<IJournal, IJournal> around)
    {
        var server = new RestartableServer(batches, around);
        await server.OpenAsync();
        return server;
    }

    /// <summary>Ends the server, with everything under way, and the journal; opens and serves it again.</summary>
    public async Task RestartAsync()
    {
        await _gate.WaitAsync();
        try
        {
            _isUp = false;
            await _server.DisposeAsync();
            await _journal.DisposeAsync();
            await OpenAsync();
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Looks into the journal itself, not through the protocol.</summary>
    public async Task<T> LookAsync<T>(Func<IJournal, Task<T>> look)
    {
        await _gate.WaitAsync();
        try
        {
            return await look(_journal);
        }
        finally
        {
            _gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _journal.DisposeAsync();
        _gate.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task OpenAsync()
    {
        _journal = await SegmentedJournal.OpenAsync(new SegmentedJournalOptions { Directory = _folder }, CancellationToken.None);
        var served = _around(_journal);
        var options = new EventStoreDbServerOptions { Authenticate = _ => ValueTask.FromResult<EventStoreCaller?>(EventStoreCaller.Host("any")) };
        _server = _batches
            ? await TestServer.StartAsync(app => app.MapEventStoreDb(served, options))
            : await TestServer.StartAsync(s =>
            {
                s.ServerStreaming(Methods.ReadEvents, new ReadService(served, TimeProvider.System).Read);
                s.ClientStreaming(Methods.Append, new AppendService(served, new StreamAccess(served, options)).AppendAsync);
            });
        _isUp = true;
    }
}
