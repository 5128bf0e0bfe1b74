using System.Net;
using Loom.EventStoreDb;
using Loom.Journal;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Loom.Host.Tests.EventStore;

/// <summary>An embedded journal served on loopback by itself: a store that no host of Loom's runs, as a cluster of EventStoreDB is none.</summary>
internal sealed class ServedStore : IAsyncDisposable
{
    private readonly WebApplication _web;

    private ServedStore(WebApplication web, SegmentedJournal journal) => (_web, Journal) = (web, journal);

    public SegmentedJournal Journal { get; }

    public Uri Address => new(_web.Urls.Single());

    public static async Task<ServedStore> StartAsync(string folder)
    {
        var journal = await SegmentedJournal.OpenAsync(new SegmentedJournalOptions { Directory = folder }, CancellationToken.None);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.UseEventStoreDbLimits();
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseClearTextHttp2());
        });
        builder.Services.AddRouting();
        var web = builder.Build();
        web.MapEventStoreDb(journal, new EventStoreDbServerOptions { Authenticate = _ => new(EventStoreCaller.Host("any")) });
        await web.StartAsync();
        return new ServedStore(web, journal);
    }

    public async ValueTask DisposeAsync()
    {
        await _web.DisposeAsync();
        await Journal.DisposeAsync();
    }
}
