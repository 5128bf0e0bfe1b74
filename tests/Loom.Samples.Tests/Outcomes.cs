using Loom.Core;

namespace Loom.Samples.Tests;

/// <summary>What the tests of machines say about an answer.</summary>
internal static class Outcomes
{
    public static IReadOnlyList<EmittedEvent> ShouldBeAccepted(this MachineOutcome outcome) =>
        Assert.IsType<MachineOutcome.Accepted>(outcome).Events;

    public static void ShouldEmit(this MachineOutcome outcome, params string[] types) =>
        Assert.Equal(types, outcome.ShouldBeAccepted().Select(e => e.Type));

    public static void ShouldBeRefused(this MachineOutcome outcome, string code) =>
        Assert.Equal(code, Assert.IsType<MachineOutcome.Rejected>(outcome).Rejection.Code);

    public static void ShouldBeInvalid(this MachineOutcome outcome) => Assert.IsType<MachineOutcome.Invalid>(outcome);
}
