using System.Net;
using System.Text.Json;
using Loom.EventStoreDb;
using Loom.Interop.Server;
using Loom.Journal;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

// A journal on disk, served to clients that are not ours: FOLDER TLSPORT CLEARPORT [answers-early] (0 takes a free port).
// It says where it listens in one line of JSON, and ends when its input does: whoever started it may die in any way.
var folder = args[0];
var certificate = Certificate.InFolder(folder);
await using var stored = await SegmentedJournal.OpenAsync(new SegmentedJournalOptions { Directory = Path.Combine(folder, "journal") }, CancellationToken.None);
IJournal journal = args is [_, _, _, "answers-early"] ? new AnswersEarly(stored) : stored;

var builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders().AddFilter(level => level >= LogLevel.Error).AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
builder.WebHost.UseKestrelHttpsConfiguration();
builder.WebHost.ConfigureKestrel(kestrel =>
{
    kestrel.UseEventStoreDbLimits();
    kestrel.Listen(IPAddress.Loopback, int.Parse(args[1], null), listen =>
    {
        listen.Protocols = HttpProtocols.Http1AndHttp2;
        listen.UseHttps(certificate);
    });
    kestrel.Listen(IPAddress.Loopback, int.Parse(args[2], null), listen => listen.UseClearTextHttp2());
});

// Nobody waits here for a busy machine: what has a deadline in the tests has it from the client.
await using var app = builder.Build();
app.MapEventStoreDb(journal, new EventStoreDbServerOptions { Authenticate = Users.AuthenticateAsync, AppendTimeout = TimeSpan.FromMinutes(5) });
await app.StartAsync();
var ports = app.Urls.Select(url => new Uri(url)).ToDictionary(url => url.Scheme, url => url.Port);
Console.WriteLine(JsonSerializer.Serialize(new { tls = ports["https"], clear = ports["http"], certificate = Certificate.PemPath(folder) }));

var input = Console.OpenStandardInput();
var buffer = new byte[64];
while (await input.ReadAsync(buffer) > 0)
{
}

await app.StopAsync();
