using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Loom.Simulation.Tests.Kill;

/// <summary>
/// One data folder's life: the host is started, loaded by many clients at once, killed at a moment that the seed chose, checked, and
/// started again on what it left; at the end it comes to rest and everything is counted.
/// </summary>
internal sealed class Life : IDisposable
{
    private const int Clients = 12;
    private const string Origin = "loom.example/kill";
    private static readonly string[] Accounts = [.. Enumerable.Range(0, 8).Select(i => $"account-{(char)('a' + i)}")];

    private readonly int _seed;
    private readonly Random _random;
    private readonly string _folder = Directory.CreateTempSubdirectory("loom-kill-").FullName;
    private readonly ConcurrentDictionary<string, long> _counts = new(StringComparer.Ordinal);
    private readonly List<SentCommand> _sent = [];
    private readonly FolderCheck _check;
    private TimeSpan _startup = TimeSpan.FromSeconds(1);
    private int _round;

    private Life(int seed)
    {
        (_seed, _random) = (seed, new Random(seed));
        _check = new FolderCheck(Data, Origin);
    }

    private string Data => Path.Combine(_folder, "data");

    public static async Task<IReadOnlyDictionary<string, long>> RunAsync(int seed, int kills)
    {
        using var life = new Life(seed);
        try
        {
            for (life._round = 1; life._round <= kills; life._round++)
            {
                await life.RoundAsync();
            }

            await life.EndAsync();
            return life._counts;
        }
        catch (Exception e)
        {
            throw new InvariantException($"LOOM_SEED={seed}, kill {life._round}: {e.Message}\n{e}");
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task RoundAsync()
    {
        using var host = ChildHost.Start(Data, Origin);

        // One in six dies while it starts: in recovery, while it makes or reads its keys, before it listens.
        if (_random.Next(6) == 0)
        {
            await Task.WhenAny(host.Ready, Task.Delay(_startup * _random.NextDouble()));
            Count(host.Ready.IsCompleted ? "killed as it became ready" : "killed while starting");
            await host.KillAsync();
        }
        else
        {
            using var client = new BankClient(await host.Ready);
            _startup = host.Startup;
            var answered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var load = Task.WhenAll(Pending().Select(queue => LoadAsync(client, queue, answered)));
            if (_random.Next(8) > 0)
            {
                await Task.WhenAny(load, answered.Task); // a cold host takes its time for the first answer
            }

            await Task.WhenAny(load, Task.Delay(_random.Next(_random.Next(10) == 0 ? 2000 : 500)));
            Count(answered.Task.IsCompleted ? "killed under load" : "killed before the first answer");
            await host.KillAsync();
            _sent.AddRange((await load).SelectMany(fresh => fresh));
        }

        Count("kills");
        if (Directory.Exists(Path.Combine(Data, "journal")) && Directory.EnumerateFiles(Path.Combine(Data, "journal"), "*.seg").Any())
        {
            if (await _check.RunAsync(_sent))
            {
                Count("torn tails");
            }
        }
    }

    // What nobody answered is sent again first, spread over the clients.
    private List<Queue<SentCommand>> Pending()
    {
        var queues = Enumerable.Range(0, Clients).Select(_ => new Queue<SentCommand>()).ToList();
        foreach (var (command, i) in _sent.Where(c => c.Answer == Answer.Open).Select((c, i) => (c, i)))
        {
            queues[i % Clients].Enqueue(command);
        }

        if (_sent.Count == 0)
        {
            foreach (var (account, i) in Accounts.Select((a, i) => (a, i)))
            {
                var open = new SentCommand(account, "open", "{\"overdraft\":null,\"owner\":\"x\"}", $"open-{account}");
                _sent.Add(open);
                queues[i].Enqueue(open);
            }
        }

        return queues;
    }

    // The client's commands that are new in this round.
    private async Task<List<SentCommand>> LoadAsync(BankClient client, Queue<SentCommand> again, TaskCompletionSource answered)
    {
        Random random;
        lock (_random)
        {
            random = new Random(_random.Next());
        }

        var name = random.Next().ToString("x8", CultureInfo.InvariantCulture);
        var fresh = new List<SentCommand>();
        while (true)
        {
            if (!again.TryDequeue(out var command))
            {
                command = Next(random, string.Create(CultureInfo.InvariantCulture, $"r{_round}-{name}-{fresh.Count}"));
                fresh.Add(command);
            }

            if (!await client.SendAsync(command, Count))
            {
                return fresh;
            }

            answered.TrySetResult();
            if (command.Answer == Answer.Open)
            {
                again.Enqueue(command);
                await Task.Delay(5);
            }
        }
    }

    private static SentCommand Next(Random random, string id)
    {
        var account = Accounts[random.Next(Accounts.Length)];
        var other = Accounts[random.Next(Accounts.Length)];
        var amount = 1 + random.Next(50);
        return random.Next(10) switch
        {
            < 5 => new SentCommand(account, "deposit", $"{{\"amount\":\"{amount}\",\"reference\":null}}", id),
            < 8 when other != account => new SentCommand(account, "transfer", $"{{\"amount\":\"{amount}\",\"reference\":null,\"to\":\"{other}\"}}", id),
            _ => new SentCommand(account, "withdraw", $"{{\"amount\":\"{amount}\",\"reference\":null}}", id),
        };
    }

    // Started once more and left alone: what is open gets decided, all money arrives, the log takes everything in.
    private async Task EndAsync()
    {
        using var host = ChildHost.Start(Data, Origin);
        using (var client = new BankClient(await host.Ready))
        {
            foreach (var queue in Pending())
            {
                while (queue.TryDequeue(out var command))
                {
                    Require(await client.SendAsync(command, Count), $"the host did not answer {command.Id}:\n{host.LastWords()}");
                    if (command.Answer == Answer.Open)
                    {
                        queue.Enqueue(command);
                    }
                }
            }

            await SettleAsync(client, host);
            await client.PostAsync("/api/log/flush");
            await client.PostAsync("/api/shutdown");
        }

        await host.EndAsync();
        Require(!await _check.RunAsync(_sent), "an orderly end left a torn tail");
        await _check.CheckLogIsCompleteAsync();
        await using (var journal = await FolderCheck.OpenAsync(Data))
        {
            var acknowledged = _sent.Where(c => c.Answer == Answer.Accepted).Select(c => (c.Actor, c.Link, c.Id)).ToList();
            await new Invariants(journal, Accounts, acknowledged).CheckAsync();
        }

        // And all over again with fresh eyes: what was seen after each kill is there still.
        var whole = new FolderCheck(Data, Origin);
        await whole.RunAsync(_sent);
        Require(whole.Transitions == _check.Transitions && whole.Leaves == _check.Leaves && whole.Checkpoints == _check.Checkpoints, "the journal at the end is not what was seen along the way");
        Add("commands", _sent.Count);
        Add("acknowledged", _sent.Count(c => c.Answer == Answer.Accepted));
        Add("transitions", _check.Transitions);
        Add("leaves", _check.Leaves);
        Add("checkpoints", _check.Checkpoints);
        Add("consistency proofs", _check.ConsistencyProofs);
    }

    private async Task SettleAsync(BankClient client, ChildHost host)
    {
        for (var waited = Stopwatch.StartNew(); ;)
        {
            var inFlight = 0;
            foreach (var account in Accounts)
            {
                using var actor = await client.GetAsync($"/api/actors/{account}");
                inFlight += actor.RootElement.GetProperty("state").GetProperty("inFlight").GetArrayLength();
            }

            if (inFlight == 0)
            {
                return;
            }

            Require(waited.Elapsed < TimeSpan.FromMinutes(10), $"{inFlight} transfers of seed {_seed} never arrived:\n{host.LastWords()}");
            await Task.Delay(20);
        }
    }

    private void Count(string what) => Add(what, 1);

    private void Add(string what, long count) => _counts.AddOrUpdate(what, count, (_, before) => before + count);

    private static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new InvariantException(message);
        }
    }
}
