using Loom.Api;
using Loom.Hosting.Access;
using Loom.Hosting.Access.Tokens;
using Loom.Hosting.Operations;
using Loom.Hosting.Problems;

namespace Loom.Hosting.Api;

/// <summary>Bearer tokens. A secret leaves the host once, in the answer to the request that made it.</summary>
internal static class TokenRoutes
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/tokens", (TokenStore tokens) => Results.Json(new TokenList([.. tokens.All.Select(Item)]), LoomJson.Default.TokenList))
            .Needs(Permission.Administer).WithName("ListTokens").WithTags("tokens").WithSummary("The tokens, without their secrets.").Produces<TokenList>();
        routes.MapPost("/api/tokens", CreateAsync).Needs(Permission.Administer)
            .WithName("CreateToken").WithTags("tokens").WithSummary("Makes a token; its secret is shown this once.").Accepts<TokenRequest>("application/json").Produces<TokenCreated>(201);
        routes.MapDelete("/api/tokens/{id}", RevokeAsync).Needs(Permission.Administer)
            .WithName("RevokeToken").WithTags("tokens").WithSummary("Revokes a token at once.").Produces(204);
    }

    private static async Task<IResult> CreateAsync(HttpContext context, TokenStore tokens, Audit audit, DataFolder data)
    {
        var wanted = await Answer.BodyAsync(context.Request, LoomJson.Default.TokenRequest);
        audit.RequireWritable();
        var (token, secret, refusal) = tokens.Create(wanted.Name, wanted.Roles, wanted.ApplicationRoles, wanted.Days);
        if (token is null)
        {
            return Refusal.Invalid(refusal!);
        }

        try
        {
            await audit.WriteAsync(context.Caller(), "tokenCreated", $"{token.Id} for {token.Name}: {string.Join(", ", token.Roles)}", CancellationToken.None);
        }
        catch
        {
            tokens.Revoke(token.Id); // what is not journaled did not happen
            throw;
        }

        // The first token has served its purpose; a secret in clear is not to lie there for ever.
        if (token.Roles.Contains(AccessTable.Operator))
        {
            File.Delete(data.FirstToken);
        }

        context.Response.Headers.CacheControl = "no-store";
        return Results.Json(new TokenCreated(token.Id, secret, Item(token)), LoomJson.Default.TokenCreated, statusCode: 201);
    }

    // Revoking comes first and counts, whatever becomes of the journal.
    private static async Task<IResult> RevokeAsync(string id, HttpContext context, TokenStore tokens, Audit audit)
    {
        if (!tokens.Revoke(id))
        {
            return Refusal.NotFound($"There is no token '{id}'; 'loom token list' (GET /api/tokens) lists them.");
        }

        await audit.TryWriteAsync(context.Caller(), "tokenRevoked", id);
        return Results.NoContent();
    }

    private static TokenItem Item(StoredToken t) => new(t.Id, t.Name, t.Roles, t.ApplicationRoles, t.Created, t.Expires);
}
