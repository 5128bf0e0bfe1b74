using Loom.Hosting.Access;
using Loom.Hosting.Api;
using Loom.Hosting.ConsoleViews;
using Loom.Hosting.Operations;
using Loom.Runtime;
using Loom.Testing;
using Loom.Web.Data;
using Microsoft.AspNetCore.Components.Authorization;
using ModuleReport = Loom.Web.Data.ModuleReport;

namespace Loom.Host.Tests.ConsolePages;

/// <summary>Modules as the console lists, looks at and registers them.</summary>
public sealed class ModulesAtTheConsoleTests : IAsyncLifetime
{
    private RunningHost _host = null!;

    public async Task InitializeAsync() => _host = await RunningHost.StartAsync("--blobs.cache", "0");

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Registered_modules_are_found_by_name_type_and_hash_and_come_in_pages()
    {
        var view = ViewOf(Caller.Loopback);
        Assert.Empty((await view.FindAsync(new ModuleQuery(null, 0, 10), default)).Rows);
        foreach (var name in (string[])["counter", "counter-c", "echo"])
        {
            Assert.Equal(ModuleStanding.Registered, (await AddAsync(view, name)).Standing);
        }

        Assert.Equal(ModuleStanding.Known, (await AddAsync(view, "counter")).Standing);
        var page = await view.FindAsync(new ModuleQuery("", 1, 1), default);
        Assert.Equal((3, "counter-c"), (page.Total, Assert.Single(page.Rows).Name));
        Assert.Equal(["counter", "counter-c"], (await view.FindAsync(new ModuleQuery("COUNTER", 0, 10), default)).Rows.Select(r => r.Name));
        var echo = Assert.Single((await view.FindAsync(new ModuleQuery("echo@1", 0, 10), default)).Rows);
        Assert.Equal("echo", Assert.Single((await view.FindAsync(new ModuleQuery(echo.Sha256[10..30], 0, 10), default)).Rows).Name);
        Assert.Contains("loom_main", echo.Exports);
        Assert.True(echo is { Current: true, Problem: null, Capabilities.Count: 0 });
    }

    [Fact]
    public async Task A_module_is_shown_with_what_stands_beside_it_and_can_be_chosen()
    {
        var view = ViewOf(Caller.Loopback);
        await AddAsync(view, "counter");
        var other = (await AddAsync(view, "counter-c")).Sha256;
        var detail = (await view.ModuleAsync(other, default))!;
        Assert.False(detail.Row.Current);
        Assert.Equal(["increment", "reset"], detail.Commands.Select(c => c.Type));
        Assert.Equal("counter", Assert.Single(detail.Beside).Name);
        Assert.True(detail.Anatomy!.Provable);

        Assert.Null(await view.UseAsync(other, default));
        Assert.True((await view.ModuleAsync(other, default))!.Row.Current);
        Assert.Null(await view.ModuleAsync(new string('0', 64), default));
        Assert.Null(await view.ModuleAsync("../x", default));
        Assert.NotNull(await view.UseAsync(new string('0', 64), default));
    }

    [Fact]
    public async Task Who_may_not_register_modules_is_told_so_and_nothing_happens()
    {
        var eve = ViewOf(new Caller("eve", ["auditor"], [], ByToken: true));
        foreach (var report in (ModuleReport[])[await AddAsync(eve, "echo"), await eve.CheckAsync(default, default, default)])
        {
            Assert.Equal((ModuleStanding.Refused, "forbidden"), (report.Standing, report.Findings[0].Rule));
            Assert.Contains("developer", report.Findings[0].Message, StringComparison.Ordinal);
        }

        Assert.Contains("eve may not", await eve.UseAsync(new string('0', 64), default), StringComparison.Ordinal);
        Assert.Equal(0, (await eve.FindAsync(new ModuleQuery(null, 0, 10), default)).Total);
    }

    [Fact]
    public async Task A_module_that_lost_its_bytes_says_what_to_do()
    {
        var view = ViewOf(Caller.Loopback);
        var hash = (await AddAsync(view, "echo")).Sha256;
        var blob = Assert.Single(Directory.EnumerateFiles(_host.Data, "*", SearchOption.AllDirectories), f => Path.GetFileName(f).Contains(hash[4..], StringComparison.Ordinal));
        File.Delete(blob);
        var row = Assert.Single((await view.FindAsync(new ModuleQuery(null, 0, 10), default)).Rows);
        Assert.Contains("loom blob put", row.Problem, StringComparison.Ordinal);
        Assert.Empty(row.Exports);
        Assert.Null((await view.ModuleAsync(hash, default))!.Anatomy);
    }

    private static async Task<ModuleReport> AddAsync(ModulesView view, string name)
    {
        var folder = Path.Combine(TestData.Root, "samples", "modules");
        return await view.AddAsync(
            await File.ReadAllBytesAsync(Path.Combine(folder, name + ".wasm")), await File.ReadAllBytesAsync(Path.Combine(folder, name + ".module.json")), default);
    }

    private ModulesView ViewOf(Caller caller) => new(
        _host.Service<ModuleRegistry>(), _host.Service<ActorDirectory>(), new ModuleLooks(_host.Service<ModuleRegistry>()), _host.Service<RequestPlaces>(),
        _host.Service<Audit>(), new PersonAtConsole(new Seated(caller)));

    private sealed class Seated(Caller caller) : AuthenticationStateProvider
    {
        public override Task<AuthenticationState> GetAuthenticationStateAsync() => Task.FromResult(new AuthenticationState(caller.ToUser()));
    }
}
