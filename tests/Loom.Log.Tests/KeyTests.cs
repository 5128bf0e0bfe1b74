using Loom.Core;
using Loom.Journal;
using Loom.Journal.Keys;
using Xunit;

namespace Loom.Log.Tests;

public sealed class KeyTests
{
    [Fact]
    public async Task After_a_rotation_both_keys_sign_one_checkpoint_and_then_the_new_one_alone()
    {
        await using var fixture = await LogFixture.StartAsync();
        using var next = new TestSigner();
        await using (var log = await fixture.OpenLogAsync())
        {
            await fixture.AppendAsync("account-a");
            var before = await log.FlushAsync(default);
            await log.RotateAsync(next, "operator", default);
            var overlap = log.LatestCheckpoint!;
            Assert.True(overlap.IsSignedBy(LogFixture.Origin, fixture.Signer.PublicKey.Span));
            Assert.True(overlap.IsSignedBy(LogFixture.Origin, next.PublicKey.Span));
            await fixture.AppendAsync("account-a");
            var after = await log.FlushAsync(default);
            Assert.False(after.Note.IsSignedBy(LogFixture.Origin, fixture.Signer.PublicKey.Span));
            Assert.True(after.Note.IsSignedBy(LogFixture.Origin, next.PublicKey.Span));

            var keys = await log.KeysAsync(default);
            Assert.Equal([fixture.Signer.KeyId, next.KeyId], keys.Select(k => k.KeyId));
            Assert.True(Checkpoint.TryParse(overlap.Text, out var both));
            Assert.Equal(both.Size, keys[0].ToSize);
            Assert.InRange(keys[1].FromSize, before.Size + 1, both.Size);
            await fixture.RequireOneLogAsync(log, fixture.Signer, next);
        }

        var refusal = await Assert.ThrowsAsync<JournalException>(() => fixture.OpenLogAsync());
        Assert.Contains(next.KeyId, refusal.Message, StringComparison.Ordinal);
        await using var opened = await fixture.OpenLogAsync(o => o with { Signer = next });
        await fixture.AppendAsync("account-b");
        Assert.True((await opened.FlushAsync(default)).Note.IsSignedBy(LogFixture.Origin, next.PublicKey.Span));
    }

    [Fact]
    public async Task An_unregistered_key_is_refused()
    {
        await using var fixture = await LogFixture.StartAsync();
        await using (var log = await fixture.OpenLogAsync())
        {
            await log.FlushAsync(default);
        }

        using var stranger = new TestSigner();
        var refusal = await Assert.ThrowsAsync<JournalException>(() => fixture.OpenLogAsync(o => o with { Signer = stranger }));
        Assert.Contains("not registered", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_revoked_key_signs_no_more_and_a_new_one_takes_over()
    {
        await using var fixture = await LogFixture.StartAsync();
        await using (var log = await fixture.OpenLogAsync())
        {
            var last = await log.FlushAsync(default);
            await log.RevokeAsync(fixture.Signer.KeyId, last.Size, "operator", default);
            await fixture.AppendAsync("account-a");
            await Assert.ThrowsAsync<JournalException>(() => log.FlushAsync(default));
            Assert.Equal(last.Note.Format(), log.LatestCheckpoint!.Format());
            Assert.Equal(last.Size, (await log.KeysAsync(default))[0].RevokedAfter);
        }

        await Assert.ThrowsAsync<JournalException>(() => fixture.OpenLogAsync());
        using var next = new TestSigner();
        await using var opened = await fixture.OpenLogAsync(o => o with { Signer = next });
        Assert.True((await opened.FlushAsync(default)).Note.IsSignedBy(LogFixture.Origin, next.PublicKey.Span));
        await fixture.RequireOneLogAsync(opened, fixture.Signer, next);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("a passphrase")]
    public async Task A_key_file_opens_as_the_same_key_and_is_closed_to_others(string? passphrase)
    {
        var folder = Directory.CreateTempSubdirectory("loom-key-").FullName;
        try
        {
            var path = Path.Combine(folder, "log.key");
            using var made = await KeyFile.CreateAsync(path, passphrase, "loom-log", default);
            using var opened = await KeyFile.OpenAsync(path, passphrase, "loom-log", default);
            Assert.Equal(made.PublicKey.ToArray(), opened.PublicKey.ToArray());
            Assert.Matches("^loom-log-[0-9a-f]{8}$", opened.Name);
            Assert.True(EcdsaP256.Verify(made.PublicKey.Span, [1, 2], opened.Sign([1, 2])));
            Assert.Equal(passphrase is not null, (await File.ReadAllTextAsync(path)).Contains("ENCRYPTED", StringComparison.Ordinal));
            await Assert.ThrowsAsync<KeyFileException>(() => KeyFile.CreateAsync(path, passphrase, "loom-log", default));
            await Assert.ThrowsAsync<KeyFileException>(() => KeyFile.OpenAsync(path, passphrase is null ? "another" : null, "loom-log", default));
            await Assert.ThrowsAsync<KeyFileException>(() => KeyFile.OpenAsync(path, "another", "loom-log", default));
            if (!OperatingSystem.IsWindows())
            {
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
                File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.GroupRead);
                var refusal = await Assert.ThrowsAsync<KeyFileException>(() => KeyFile.OpenAsync(path, passphrase, "loom-log", default));
                Assert.Contains("chmod 600", refusal.Message, StringComparison.Ordinal);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_file_that_is_no_key_is_refused()
    {
        var path = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(path, "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
            await Assert.ThrowsAsync<KeyFileException>(() => KeyFile.OpenAsync(path, null, "loom-log", default));
        }
        finally
        {
            File.Delete(path);
        }
    }
}
