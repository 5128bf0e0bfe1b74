using System.Text;
using Loom.Core;

namespace Loom.Samples.Tests.Modules;

/// <summary>A C# machine's answers in the form that a module gives them.</summary>
internal static class CSharpMachine
{
    public static ModuleAnswer Answer(Machine machine, MachineContext context, byte[] state, byte[] command)
    {
        var before = state.Length == 0 ? null : machine.Restore(state);
        return Answer(machine.Decide(before, context.CommandType, command, context));
    }

    public static ModuleAnswer Answer(MachineOutcome outcome) => outcome switch
    {
        MachineOutcome.Accepted a => new ModuleAnswer(true, a.State.Bytes.ToArray(), Events(a.Events)),
        MachineOutcome.Rejected r => Rejection(r.Rejection.Code, r.Rejection.Message),
        MachineOutcome.Invalid i => Rejection(i.Code, i.Message),
        var other => throw new InvalidOperationException($"{other} is no answer."),
    };

    /// <summary>Whether a module's answer is the same; of a body that does not fit only the code counts, the serializer words its reasons.</summary>
    public static void ShouldAnswerAs(this ModuleAnswer module, ModuleAnswer machine, Func<string> what)
    {
        const string invalid = """{"rejected":{"code":"invalid-command",""";
        var (actual, expected) = (module.ToString(), machine.ToString());
        Assert.True(
            actual == expected || (actual.StartsWith(invalid, StringComparison.Ordinal) && expected.StartsWith(invalid, StringComparison.Ordinal)),
            $"{what()}\n  C#:     {expected}\n  module: {actual}");
    }

    private static byte[] Events(IReadOnlyList<EmittedEvent> events)
    {
        var json = string.Join(',', events.Select(e => $$"""{"data":{{Encoding.UTF8.GetString(e.Data.Span)}},"type":"{{e.Type}}"}"""));
        return Encoding.UTF8.GetBytes($"[{json}]");
    }

    private static ModuleAnswer Rejection(string code, string message)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        var json = new CanonicalJsonWriter(buffer);
        json.StartObject();
        json.Name("code");
        json.String(code);
        json.Name("message");
        json.String(message);
        json.EndObject();
        return new ModuleAnswer(false, buffer.WrittenSpan.ToArray(), "[]"u8.ToArray());
    }
}
