using Loom.Hosting.Configuration;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Loom.Hosting.Telemetry;

/// <summary>Sends traces and metrics to a collector. Only made where one is configured, so that other hosts never load the exporter.</summary>
internal sealed class OtlpExport : IHostedService, IDisposable
{
    private readonly TracerProvider _traces;
    private readonly MeterProvider _metrics;

    private OtlpExport(LoomSettings settings)
    {
        var address = new Uri(settings.Text("telemetry.otlp"));
        var http = settings.Text("telemetry.otlpProtocol") == "http";
        var resource = ResourceBuilder.CreateDefault().AddService("loom", serviceVersion: ProductVersion.Text);
        _traces = Sdk.CreateTracerProviderBuilder().SetResourceBuilder(resource).AddSource("Loom*", "Microsoft.AspNetCore")
            .AddOtlpExporter(o => Point(o, address, http, "v1/traces")).Build();
        _metrics = Sdk.CreateMeterProviderBuilder().SetResourceBuilder(resource).AddMeter("Loom*")
            .AddOtlpExporter(o => Point(o, address, http, "v1/metrics")).Build();
    }

    public static void AddIfConfigured(IServiceCollection services, LoomSettings settings)
    {
        if (settings.Text("telemetry.otlp").Length > 0)
        {
            services.AddHostedService(_ => new OtlpExport(settings));
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _traces.ForceFlush(2000);
        _metrics.ForceFlush(2000);
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        _traces.Dispose();
        _metrics.Dispose();
    }

    // Over HTTP the SDK takes a set address as it is, so the signal's path has to be in it.
    private static void Point(OtlpExporterOptions options, Uri address, bool http, string path)
    {
        options.Protocol = http ? OtlpExportProtocol.HttpProtobuf : OtlpExportProtocol.Grpc;
        options.Endpoint = http ? new Uri(address.ToString().TrimEnd('/') + "/" + path) : address;
    }
}
