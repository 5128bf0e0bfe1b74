using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Loom.Hosting.Access.Tokens;

/// <summary>A token as it is kept: everything but the secret.</summary>
internal sealed record StoredToken(
    string Id, string Hash, string Name, IReadOnlyList<string> Roles, IReadOnlyList<string> ApplicationRoles, DateTimeOffset Created, DateTimeOffset? Expires);

/// <summary>The secret's form: <c>loom_ID_SECRET</c>, ID 12 hex digits, SECRET 32 random bytes in base64url. Only its SHA-256 is kept.</summary>
internal static class TokenSecret
{
    private const string Prefix = "loom_";
    private const int IdLength = 12, SecretLength = 43;

    public static (string Id, string Text) Create()
    {
        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdLength / 2));
        return (id, $"{Prefix}{id}_{Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32))}");
    }

    public static bool TryReadId(string? text, [NotNullWhen(true)] out string? id)
    {
        id = null;
        if (text is null || text.Length != Prefix.Length + IdLength + 1 + SecretLength || !text.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return false;
        }

        id = text.Substring(Prefix.Length, IdLength);
        return true;
    }

    public static string HashOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
