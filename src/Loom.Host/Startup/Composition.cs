using Loom.Api;
using Loom.Hosting.Access;
using Loom.Hosting.Api;
using Loom.Hosting.ConsoleViews;
using Loom.Hosting.Import;
using Loom.Hosting.Modules;
using Loom.Hosting.Problems;
using Loom.Hosting.Proofs;
using Loom.Hosting.Telemetry;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Logging.Console;

namespace Loom.Hosting;

/// <summary>The web application: services, middleware in order, routes.</summary>
internal static class Composition
{
    public static WebApplication Build(HostParts parts)
    {
        var settings = parts.Settings.Now;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions
        {
            ApplicationName = StaticAssets.Application,
            ContentRootPath = AppContext.BaseDirectory,
            EnvironmentName = Environments.Production,
        });
        AddServer(builder, parts);
        AddLogging(builder, parts);
        HostServices.Add(builder.Services, parts);
        builder.Services.AddRouting();
        builder.Services.ConfigureHttpJsonOptions(o => o.SerializerOptions.TypeInfoResolverChain.Insert(0, LoomJson.Default));
        builder.Services.AddOpenApi();
        OtlpExport.AddIfConfigured(builder.Services, settings);
        var console = settings.On("console") && StaticAssets.Exist;
        if (console)
        {
            builder.WebHost.UseStaticWebAssets();
            builder.Services.AddDataProtection().PersistKeysToFileSystem(Directory.CreateDirectory(Path.Combine(parts.Data.Root, "web-keys")));
            ConsoleServices.Add(builder.Services);
        }

        var app = builder.Build();
        app.UseMiddleware<RequestMetrics>();
        app.UseMiddleware<SafeHeaders>();
        app.UseMiddleware<Boundary>();
        if (console)
        {
            app.UseMiddleware<LostBrowser>();
        }

        app.UseRouting();
        app.UseMiddleware<Gate>();
        app.UseMiddleware<KnownParameters>();
        Map(app);
        if (console)
        {
            ConsoleServices.Map(app);
        }

        return app;
    }

    private static void Map(WebApplication app)
    {
        app.MapOpenApi().WithMetadata(new Requires(Permission.Known));
        CommandRoutes.Map(app);
        ActorRoutes.Map(app);
        TypeRoutes.Map(app);
        TailRoutes.Map(app);
        BundleRoutes.Map(app);
        LogRoutes.Map(app);
        ModuleRoutes.Map(app);
        ProofRoutes.Map(app);
        ReceiptRoutes.Map(app);
        ImportRoutes.Map(app);
        OperationRoutes.Map(app);
        TokenRoutes.Map(app);
        LoginRoutes.Map(app);
    }

    private static void AddServer(WebApplicationBuilder builder, HostParts parts)
    {
        var settings = parts.Settings.Now;
        builder.WebHost.UseKestrelCore().UseUrls([.. settings.Urls]);
        builder.WebHost.ConfigureKestrel(o =>
        {
            o.AddServerHeader = false;
            o.Limits.MaxRequestBodySize = settings.Integer("limits.body");
            o.Limits.MaxRequestHeadersTotalSize = (int)settings.Integer("limits.headers");
            o.Limits.MaxConcurrentConnections = settings.Integer("limits.connections");
            o.Limits.MaxConcurrentUpgradedConnections = settings.Integer("limits.connections");
            o.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
        });
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(settings.Integer("drain.seconds")));
        builder.Services.Configure<ConsoleLifetimeOptions>(o => o.SuppressStatusMessages = true);
    }

    private static void AddLogging(WebApplicationBuilder builder, HostParts parts)
    {
        var live = parts.Settings;
        builder.Logging.SetMinimumLevel(LogLevel.Trace);
        builder.Logging.AddFilter((category, level) =>
        {
            var wanted = live.Now.LogLevel; // asked several times a request

            // That the console's cookies are signed with a key in the data folder is meant so.
            if (category?.StartsWith("Microsoft.AspNetCore.DataProtection", StringComparison.Ordinal) == true && level < LogLevel.Error)
            {
                return false;
            }

            // What the framework says of each request is in the metrics; its own voice is heard from warnings on.
            return level >= (category?.StartsWith("Loom", StringComparison.Ordinal) == true || wanted < LogLevel.Information ? wanted : (LogLevel)Math.Max((int)wanted, (int)LogLevel.Warning));
        });
        builder.Logging.AddConsoleFormatter<JsonLogFormatter, ConsoleFormatterOptions>();
        builder.Logging.AddConsole(o => o.FormatterName = live.Now.Text("logging.format") == "json" ? JsonLogFormatter.Name : ConsoleFormatterNames.Simple);
    }
}
