using System.Security.Claims;
using Loom.Hosting.Access;
using Loom.Hosting.ConsoleViews;
using Loom.Hosting.Operations;
using Loom.Runtime;
using Loom.Web.Data;
using Microsoft.AspNetCore.Components.Authorization;

namespace Loom.Host.Tests.ConsolePages;

/// <summary>Commands from the console: the person's own roles, for Loom and for machines.</summary>
[Collection(OnLoopback.Name)]
public sealed class RolesAtTheConsoleTests(LoopbackHost on)
{
    [Fact]
    public async Task A_person_on_loopback_acts_with_the_roles_they_name()
    {
        var view = ViewOf(Caller.Loopback);
        var actor = $"declaration-{Guid.CreateVersion7():N}";
        Assert.True((await SendAsync(view, actor, "open-case", """{"amount":"5","fourEyes":false}""")).Accepted);
        Assert.Equal("role-missing", (await SendAsync(view, actor, "submit-declaration", "{}")).Code);
        var answer = await SendAsync(view, actor, "submit-declaration", "{}", "employee");
        Assert.True(answer.Accepted, answer.Message);
        Assert.Equal(["declaration-submitted.v1"], answer.EventTypes);
        Assert.True((await SendAsync(view, actor, "approve-declaration", """{"as":"supervisor","final":true}""", "supervisor")).Accepted);
    }

    [Fact]
    public async Task A_person_with_a_token_acts_with_its_roles_only()
    {
        var actor = $"declaration-{Guid.CreateVersion7():N}";
        var ada = ViewOf(new Caller("ada", ["operator"], ["employee"], ByToken: true));
        Assert.True((await SendAsync(ada, actor, "open-case", """{"amount":"5"}""")).Accepted);
        Assert.Equal("forbidden", (await SendAsync(ada, actor, "submit-declaration", "{}", "supervisor")).Code);
        Assert.True((await SendAsync(ada, actor, "submit-declaration", "{}", "employee")).Accepted);
        var auditor = ViewOf(new Caller("eve", ["auditor"], ["employee"], ByToken: true));
        Assert.Equal("forbidden", (await SendAsync(auditor, actor, "save-declaration", "{}", "employee")).Code);
    }

    [Fact]
    public async Task Nobody_at_the_console_may_nothing() =>
        Assert.Equal("forbidden", (await SendAsync(ViewOf(null), "account-1", "open", """{"owner":"x"}""")).Code);

    private CommandsView ViewOf(Caller? caller) => new(
        on.Host.Service<ActorRuntime>(), on.Host.Service<HostState>(), on.Host.Service<ActorHistory>(), new PersonAtConsole(new Seated(caller?.ToUser() ?? new ClaimsPrincipal(new ClaimsIdentity()))));

    private static Task<CommandAnswer> SendAsync(CommandsView view, string actor, string command, string json, params string[] roles) =>
        view.SendAsync(new CommandRequest(actor, command, json, Guid.NewGuid().ToString("N"), roles), default);

    private sealed class Seated(ClaimsPrincipal user) : AuthenticationStateProvider
    {
        public override Task<AuthenticationState> GetAuthenticationStateAsync() => Task.FromResult(new AuthenticationState(user));
    }
}
