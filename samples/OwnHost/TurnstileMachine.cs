using System.Text.Json.Serialization;
using Loom.Core;
using Answer = Loom.Core.Decision<Loom.Samples.OwnHost.TurnstileEvent>;

namespace Loom.Samples.OwnHost;

public sealed record TurnstileState(bool Open, int Passed);

public abstract record TurnstileCommand;

public sealed record PayFare : TurnstileCommand;

public sealed record Push : TurnstileCommand;

public abstract record TurnstileEvent;

public sealed record FarePaid(string By) : TurnstileEvent;

public sealed record SomebodyPassed : TurnstileEvent;

/// <summary>A turnstile: a fare opens it for one person.</summary>
public sealed class TurnstileMachine : Machine<TurnstileState, TurnstileCommand, TurnstileEvent>
{
    protected override void Define(MachineDefinition<TurnstileState, TurnstileCommand, TurnstileEvent> machine) => machine
        .Name("turnstile", version: 1, TurnstileJson.Default.TurnstileState)
        .Command("pay-fare", TurnstileJson.Default.PayFare, "Pay for one person")
        .Command("push", TurnstileJson.Default.Push, "Walk through")
        .Event("fare-paid.v1", TurnstileJson.Default.FarePaid)
        .Event("somebody-passed.v1", TurnstileJson.Default.SomebodyPassed);

    protected override Answer Decide(TurnstileState? state, TurnstileCommand command, MachineContext context) => (state?.Open ?? false, command) switch
    {
        (true, PayFare) => Answer.Reject("paid", "A fare is paid already; push."),
        (false, PayFare) => Answer.Accept(new FarePaid(context.Principal)),
        (true, Push) => Answer.Accept(new SomebodyPassed()),
        (false, Push) => Answer.Reject("closed", "Pay the fare first."),
        _ => throw new InvalidOperationException($"{command.GetType().Name} is declared and not decided."),
    };

    protected override TurnstileState Evolve(TurnstileState? state, TurnstileEvent @event) => @event switch
    {
        FarePaid => new TurnstileState(Open: true, state?.Passed ?? 0),
        SomebodyPassed => new TurnstileState(Open: false, (state?.Passed ?? 0) + 1),
        _ => throw new FormatException($"{@event.GetType().Name} is declared and not folded."),
    };

    protected override string LabelOf(TurnstileState state) => state.Open ? "open" : "closed";
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(TurnstileState))]
[JsonSerializable(typeof(PayFare))]
[JsonSerializable(typeof(Push))]
[JsonSerializable(typeof(FarePaid))]
[JsonSerializable(typeof(SomebodyPassed))]
internal sealed partial class TurnstileJson : JsonSerializerContext;
