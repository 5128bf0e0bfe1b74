using System.Collections.Concurrent;
using Loom.Api;

namespace Loom.Host.Tests.Lifetime;

/// <summary>
/// Clients that send deposits, each with an id of its own, and remember which were acknowledged; afterwards every acknowledged one has to be
/// there, and none twice.
/// </summary>
internal sealed class Load(int actors, int seed)
{
    private readonly string[] _actors = [.. Enumerable.Range(0, actors).Select(i => $"account-load-{seed}-{i}")];
    private readonly ConcurrentDictionary<string, (string Actor, string Body)> _sent = new();
    private readonly ConcurrentDictionary<string, string> _acknowledged = new();
    private int _next;

    public int Acknowledged => _acknowledged.Count;

    /// <summary>Sends until so many more are acknowledged, does the thing in the middle of it, and goes on until the host is gone.</summary>
    public async Task RunAsync(HttpClient http, int acknowledged, Action then)
    {
        var target = _acknowledged.Count + acknowledged;
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var clients = Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            while (await SendAsync(http))
            {
                if (_acknowledged.Count >= target)
                {
                    reached.TrySetResult();
                }
            }
        })).ToArray();
        await Task.WhenAny(reached.Task, Task.WhenAll(clients));
        Assert.True(reached.Task.IsCompleted, "The host was gone before it was told to.");
        then();
        await Task.WhenAll(clients);
    }

    /// <summary>Sends until told to stop; what the host does not take is left for later.</summary>
    public Task RunUntilAsync(HttpClient http, CancellationToken stop) => Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
    {
        while (!stop.IsCancellationRequested)
        {
            await SendAsync(http);
        }
    }, CancellationToken.None)));

    /// <summary>Sends every command whose outcome is unknown again: with its id it is done once.</summary>
    public async Task RepeatUnknownAsync(HttpClient http)
    {
        foreach (var (id, (actor, body)) in _sent.Where(s => !_acknowledged.ContainsKey(s.Key)))
        {
            await AcknowledgedAsync(http, id, actor, body);
        }
    }

    public async Task CheckAsync(HttpClient http)
    {
        var there = new Dictionary<string, string>();
        foreach (var actor in _actors)
        {
            for (long? from = 0; from is not null;)
            {
                using var answer = await http.GetAsync($"/api/actors/{actor}/transitions?count=1000&from={from}");
                if (answer.StatusCode == System.Net.HttpStatusCode.NotFound)
                {
                    break;
                }

                var page = await answer.ReadAsync(LoomJson.Default.TransitionList);
                foreach (var t in page.Transitions)
                {
                    Assert.True(there.TryAdd($"{actor}/{t.CommandId}", t.Link), $"{t.CommandId} of {actor} is there twice (LOOM_SEED={seed}).");
                }

                from = page.Next;
            }
        }

        foreach (var (id, link) in _acknowledged)
        {
            Assert.True(there.TryGetValue($"{_sent[id].Actor}/{id}", out var found), $"{id} was acknowledged and is not there (LOOM_SEED={seed}).");
            Assert.Equal(link, found);
        }

        Assert.All(there.Keys, k => Assert.True(_sent.ContainsKey(k[(k.IndexOf('/', StringComparison.Ordinal) + 1)..])));
    }

    // False when the host answers no more.
    private async Task<bool> SendAsync(HttpClient http)
    {
        var number = Interlocked.Increment(ref _next);
        var actor = _actors[number % _actors.Length];
        var body = number <= _actors.Length ? """{"owner":"Ada"}""" : $$"""{"amount":"{{number}}"}""";
        return await AcknowledgedAsync(http, $"c-{number}", actor, body);
    }

    private async Task<bool> AcknowledgedAsync(HttpClient http, string id, string actor, string body)
    {
        _sent[id] = (actor, body);
        try
        {
            using var answer = await http.CommandAsync(actor, body.Contains("owner", StringComparison.Ordinal) ? "open" : "deposit", body, ("Idempotency-Key", id));
            if (answer.StatusCode == System.Net.HttpStatusCode.UnprocessableEntity)
            {
                return true; // not open yet: a rejection leaves nothing
            }

            if (answer.StatusCode != System.Net.HttpStatusCode.OK)
            {
                // Busy is not gone: only who drains, or answers no more, is.
                return answer.StatusCode is System.Net.HttpStatusCode.TooManyRequests or System.Net.HttpStatusCode.ServiceUnavailable
                    && !(await answer.Content.ReadAsStringAsync()).Contains("draining", StringComparison.Ordinal);
            }

            _acknowledged[id] = (await answer.ReadAsync(LoomJson.Default.CommandResult)).Link;
            return true;
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return false;
        }
    }
}
