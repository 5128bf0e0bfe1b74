using System.Text.Json;
using Loom.Core;
using Loom.Samples.ExpenseDeclarations;

namespace Loom.Samples.Tests.ExpenseDeclarations;

/// <summary>A case in memory that is fed with the steps of a log.</summary>
internal sealed class DeclarationCase
{
    private static readonly Dictionary<string, string> NoSettings = [];
    private static readonly DeclarationMachine Machine = new();

    public DeclarationCase(LogStep first)
    {
        var open = XesMapping.Instance.Open(first, NoSettings)!;
        Actor = new InMemoryActor(Machine, $"declaration-{XesMapping.Instance.ActorIdOf(first.Case)}");
        Actor.Send(open.Type, open.Body, open.Principal, open.Roles).ShouldBeAccepted();
    }

    public InMemoryActor Actor { get; }

    /// <summary>Where declaration, permit and trip stand, in the words of RULES.md.</summary>
    public string Standing
    {
        get
        {
            var state = JsonDocument.Parse(Actor.State!.Bytes).RootElement;
            return $"{Words(state.GetProperty("declaration").GetProperty("status"))} / {Words(state.GetProperty("permit").GetProperty("status"))} / {Words(state.GetProperty("trip"))}";
        }
    }

    /// <summary>A step as a log without amounts and times would have it.</summary>
    public static LogStep StepOf(string activity, int index = 0) =>
        new("declaration 1", index, activity, RoleIn(activity), null, null, new Cents(100));

    public MachineOutcome Step(LogStep step)
    {
        var command = XesMapping.Instance.Map(step);
        Assert.NotNull(command);
        return Actor.Send(command.Type, command.Body, command.Principal, command.Roles);
    }

    private static string RoleIn(string activity)
    {
        var by = activity.IndexOf(" by ", StringComparison.Ordinal);
        return by >= 0 ? activity[(by + 4)..] : activity is "Start trip" or "End trip" ? "EMPLOYEE" : "UNDEFINED";
    }

    // "InReview" → "in review"
    private static string Words(JsonElement name) =>
        string.Concat(name.GetString()!.Select((c, i) => char.IsUpper(c) ? (i == 0 ? "" : " ") + char.ToLowerInvariant(c) : c.ToString()));
}
