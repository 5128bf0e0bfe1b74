using Loom.Hosting.Access;
using Loom.Web;
using Loom.Web.Data;

namespace Loom.Hosting.ConsoleViews;

/// <summary>The console and this host's answers to what it asks for.</summary>
internal static class ConsoleServices
{
    public static void Add(IServiceCollection services)
    {
        services.AddLoomConsole();
        services.AddSingleton<IActors, DirectoryView>();
        services.AddSingleton<IActorHistory, HistoryView>();
        services.AddSingleton<IJournalInfo, JournalView>();
        services.AddSingleton<ILive, LiveView>();
        services.AddSingleton<ILeafFinder, LeafFinder>().AddSingleton<ILogInfo, LogView>();
        services.AddSingleton<LoadFigures>();
        services.AddHostedService(s => s.GetRequiredService<LoadFigures>());
        services.AddSingleton<IOverview, OverviewView>();
        services.AddScoped<PersonAtConsole>();
        services.AddScoped<ICommands, CommandsView>();
        services.AddSingleton<ModuleLooks>();
        services.AddScoped<IModules, ModulesView>();
        services.AddScoped<IBundles, BundlesView>();
        services.AddSingleton<ProofSource>();
        services.AddScoped<IProofQueue, ProofsView>().AddScoped<IReceipts, ReceiptsView>();
        services.AddScoped<IProjectionsInfo, ProjectionsView>();
    }

    public static void Map(WebApplication app)
    {
        app.UseAntiforgery();
        app.MapLoomConsole();
    }
}
