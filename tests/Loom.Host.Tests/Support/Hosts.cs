using Loom.Api;

namespace Loom.Host.Tests;

/// <summary>One host for all tests that only need any host on loopback; each uses actors of its own.</summary>
public sealed class LoopbackHost : IAsyncLifetime
{
    public RunningHost Host { get; private set; } = null!;

    public HttpClient Http => Host.Http;

    // With proofs, so that the page of metrics has theirs, whatever else runs in this process.
    public async Task InitializeAsync() => Host = await RunningHost.StartAsync("--proving.policies", """{"nothing":"never"}""");

    public async Task DisposeAsync() => await Host.DisposeAsync();
}

[CollectionDefinition(Name)]
public sealed class OnLoopback : ICollectionFixture<LoopbackHost>
{
    public const string Name = "on loopback";
}

/// <summary>One host that wants a token of everybody, with a token for each of Loom's roles.</summary>
public sealed class TokenHost : IAsyncLifetime
{
    public static readonly string[] Roles = ["operator", "auditor", "service", "developer", "host", "prover"];

    private readonly Dictionary<string, string> _tokens = [];

    public RunningHost Host { get; private set; } = null!;

    /// <summary>An operator's.</summary>
    public string Operator => _tokens["operator"];

    public string TokenOf(string role) => _tokens[role];

    public async Task InitializeAsync()
    {
        Host = await RunningHost.StartAsync("--auth.mode", "token");
        var first = Host.FirstToken();
        foreach (var role in Roles)
        {
            _tokens[role] = (await Host.CreateTokenAsync(first, $"{role}-1", [role], ["SUPERVISOR"])).Token;
        }
    }

    public async Task DisposeAsync() => await Host.DisposeAsync();
}

[CollectionDefinition(Name)]
public sealed class WithTokens : ICollectionFixture<TokenHost>
{
    public const string Name = "with tokens";
}
