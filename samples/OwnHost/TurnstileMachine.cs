using System.Text.Json.Serialization;
using Loom.Core;
using Answer = Loom.Core.Decision<Loom.Samples.OwnHost.TurnstileEvent>;

namespace Loom.Samples.OwnHost;

public sealed record TurnstileState(bool Open, int Passed, string Help = "");

public abstract record TurnstileCommand;

public sealed record PayFare : TurnstileCommand;

public sealed record Push : TurnstileCommand;

public sealed record CallHelp : TurnstileCommand;

/// <summary>The pager's answer (<c>loom.activityCompleted</c>).</summary>
public sealed record HelpAnswered(string Activity, Call Data, string Effect, Attendant Result) : TurnstileCommand;

/// <summary>The pager gave up (<c>loom.activityFailed</c>).</summary>
public sealed record HelpFailed(string Activity, int Attempts, string Code, Call Data, string Effect, string Message) : TurnstileCommand;

public abstract record TurnstileEvent;

public sealed record FarePaid(string By) : TurnstileEvent;

public sealed record SomebodyPassed : TurnstileEvent;

/// <summary>Asks the host for the activity <c>page-attendant</c>.</summary>
public sealed record HelpCalled(string Activity, Call Data) : TurnstileEvent;

public sealed record AttendantComes(string Name) : TurnstileEvent;

public sealed record NobodyComes(string Why) : TurnstileEvent;

/// <summary>A turnstile: a fare opens it for one person. Who is stuck calls for help, which happens outside: by an activity.</summary>
public sealed class TurnstileMachine : Machine<TurnstileState, TurnstileCommand, TurnstileEvent>
{
    protected override void Define(MachineDefinition<TurnstileState, TurnstileCommand, TurnstileEvent> machine) => machine
        .Name("turnstile", version: 1, TurnstileJson.Default.TurnstileState)
        .Command("pay-fare", TurnstileJson.Default.PayFare, "Pay for one person")
        .Command("push", TurnstileJson.Default.Push, "Walk through")
        .Command("call-help", TurnstileJson.Default.CallHelp, "Call an attendant")
        .Command("loom.activityCompleted", TurnstileJson.Default.HelpAnswered)
        .Command("loom.activityFailed", TurnstileJson.Default.HelpFailed)
        .Event("help-called.v1", TurnstileJson.Default.HelpCalled, EffectKind.Activity)
        .Event("attendant-comes.v1", TurnstileJson.Default.AttendantComes)
        .Event("nobody-comes.v1", TurnstileJson.Default.NobodyComes)
        .Event("fare-paid.v1", TurnstileJson.Default.FarePaid)
        .Event("somebody-passed.v1", TurnstileJson.Default.SomebodyPassed);

    protected override Answer Decide(TurnstileState? state, TurnstileCommand command, MachineContext context) => (state?.Open ?? false, command) switch
    {
        (true, PayFare) => Answer.Reject("paid", "A fare is paid already; push."),
        (false, PayFare) => Answer.Accept(new FarePaid(context.Principal)),
        (true, Push) => Answer.Accept(new SomebodyPassed()),
        (false, Push) => Answer.Reject("closed", "Pay the fare first."),
        (_, CallHelp) when state?.Help == "called" => Answer.Reject("called", "Help is called already; wait for the answer."),
        (_, CallHelp) => Answer.Accept(new HelpCalled(Pager.PageAttendant, new Call(context.Actor))),
        (_, HelpAnswered answer) => Answer.Accept(new AttendantComes(answer.Result.Name)),
        (_, HelpFailed failed) => Answer.Accept(new NobodyComes(failed.Code)),
        _ => throw new InvalidOperationException($"{command.GetType().Name} is declared and not decided."),
    };

    protected override TurnstileState Evolve(TurnstileState? state, TurnstileEvent @event) => @event switch
    {
        FarePaid => Before(state) with { Open = true },
        SomebodyPassed => Before(state) with { Open = false, Passed = Before(state).Passed + 1 },
        HelpCalled => Before(state) with { Help = "called" },
        AttendantComes comes => Before(state) with { Help = $"{comes.Name} comes" },
        NobodyComes nobody => Before(state) with { Help = $"nobody comes: {nobody.Why}" },
        _ => throw new FormatException($"{@event.GetType().Name} is declared and not folded."),
    };

    private static TurnstileState Before(TurnstileState? state) => state ?? new TurnstileState(Open: false, Passed: 0);

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
[JsonSerializable(typeof(CallHelp))]
[JsonSerializable(typeof(HelpAnswered))]
[JsonSerializable(typeof(HelpFailed))]
[JsonSerializable(typeof(HelpCalled))]
[JsonSerializable(typeof(AttendantComes))]
[JsonSerializable(typeof(NobodyComes))]
internal sealed partial class TurnstileJson : JsonSerializerContext;
