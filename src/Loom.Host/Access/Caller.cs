using System.Security.Claims;

namespace Loom.Hosting.Access;

/// <summary>Who asks, as the gate found out.</summary>
/// <param name="Principal">As it will stand in links.</param>
/// <param name="Roles">Loom's roles.</param>
/// <param name="ApplicationRoles">Roles that machines see; null means any (loopback without login).</param>
/// <param name="ByToken">Whether a token said so.</param>
internal sealed record Caller(string Principal, IReadOnlyList<string> Roles, IReadOnlyList<string>? ApplicationRoles, bool ByToken)
{
    private const string PrincipalClaim = "loom:principal", RoleClaim = "loom:role", ApplicationRoleClaim = "loom:application-role";

    /// <summary>Whoever sits at this machine, in loopback mode.</summary>
    public static Caller Loopback { get; } = new("operator", [AccessTable.Operator], null, ByToken: false);

    public bool May(Permission permission) =>
        Roles.Any(r => AccessTable.Allows(r, permission)) || (!ByToken && permission == Permission.Impersonate);

    /// <summary>Why the caller may not act with these application roles, or null.</summary>
    public string? RefuseRoles(IEnumerable<string> roles) =>
        ApplicationRoles is not null && roles.Except(ApplicationRoles, StringComparer.Ordinal).FirstOrDefault() is { } missing
            ? $"{Principal} does not have the application role '{missing}'."
            : null;

    /// <summary>As the framework carries it (the console reads it back).</summary>
    public ClaimsPrincipal ToUser()
    {
        var identity = new ClaimsIdentity(ByToken ? "token" : "loopback", PrincipalClaim, RoleClaim);
        identity.AddClaim(new Claim(PrincipalClaim, Principal));
        identity.AddClaims(Roles.Select(r => new Claim(RoleClaim, r)));
        identity.AddClaims((ApplicationRoles ?? []).Select(r => new Claim(ApplicationRoleClaim, r)));
        return new ClaimsPrincipal(identity);
    }

    /// <summary>The caller behind a user, or null when nobody was let in.</summary>
    public static Caller? Of(ClaimsPrincipal? user)
    {
        if (user?.Identity is not ClaimsIdentity { IsAuthenticated: true, Name: { } principal } identity)
        {
            return null;
        }

        var byToken = identity.AuthenticationType == "token";
        return new Caller(
            principal, [.. identity.FindAll(RoleClaim).Select(c => c.Value)],
            byToken ? [.. identity.FindAll(ApplicationRoleClaim).Select(c => c.Value)] : null, byToken);
    }
}
