using System.Security.Cryptography;
using System.Text;
using Loom.Coordination;
using Loom.Core;
using Loom.Journal;
using Loom.Runtime;
using Loom.Runtime.Import;
using Loom.Samples.BankLedger;
using Loom.Samples.ExpenseDeclarations;

namespace Loom.Samples.Tests.Import;

/// <summary>The importer on the real runtime, with the journal in memory.</summary>
public sealed class ImporterTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("loom-import").FullName;
    private readonly InMemoryJournal _journal = new(TimeProvider.System);
    private readonly DeclarationMachine _machine = new();
    private ActorRuntime _runtime = null!;

    public Task InitializeAsync()
    {
        var types = new ActorTypes();
        types.Register(_machine);
        types.Register(new ImportMachine());
        _runtime = new ActorRuntime(
            new ActorRuntimeOptions { CarryOutEffects = false }, _journal, new InProcessLeases(), types, TimeProvider.System, () => RandomNumberGenerator.GetBytes(32));
        return _runtime.StartAsync(default);
    }

    public async Task DisposeAsync()
    {
        await _runtime.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task The_demo_log_goes_in_whole_and_every_refused_step_is_on_record()
    {
        var settings = await DemoAsync(cases: 250);
        var progress = new Steps();
        var report = await new XesImporter(_machine, _runtime.SendAsync, TimeProvider.System).RunAsync(settings, progress, default);

        Assert.Equal(250, report.Total.Cases);
        Assert.Equal(report.Total.Steps, report.Total.Accepted + report.Total.Refused);
        Assert.Equal(report.Total.Steps, report.Kinds.Values.Sum(k => k.Accepted + k.Refused));
        Assert.Equal(report.Total, progress.Last);

        var events = await EventsAsync(report.Actor.Stream);
        Assert.Equal("import-started.v1", events[0].Type);
        Assert.Contains(report.Sha256, Encoding.UTF8.GetString(events[0].Data.Span), StringComparison.Ordinal);
        Assert.Equal("import-finished.v1", events[^1].Type);
        var recorded = events[1..^1].Sum(e => Occurrences(e, "\"rule\":"));
        Assert.Equal(report.Total.Refused, recorded);
        Assert.Contains(events, e => Occurrences(e, "\"rule\":\"four-eyes\"") > 0);
    }

    [Fact]
    public async Task Importing_the_same_file_again_changes_nothing_and_gives_the_same_counts()
    {
        var settings = await DemoAsync(cases: 120);
        var importer = new XesImporter(_machine, _runtime.SendAsync, TimeProvider.System);
        var first = await importer.RunAsync(settings, null, default);
        var head = await HeadAsync();
        var second = await importer.RunAsync(settings, null, default);

        Assert.Equal(first.Total, second.Total);
        Assert.Equal(first.Kinds.OrderBy(k => k.Key), second.Kinds.OrderBy(k => k.Key));
        Assert.Equal(head, await HeadAsync());
    }

    [Fact]
    public async Task An_import_that_was_cut_off_goes_on_to_the_same_end()
    {
        var settings = await DemoAsync(cases: 150) with { Parallelism = 8 };
        var sent = 0;
        var cut = new XesImporter(
            _machine,
            (command, ct) => Interlocked.Increment(ref sent) > 400
                ? Task.FromResult<CommandReply>(new CommandReply.Refused(RefusalKind.Forbidden, "cut", "The host went away."))
                : _runtime.SendAsync(command, ct),
            TimeProvider.System);
        await Assert.ThrowsAsync<ImportException>(() => cut.RunAsync(settings, null, default));

        var resumed = await new XesImporter(_machine, _runtime.SendAsync, TimeProvider.System).RunAsync(settings, null, default);
        Assert.Equal(150, resumed.Total.Cases);

        var clean = new ImporterTests();
        await clean.InitializeAsync();
        var whole = await new XesImporter(clean._machine, clean._runtime.SendAsync, TimeProvider.System).RunAsync(settings, null, default);
        Assert.Equal(whole.Total, resumed.Total);
        await clean.DisposeAsync();
    }

    [Fact]
    public async Task A_broken_file_is_named_and_how_far_it_came_is_on_record()
    {
        var path = Path.Combine(_folder, "broken.xes");
        await File.WriteAllTextAsync(path, """<log><trace><string key="concept:name" value="1"/><event><string key="concept:name" value="Start trip"/></event></trace><trace>""");
        var settings = new ImportSettings { Path = path, FileName = "broken.xes", Id = "broken", Principal = "tester" };
        await Assert.ThrowsAsync<FormatException>(() => new XesImporter(_machine, _runtime.SendAsync, TimeProvider.System).RunAsync(settings, null, default));
        Assert.Equal(["import-started.v1", "import-failed.v1"], (await EventsAsync(StreamName.Parse("import-broken"))).Select(e => e.Type));
    }

    [Fact]
    public async Task An_unknown_setting_and_a_machine_without_mapping_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new XesImporter(new AccountMachine(), _runtime.SendAsync, TimeProvider.System));
        var settings = await DemoAsync(cases: 1) with { Machine = new Dictionary<string, string> { ["sixEyes"] = "on" } };
        var e = await Assert.ThrowsAsync<ArgumentException>(() => new XesImporter(_machine, _runtime.SendAsync, TimeProvider.System).RunAsync(settings, null, default));
        Assert.Contains("fourEyes", e.Message, StringComparison.Ordinal);
    }

    private async Task<ImportSettings> DemoAsync(int cases)
    {
        var path = Path.Combine(_folder, "demo.xes");
        await using (var file = File.Create(path))
        {
            await DemoLog.WriteAsync(file, seed: 11, cases, default);
        }

        return new ImportSettings
        {
            Path = path,
            FileName = "demo.xes",
            Xes = new XesOptions { ResourceKey = DemoLog.ResourceKey, AmountKey = DemoLog.AmountKey },
            Machine = new Dictionary<string, string> { ["fourEyes"] = "on" },
            Principal = "tester",
        };
    }

    private async Task<List<RecordedEvent>> EventsAsync(StreamName stream)
    {
        var events = new List<RecordedEvent>();
        await foreach (var transition in new ActorHistory(_journal, new ActorTypes()).ReadAsync(ActorId.Parse(stream.Value)))
        {
            events.AddRange(transition.Events);
        }

        return events;
    }

    private Task<long> HeadAsync() => Task.FromResult(_runtime.Statistics.Accepted);

    private static int Occurrences(RecordedEvent e, string text) => Encoding.UTF8.GetString(e.Data.Span).Split(text).Length - 1;

    private sealed class Steps : IProgress<ImportProgress>
    {
        public ImportProgress? Last { get; private set; }

        public void Report(ImportProgress value) => Last = value;
    }
}
