using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace Loom.Hosting.Access.Tokens;

/// <summary>
/// The bearer tokens, in <c>tokens.json</c> of the data folder, readable by its owner only. The CLI may write it while no host runs; a
/// running host sees a changed file at the next request. Thread-safe.
/// </summary>
internal sealed partial class TokenStore(string path, TimeProvider time)
{
    private readonly Lock _gate = new();
    private ImmutableDictionary<string, StoredToken> _tokens = ImmutableDictionary<string, StoredToken>.Empty;
    private (DateTime Written, long Length) _seen;
    private long _looked = long.MinValue;

    /// <summary>A token may have gone: it was revoked here, or the file was changed by somebody else.</summary>
    public event Action? Changed;

    public IReadOnlyList<StoredToken> All
    {
        get
        {
            Load(always: true);
            return [.. _tokens.Values.OrderBy(t => t.Created)];
        }
    }

    /// <summary>The token behind a secret; null when it is unknown, revoked or expired.</summary>
    public StoredToken? Find(string? secret)
    {
        Load(always: false);
        var known = TokenSecret.TryReadId(secret, out var id) && _tokens.TryGetValue(id, out var token) ? token : null;

        // Hash and compare also for an unknown id, so that the time taken says nothing about which ids exist.
        var given = Encoding.ASCII.GetBytes(TokenSecret.HashOf(secret ?? ""));
        var kept = Encoding.ASCII.GetBytes(known?.Hash ?? new string('0', 64));
        return CryptographicOperations.FixedTimeEquals(given, kept) && known is not null && Lasts(known) ? known : null;
    }

    /// <summary>Whether a token that was let in once still is one.</summary>
    public bool Stands(string id)
    {
        Load(always: false);
        return _tokens.TryGetValue(id, out var token) && Lasts(token);
    }

    /// <summary>Makes one; the secret is returned this once. A reason instead, when the request is none.</summary>
    public (StoredToken? Token, string Secret, string? Refusal) Create(
        string? name, IReadOnlyList<string>? roles, IReadOnlyList<string>? applicationRoles, int? days)
    {
        var refusal =
            name is null || !Name().IsMatch(name) ? "A token's name is 1 to 100 letters, digits or . _ @ -; it becomes the principal."
            : roles is null or { Count: 0 } ? $"A token needs at least one of the roles {string.Join(", ", AccessTable.Roles)}."
            : roles.FirstOrDefault(r => !AccessTable.Roles.Contains(r)) is { } unknown ? $"'{unknown}' is no role of Loom; there are {string.Join(", ", AccessTable.Roles)}. Roles of your application go into applicationRoles."
            : (applicationRoles ?? []).Any(r => string.IsNullOrWhiteSpace(r) || r.Length > 100 || r.AsSpan().ContainsAny(",\r\n")) ? "An application role is 1 to 100 characters without commas or line breaks."
            : (applicationRoles ?? []).Any(AccessTable.Roles.Contains) ? "A role of Loom is none of the application's."
            : days is < 1 or > 36500 ? "A token lasts 1 to 36,500 days."
            : null;
        if (refusal is not null)
        {
            return (null, "", refusal);
        }

        var (id, secret) = TokenSecret.Create();
        var now = time.GetUtcNow();
        var token = new StoredToken(
            id, TokenSecret.HashOf(secret), name!, [.. roles!.Distinct().Order(StringComparer.Ordinal)],
            [.. (applicationRoles ?? []).Distinct().Order(StringComparer.Ordinal)], now, days is { } d ? now.AddDays(d) : null);
        lock (_gate)
        {
            Load(always: true);
            Save(_tokens.SetItem(id, token));
        }

        return (token, secret, null);
    }

    public bool Revoke(string id)
    {
        lock (_gate)
        {
            Load(always: true);
            if (!_tokens.ContainsKey(id))
            {
                return false;
            }

            Save(_tokens.Remove(id));
        }

        Changed?.Invoke();
        return true;
    }

    /// <exception cref="InvalidDataException">Others may read the file, or it is damaged.</exception>
    public void Load(bool always)
    {
        // At most one look at the file a second, however many requests come.
        var now = time.GetTimestamp();
        if (!always && _looked != long.MinValue && time.GetElapsedTime(_looked, now) < TimeSpan.FromSeconds(1))
        {
            return;
        }

        lock (_gate)
        {
            _looked = now;
            var info = new FileInfo(path);
            var stamp = info.Exists ? (info.LastWriteTimeUtc, info.Length) : default;
            if (stamp == _seen)
            {
                return;
            }

            if (info.Exists && !OperatingSystem.IsWindows() && (info.UnixFileMode & ~(UnixFileMode.UserRead | UnixFileMode.UserWrite)) != 0)
            {
                throw new InvalidDataException($"{path} may be read by others; run chmod 600 on it.");
            }

            _tokens = info.Exists ? Read().ToImmutableDictionary(t => t.Id, StringComparer.Ordinal) : ImmutableDictionary<string, StoredToken>.Empty;
            _seen = stamp;
        }
    }

    private bool Lasts(StoredToken token) => token.Expires is null || token.Expires > time.GetUtcNow();

    private IReadOnlyList<StoredToken> Read()
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), TokenJson.Default.IReadOnlyListStoredToken) ?? [];
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path} is damaged: {e.Message} Restore it, or delete it and make new tokens.", e);
        }
    }

    private void Save(ImmutableDictionary<string, StoredToken> tokens)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes([.. tokens.Values.OrderBy(t => t.Created)], TokenJson.Default.IReadOnlyListStoredToken);
        PrivateFile.Write(path, json);
        var info = new FileInfo(path);
        (_tokens, _seen) = (tokens, (info.LastWriteTimeUtc, info.Length));
    }

    [GeneratedRegex(@"\A[A-Za-z0-9._@-]{1,100}\z")]
    private static partial Regex Name();
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(IReadOnlyList<StoredToken>))]
internal sealed partial class TokenJson : JsonSerializerContext;
