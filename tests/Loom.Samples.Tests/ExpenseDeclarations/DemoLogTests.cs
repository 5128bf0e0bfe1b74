using Loom.Core;
using Loom.Runtime.Import;
using Loom.Samples.ExpenseDeclarations;

namespace Loom.Samples.Tests.ExpenseDeclarations;

public sealed class DemoLogTests
{
    private const int Seed = 2026;
    private static readonly XesOptions Options = new() { ResourceKey = DemoLog.ResourceKey, AmountKey = DemoLog.AmountKey };

    [Fact]
    public async Task The_same_seed_gives_the_same_bytes()
    {
        Assert.Equal((await WriteAsync(Seed)).ToArray(), (await WriteAsync(Seed)).ToArray());
        Assert.NotEqual((await WriteAsync(Seed)).ToArray(), (await WriteAsync(Seed + 1)).ToArray());
    }

    [Fact]
    public async Task The_log_is_believable_nearly_everything_is_accepted_and_four_eyes_catches_somebody()
    {
        var settings = new Dictionary<string, string> { ["fourEyes"] = "on" };
        var refused = new Dictionary<string, int>(StringComparer.Ordinal);
        var (cases, steps, paid) = (0, 0, 0);
        await foreach (var trace in XesReader.ReadAsync(await WriteAsync(Seed), Options, CancellationToken.None))
        {
            cases++;
            var actor = new InMemoryActor(new DeclarationMachine(), $"declaration-{XesMapping.Instance.ActorIdOf(trace.Name)}");
            var open = XesMapping.Instance.Open(trace.Steps[0].Step, settings)!;
            actor.Send(open.Type, open.Body, open.Principal, open.Roles).ShouldBeAccepted();
            Assert.Equal(trace.Steps.OrderBy(s => s.Step.At).Select(s => s.Step.Index), trace.Steps.Select(s => s.Step.Index));
            foreach (var (step, problem) in trace.Steps)
            {
                Assert.Null(problem);
                steps++;
                var command = XesMapping.Instance.Map(step)!;
                if (actor.Send(command.Type, command.Body, command.Principal, command.Roles) is MachineOutcome.Rejected r)
                {
                    refused[r.Rejection.Code] = refused.GetValueOrDefault(r.Rejection.Code) + 1;
                }
            }

            paid += actor.State!.Label == "paid" ? 1 : 0;
        }

        Assert.Equal(500, cases);
        Assert.True(refused.GetValueOrDefault("four-eyes") > 5, "nobody was caught");
        Assert.Equal(["four-eyes", "no-payment-requested"], refused.Keys.Order(StringComparer.Ordinal));
        Assert.InRange(refused.Values.Sum(), 1, steps / 20);
        Assert.InRange(paid, 450, 499);
    }

    private static async Task<MemoryStream> WriteAsync(int seed)
    {
        var stream = new MemoryStream();
        await DemoLog.WriteAsync(stream, seed, cases: 500, CancellationToken.None);
        stream.Position = 0;
        return stream;
    }
}
