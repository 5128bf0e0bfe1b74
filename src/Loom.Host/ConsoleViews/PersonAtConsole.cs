using Loom.Hosting.Access;
using Microsoft.AspNetCore.Components.Authorization;

namespace Loom.Hosting.ConsoleViews;

/// <summary>Who sits at this circuit of the console: the user that the gate let in with the page.</summary>
internal sealed class PersonAtConsole(AuthenticationStateProvider authentication)
{
    public async Task<Caller> WhoAsync() =>
        Caller.Of((await authentication.GetAuthenticationStateAsync()).User) ?? new Caller("nobody", [], [], ByToken: true);
}
