using System.CommandLine;
using Loom.Testing;

namespace Loom.Cli.Tests.Proofs;

/// <summary>Where nothing can be proven: what is asked for waits, with the reason; who waits may stop.</summary>
public sealed class WithoutProverTests : IDisposable
{
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_is_asked_for_waits_with_the_reason_and_an_interrupt_ends_the_waiting_or_the_job()
    {
        await using (var plain = await RunningHost.LoomRunAsync(_folder["data"]))
        {
            (await plain.LoomAsync("module", "add", Path.Combine(TestData.Root, "samples", "modules", "counter.wasm"))).Good();
            (await plain.LoomAsync("send", "counter-a", "increment")).Good();
            var off = await plain.LoomAsync("prove", "list");
            Assert.Equal(1, off.Exit);
            Assert.Contains("Set proving.policies and proving.prover. (proofs-off)", off.Error, StringComparison.Ordinal);
            Assert.Contains("counter-a has no receipts.", (await plain.LoomAsync("receipts", "counter-a")).Good(), StringComparison.Ordinal);
        }

        var config = _folder.Write("loom.json", """{ "proving": { "prover": "off", "policies": { "counter": "on-demand" } } }""");
        await using var host = await RunningHost.LoomRunAsync(_folder["data"], "--config", config);
        var asked = (await host.LoomAsync("prove", "counter-a")).Good();
        Assert.Contains("counter-a at revision 0: queued since ", asked, StringComparison.Ordinal);
        Assert.Contains("Proofs wait. No prover is configured (proving.prover is off).", asked, StringComparison.Ordinal);

        var interrupted = await InterruptedAsync("prove", "counter-a", "0", "--wait", "--host", host.Address);
        Assert.Equal(130, interrupted.Exit);
        Assert.Contains("the proof goes on", interrupted.Error, StringComparison.Ordinal);
        Assert.Equal("queued", await StateAsync(host));
        var calledOff = await InterruptedAsync("prove", "counter-a", "0", "--wait", "--cancel-on-interrupt", "--host", host.Address);
        Assert.Equal(130, calledOff.Exit);
        Assert.Contains("was called off", calledOff.Error, StringComparison.Ordinal);
        Assert.Equal("cancelled", await StateAsync(host));

        Assert.Equal(1, (await host.LoomAsync("prove", "counter-a", "0", "--wait")).Exit); // nobody proves what was called off
        Assert.Contains("queued since", (await host.LoomAsync("prove", "retry", "counter-a", "0")).Good(), StringComparison.Ordinal);
        Assert.Contains("1 queued", (await host.LoomAsync("prove", "list")).Good(), StringComparison.Ordinal);
    }

    private static async Task<string?> StateAsync(RunningHost host) =>
        (await host.LoomAsync("prove", "show", "counter-a", "0", "--json")).Json().GetProperty("state").GetString();

    /// <summary>Ctrl+C at the first sign of waiting.</summary>
    private static async Task<Ran> InterruptedAsync(params string[] args)
    {
        using var interrupt = new CancellationTokenSource();
        var (output, error) = (new StringWriter(), new InterruptingWriter(interrupt));
        var exit = await LoomApp.RunAsync(args, new InvocationConfiguration { Output = output, Error = error }, interrupt.Token);
        return new Ran(exit, output.ToString(), error.ToString());
    }

    private sealed class InterruptingWriter(CancellationTokenSource interrupt) : StringWriter
    {
        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            if (value?.Contains("queued", StringComparison.Ordinal) == true)
            {
                interrupt.Cancel();
            }
        }
    }
}
