namespace Loom.Cli.Tests.Online;

[Collection(HostCollection.Name)]
public sealed class ProvenanceTests(HostFixture fixture)
{
    private Task<Ran> LoomAsync(params string[] args) => fixture.Host.LoomAsync(args);

    private async Task<(string Bundle, string Trust)> CaseAsync(string name, params string[] export)
    {
        (await LoomAsync("send", $"account-{name}", "open", """{"owner":"Ada Lovelace"}""")).Good();
        var (bundle, trust) = (fixture.Folder[$"{name}.loom"], fixture.Folder[$"{name}.trust.json"]);
        Assert.Contains($"account-{name} at tree size ", (await LoomAsync(["export", $"account-{name}", "-o", bundle, .. export])).Good(), StringComparison.Ordinal);
        Assert.Contains("Compare the fingerprints", (await LoomAsync("trust", "export", "-o", trust)).Good(), StringComparison.Ordinal);
        return (bundle, trust);
    }

    [Fact]
    public async Task What_is_exported_verifies_and_a_changed_byte_is_caught()
    {
        var (bundle, trust) = await CaseAsync("proof");
        Assert.Contains("every required claim holds", (await Ran.LoomAsync("verify", bundle, "--trust", trust)).Good(), StringComparison.Ordinal);
        var bytes = await File.ReadAllBytesAsync(bundle);
        bytes[bytes.AsSpan().IndexOf("Ada Lovelace"u8)] ^= 1;
        var forged = await Ran.LoomAsync("verify", fixture.Folder.Write("forged.loom", bytes), "--trust", trust);
        Assert.InRange(forged.Exit, 1, 2);
    }

    [Fact]
    public async Task Hidden_data_is_nowhere_in_the_bundle_and_the_rest_verifies()
    {
        var (bundle, trust) = await CaseAsync("hidden", "--hide", "data", "commands");
        Assert.Equal(-1, (await File.ReadAllBytesAsync(bundle)).AsSpan().IndexOf("Ada Lovelace"u8));
        Assert.Contains("not covered everything disclosed", (await Ran.LoomAsync("verify", bundle, "--trust", trust)).Good(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_is_replaced_only_when_asked_and_who_does_not_exist_has_no_bundle()
    {
        var (bundle, _) = await CaseAsync("again");
        var again = await LoomAsync("export", "account-again", "-o", bundle);
        Assert.Equal(64, again.Exit);
        Assert.Contains("exists already.", again.Error, StringComparison.Ordinal);
        (await LoomAsync("export", "account-again", "-o", bundle, "--force")).Good();
        var nobody = await LoomAsync("export", "account-nobody", "-o", fixture.Folder["nobody.loom"]);
        Assert.Equal((1, false), (nobody.Exit, File.Exists(fixture.Folder["nobody.loom"])));
    }

    [Fact]
    public async Task A_checkpoint_that_was_kept_is_consistent_with_a_later_bundle()
    {
        var (_, _) = await CaseAsync("seen1");
        var note = fixture.Folder.Write("kept.note", (await LoomAsync("log", "show", "--note")).Good());
        var (bundle, trust) = await CaseAsync("seen2");
        Assert.Contains("holds       consistent with", (await Ran.LoomAsync("verify", bundle, "--trust", trust, "--seen", note)).Good(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_log_shows_checkpoints_entries_and_a_proof_that_is_computed_here()
    {
        await CaseAsync("logged");
        var shown = (await LoomAsync("log", "show")).Good();
        Assert.Contains(", built by this host", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("0001-01-01", shown, StringComparison.Ordinal);
        var entry = (await LoomAsync("log", "entries", "--count", "10000", "--json")).Json().GetProperty("entries").EnumerateArray().Single(e => e.GetProperty("stream").GetString() == "account-logged");
        var proof = (await LoomAsync("log", "proof", "account-logged", "--json")).Json();
        Assert.Equal(entry.GetProperty("link").GetString(), proof.GetProperty("link").GetString());
        Assert.Equal(entry.GetProperty("index").GetInt64(), proof.GetProperty("index").GetInt64());
        var newest = (await LoomAsync("log", "checkpoints", "--count", "1", "--json")).Json().GetProperty("checkpoints")[0];
        Assert.True(newest.GetProperty("size").GetInt64() >= proof.GetProperty("size").GetInt64());
        var none = await LoomAsync("log", "proof", "account-nobody");
        Assert.Equal(1, none.Exit);
        Assert.Contains("No transition of account-nobody is in the log", none.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Publish_writes_the_checkpoint_outside_the_data_folder()
    {
        await CaseAsync("published");
        var said = (await LoomAsync("log", "publish")).Good();
        Assert.Contains(fixture.Published, said, StringComparison.Ordinal);
        var (bundle, trust) = await CaseAsync("after");
        Assert.Contains("holds       consistent with", (await Ran.LoomAsync("verify", bundle, "--trust", trust, "--seen", fixture.Published)).Good(), StringComparison.Ordinal);
    }
}
