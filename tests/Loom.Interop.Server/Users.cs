using Loom.EventStoreDb;
using Microsoft.AspNetCore.Http;

namespace Loom.Interop.Server;

/// <summary>
/// Who may call: a host and a writer, by name and password or by token. Over clear text everybody is a user, since the clients of this
/// protocol send no credentials there.
/// </summary>
internal static class Users
{
    private const string Bearer = "Bearer ";

    public static ValueTask<EventStoreCaller?> AuthenticateAsync(HttpContext http)
    {
        var authorization = http.Request.Headers.Authorization.ToString();
        return ValueTask.FromResult(
            authorization.Length == 0 ? http.Request.IsHttps ? EventStoreCaller.Anonymous : EventStoreCaller.User("clear text")
            : authorization.StartsWith(Bearer, StringComparison.Ordinal) ? authorization[Bearer.Length..] == "writer-token" ? EventStoreCaller.User("token") : null
            : BasicCredentials.From(http.Request) switch
            {
                { User: "host", Password: "h0st@home/?:" } => EventStoreCaller.Host("host"),
                { User: "writer", Password: "changeit" } => EventStoreCaller.User("writer"),
                { User: "wrïter", Password: "pass:wörd €/?@" } => EventStoreCaller.User("wrïter"),
                _ => null,
            });
    }
}
