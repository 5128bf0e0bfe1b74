namespace Loom.Host.Tests.Access;

/// <summary>A host that others could reach asks for tokens, or does not start.</summary>
public sealed class ListeningTests
{
    [Theory]
    [InlineData("http://0.0.0.0:0")]
    [InlineData("http://[::]:0")]
    [InlineData("http://*:0")]
    [InlineData("http://+:0")]
    [InlineData("http://192.0.2.1:0")]
    [InlineData("http://loom.example.org:0")]
    [InlineData("http://127.0.0.1:0;http://0.0.0.0:0")]
    public async Task Without_tokens_no_address_but_loopback_is_listened_on(string urls)
    {
        var e = await Assert.ThrowsAsync<Loom.Hosting.StartupException>(() => RunningHost.StartAsync("--urls", urls));
        Assert.Equal(64, (int)e.Code);
        Assert.Contains("auth.mode", e.Message, StringComparison.Ordinal);
        Assert.Contains("loom token create", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://127.0.0.1:0")]
    [InlineData("nonsense")]
    [InlineData(";")]
    public async Task What_is_no_address_is_said_to_be_none(string urls)
    {
        var e = await Assert.ThrowsAsync<Loom.Hosting.StartupException>(() => RunningHost.StartAsync("--urls", urls));
        Assert.Contains("http://127.0.0.1:5080", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_process_says_so_and_exits_with_64()
    {
        using var folder = new Folder();
        var (code, error) = await ChildHost.RefusedAsync(folder["data"], "--urls", "http://0.0.0.0:0");
        Assert.Equal(64, code);
        Assert.Contains("can be reached from other machines", error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder["data"]));
    }

    [Fact]
    public async Task With_tokens_any_address_is_listened_on_and_nobody_let_in_without_one()
    {
        await using var host = await RunningHost.StartAsync("--urls", "http://0.0.0.0:0", "--auth.mode", "token");
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri($"http://127.0.0.1:{host.Address.Port}") };
        using var answer = await http.GetAsync("/api/whoami");
        await answer.ProblemAsync(401, "unauthenticated");
        http.DefaultRequestHeaders.Authorization = new("Bearer", host.FirstToken());
        Assert.Contains("operator", await http.GetStringAsync("/api/whoami"), StringComparison.Ordinal);
    }
}
