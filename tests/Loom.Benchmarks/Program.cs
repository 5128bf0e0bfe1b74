using System.Text;
using System.Text.Json;
using Loom.Benchmarks;
using Loom.Benchmarks.EventStoreDb;

// Started by `loom bench`. Every benchmark prints figures beside a reference measured in the same run.
(string Name, Func<TextWriter, CancellationToken, Task> RunAsync)[] all =
[
    ("journal", JournalBenchmark.RunAsync),
    ("replay", ReplayBenchmark.RunAsync),
    ("commands", CommandBenchmark.RunAsync),
    ("verify", VerifyBenchmark.RunAsync),
    ("receipts", ReceiptBenchmark.RunAsync),
    ("host", HostBenchmark.RunAsync),
    ("wasm", WasmBenchmark.RunAsync),
    ("scavenge", ScavengeBenchmark.RunAsync),
    ("eventstoredb", EventStoreDbBenchmark.RunAsync),
];

var json = args.Contains("--json");
var names = args.Where(a => a != "--json").ToArray();
if (names.Except(all.Select(b => b.Name)).FirstOrDefault() is { } unknown)
{
    Console.Error.WriteLine($"There is no benchmark '{unknown}'. There are: {string.Join(", ", all.Select(b => b.Name))}.");
    return 64;
}

using var cancel = new CancellationTokenSource();
Console.CancelKeyPress += (_, e) =>
{
    e.Cancel = true;
    cancel.Cancel();
};
try
{
    foreach (var (name, run) in all.Where(b => names.Length == 0 || names.Contains(b.Name)))
    {
        if (!json)
        {
            Console.WriteLine($"== {name}");
        }

        await run(json ? new JsonLines(name) : Console.Out, cancel.Token);
    }

    return 0;
}
catch (OperationCanceledException)
{
    return 130;
}

/// <summary>Writes each line as one JSON object.</summary>
internal sealed class JsonLines(string benchmark) : TextWriter
{
    public override Encoding Encoding => Encoding.UTF8;

    public override void WriteLine(string? value) => Console.Out.WriteLine(JsonSerializer.Serialize(new { benchmark, line = value }));
}
