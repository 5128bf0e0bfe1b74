using System.Net.Http.Headers;
using Loom.Api;
using Loom.Core;
using Loom.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Loom.Host.Tests;

/// <summary>A host in this process, listening on a free port of loopback, with a data folder of its own.</summary>
public sealed class RunningHost : IAsyncDisposable
{
    private readonly LoomApplication _host;
    private readonly Folder? _folder;

    private RunningHost(LoomApplication host, Folder? folder, string data)
    {
        (_host, _folder, Data) = (host, folder, data);
        Http = Client();
    }

    /// <summary>Its data folder.</summary>
    public string Data { get; }

    public Uri Address => _host.Address;

    /// <summary>Where it serves its journal as EventStoreDB does.</summary>
    public Uri Streams => _host.EventStoreDbAddresses[0];

    /// <summary>A caller without a token.</summary>
    public HttpClient Http { get; }

    public static Task<RunningHost> StartAsync(params string[] args) => StartAsync([], args);

    /// <summary>Starts on a folder that stays the caller's.</summary>
    public static Task<RunningHost> StartOnAsync(string data, params string[] args) => StartOnAsync(data, [], args);

    /// <summary>The same, with machines of the test's own.</summary>
    public static async Task<RunningHost> StartOnAsync(string data, IReadOnlyList<Machine> machines, params string[] args) =>
        new(await BuildAsync(data, machines, args, null), null, data);

    public static async Task<RunningHost> StartAsync(IReadOnlyList<Machine> machines, string[] args, IReadOnlyDictionary<string, string>? variables = null)
    {
        var folder = new Folder();
        try
        {
            return new RunningHost(await BuildAsync(folder["data"], machines, args, variables), folder, folder["data"]);
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>A caller with a token, or none.</summary>
    public HttpClient Client(string? token = null)
    {
        // Not the process's proxy, and no redirect followed: a test looks at the first answer.
        var http = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = Address, Timeout = TimeSpan.FromMinutes(10) };
        if (token is not null)
        {
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        return http;
    }

    public T Service<T>()
        where T : notnull => _host.Services.GetRequiredService<T>();

    /// <summary>The token that a host with auth.mode = token makes at its first start.</summary>
    public string FirstToken() => File.ReadAllText(Path.Combine(Data, "operator.token")).Trim();

    /// <summary>Makes a token over the API.</summary>
    public async Task<TokenCreated> CreateTokenAsync(string by, string name, string[] roles, string[]? applicationRoles = null)
    {
        using var http = Client(by);
        using var answer = await http.PostAsync("/api/tokens", Json.Body(new TokenRequest(name, roles, applicationRoles), LoomJson.Default.TokenRequest));
        return await answer.ReadAsync(LoomJson.Default.TokenCreated, 201);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _host.DisposeAsync();
        _folder?.Dispose();
    }

    private static async Task<LoomApplication> BuildAsync(string data, IReadOnlyList<Machine> machines, string[] args, IReadOnlyDictionary<string, string>? variables)
    {
        string[] all = ["--data", data, "--urls", "http://127.0.0.1:0", "--console", "false", "--logging.level", "error", "--eventStoreDb.urls", "off", .. args];
        var builder = new LoomHostBuilder(all) { Variables = variables ?? new Dictionary<string, string>() };
        foreach (var machine in machines)
        {
            builder.Machines.Add(machine);
        }

        return await builder.StartAsync();
    }
}
