using Loom.Hosting.Access.Tokens;
using Loom.Testing;

namespace Loom.Host.Tests.Access;

/// <summary>The file of tokens: expiry, changes from outside, damage.</summary>
public sealed class TokenStoreTests : IDisposable
{
    private readonly Folder _folder = new();
    private readonly ManualTime _time = new();

    public void Dispose() => _folder.Dispose();

    private TokenStore Open() => new(_folder["tokens.json"], _time);

    [Fact]
    public void A_token_is_found_until_its_last_day_is_over()
    {
        var store = Open();
        var (token, secret, _) = store.Create("ada", ["service"], null, 2);
        Assert.Equal(token, store.Find(secret));
        _time.Advance(TimeSpan.FromDays(2) - TimeSpan.FromSeconds(1));
        Assert.True(store.Find(secret) is not null && store.Stands(token!.Id));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(store.Find(secret) is null && !store.Stands(token.Id));
    }

    [Fact]
    public void Another_secret_under_a_known_id_is_not_found()
    {
        var store = Open();
        var (_, secret, _) = store.Create("ada", ["service"], null, null);
        var (_, other, _) = store.Create("bob", ["service"], null, null);
        Assert.Null(store.Find(secret[..18] + other[18..]));
        Assert.Null(store.Find(secret + "x"));
        Assert.Null(store.Find(secret.ToUpperInvariant()));
    }

    [Fact]
    public void A_token_revoked_by_another_process_is_refused_within_a_second()
    {
        var store = Open();
        var (token, secret, _) = store.Create("ada", ["service"], null, null);
        Assert.True(Open().Revoke(token!.Id));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(store.Find(secret));
    }

    [Fact]
    public void Revoking_is_told_to_who_holds_connections_open()
    {
        var store = Open();
        var (token, _, _) = store.Create("ada", ["service"], null, null);
        var told = 0;
        store.Changed += () => told++;
        Assert.True(store.Revoke(token!.Id));
        Assert.False(store.Revoke(token.Id));
        Assert.Equal(1, told);
    }

    [Fact]
    public void A_file_that_others_may_read_or_that_is_damaged_lets_nobody_in()
    {
        var (_, secret, _) = Open().Create("ada", ["service"], null, null);
        File.WriteAllText(_folder["tokens.json"], "[{");
        Assert.Contains("damaged", Assert.Throws<InvalidDataException>(() => Open().Find(secret)).Message, StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_folder["tokens.json"], UnixFileMode.UserRead | UnixFileMode.OtherRead);
            Assert.Contains("chmod 600", Assert.Throws<InvalidDataException>(() => Open().Find(secret)).Message, StringComparison.Ordinal);
        }
    }
}
