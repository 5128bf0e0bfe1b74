using System.Text;
using System.Text.Json;
using Loom.Core;

namespace Loom.Samples.Tests.Modules;

/// <summary>One actor that lives twice, in a module and in the C# machine; every step is compared.</summary>
internal sealed class Twin(ModuleMachine module, Machine machine, string actor, string name)
{
    private byte[] _state = [];
    private MachineState? _machineState;
    private int _sent;
    private int _revision;

    /// <summary>How many steps were accepted, and how many refused.</summary>
    public SortedDictionary<string, long> Counts { get; } = new(StringComparer.Ordinal);

    public Timestamp Now { get; } = Timestamp.Parse("2026-01-01T00:00:00.000000Z");

    public ModuleAnswer Send(string command, ReadOnlyMemory<byte> body, string principal, IEnumerable<string> roles, Timestamp at)
    {
        var context = new MachineContext(
            actor, at, $"command-{++_sent}", command, principal, _revision, [.. roles.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)]);
        var bytes = body.ToArray();
        var answer = module.Decide(context, _state, bytes);
        var outcome = machine.Decide(_machineState, command, bytes, context);
        answer.ShouldAnswerAs(
            CSharpMachine.Answer(outcome), () => $"{name}, step {_sent}: {command} {Encoding.UTF8.GetString(bytes)} by {principal} on {Encoding.UTF8.GetString(_state)}");
        if (outcome is MachineOutcome.Accepted accepted)
        {
            _machineState = accepted.State;
            _state = answer.State;
            _revision += accepted.Events.Count;
        }

        var kind = answer.Accepted ? "accepted" : "refused";
        Counts[kind] = Counts.GetValueOrDefault(kind) + 1;
        return answer;
    }

    /// <summary>The bodies of the events of that type in an answer.</summary>
    public static IEnumerable<JsonElement> Events(ModuleAnswer answer, string type) =>
        JsonDocument.Parse(answer.Events).RootElement.EnumerateArray()
            .Where(e => e.GetProperty("type").GetString() == type).Select(e => e.GetProperty("data"));
}
