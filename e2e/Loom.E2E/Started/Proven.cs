using System.Text.Json;
using Loom.Testing;

namespace Loom.E2E.Started;

/// <summary>Hosts whose counters are proven from 1,000 on, and others on demand.</summary>
public static class Proven
{
    /// <summary>What is to be proven.</summary>
    public static readonly string[] Policies = ["--proving.sets", "std", "--proving.policies", """{"counter":{"prove":"when command.by >= 1000","set":"std"}}"""];

    /// <summary>The same with the prover of this checkout; on a machine with much else to do it computes with one thread.</summary>
    public static string[] ByProgram => ["--proving.prover", "program", "--proving.program", ProverProgram.Path!, "--proving.threads", "1", .. Policies];

    /// <summary>Counts in one transition.</summary>
    public static Task CountAsync(LoomApi api, string actor, int by) => api.SendAsync(actor, "increment", new { by });

    /// <summary>Waits until the queue's figures are as wanted; the prover may have much to do.</summary>
    public static async Task<JsonElement> UntilAsync(LoomApi api, Func<JsonElement, bool> wanted)
    {
        var end = DateTimeOffset.UtcNow.AddMinutes(10);
        while (true)
        {
            var list = await api.GetAsync("/api/proofs");
            if (wanted(list))
            {
                return list;
            }

            Assert.True(DateTimeOffset.UtcNow < end, $"the queue of proofs stays as it is: {list}");
            await Task.Delay(200);
        }
    }

    /// <summary>Proofs in a state.</summary>
    public static int In(JsonElement list, string state) => list.GetProperty("byState").GetProperty(state).GetInt32();
}
