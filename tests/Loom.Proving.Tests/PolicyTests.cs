using System.Text;
using Loom.Core;
using Loom.Provenance.Receipts;
using Loom.Testing;

namespace Loom.Proving.Tests;

public sealed class PolicyTests
{
    [Theory]
    [InlineData("""{"amount":999}""", false)]
    [InlineData("""{"amount":1000}""", true)]
    [InlineData("""{"amount":1000.01}""", true)]
    [InlineData("""{"amount":"999"}""", false)]
    [InlineData("""{"amount":"1000"}""", true)]
    [InlineData("""{"amount":1e300}""", true)]
    [InlineData("""{"amount":-1e300}""", false)]
    [InlineData("""{}""", false)]
    [InlineData("""{"other":{"amount":5000}}""", false)]
    [InlineData("""[1000]""", false)]
    public void A_threshold_decides_on_a_field_of_the_command(string command, bool prove) =>
        Assert.Equal(prove, Decide("when command.amount >= 1000", command).Prove);

    [Theory]
    [InlineData("event.amount >= 1000", true)]
    [InlineData("event(credited).amount >= 1000", true)]
    [InlineData("event(debited.v1).amount >= 1000", false)]
    [InlineData("event(debited.v1).amount < 1000", true)]
    [InlineData("event(unheard)", false)]
    [InlineData("command(transfer)", true)]
    [InlineData("command(deposit)", false)]
    [InlineData("command(transfer).to == \"bob\"", true)]
    [InlineData("command.to != \"bob\"", false)]
    [InlineData("command.urgent == true", true)]
    [InlineData("command.urgent == false", false)]
    [InlineData("command.deep.\"a.b\".n == 7", true)]
    [InlineData("command(deposit) or command.urgent == true and event.amount > 2000", false)]
    [InlineData("command(transfer) or command.urgent == true and event.amount > 2000", true)]
    [InlineData("event.amount > 2000 and command.urgent == true or command.to == \"bob\"", true)]
    public void Conditions_look_at_commands_and_events(string condition, bool prove)
    {
        var policy = ProofPolicy.Parse("when " + condition);

        var decision = policy.Decide(Subject("""{"deep":{"a.b":{"n":7}},"to":"bob","urgent":true}""", ("debited.v1", """{"amount":"10"}"""), ("credited", """{"amount":1500}""")));

        Assert.Equal(prove, decision.Prove);
        Assert.Equal(policy.ToString(), ProofPolicy.Parse(policy.ToString()).ToString());
    }

    [Theory]
    [InlineData("""{"amount":"much"}""", "amount of 'transfer' is no number")]
    [InlineData("""{"amount":{"cents":5}}""", "amount of 'transfer' is no number")]
    [InlineData("not json", "cannot be read")]
    [InlineData(null, "cannot be read")]
    public void What_is_in_doubt_is_proven(string? command, string why)
    {
        var decision = Decide("when command.amount >= 1000", command);

        Assert.True(decision.Prove);
        Assert.Contains("in doubt", decision.Reason, StringComparison.Ordinal);
        Assert.Contains(why, decision.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_doubt_in_one_part_is_none_when_the_other_part_says_no() =>
        Assert.False(Decide("when command.amount >= 1000 and command(deposit)", """{"amount":"much"}""").Prove);

    [Fact]
    public void The_reason_names_what_decided()
    {
        Assert.Equal("command.amount >= 1000 holds", Decide("when command(deposit) or command.amount >= 1000", """{"amount":1000}""").Reason);
        Assert.Equal("command.amount >= 1000 does not hold", Decide("when command.amount >= 1000", """{"amount":999}""").Reason);
        Assert.Equal("the policy is always", Decide("always", "{}").Reason);
        Assert.False(Decide("never", "{}").Prove);
        Assert.False(Decide("on-demand", "{}").Prove);
    }

    [Theory]
    [InlineData("""{"account":"sometimes"}""", "'account'", "'sometimes' is no proof policy")]
    [InlineData("""{"account":"when"}""", "'account'", "expected 'command' or 'event', found its end")]
    [InlineData("""{"account":"when amount > 3"}""", "'account'", "at character 1: expected 'command' or 'event'")]
    [InlineData("""{"account":"when command.amount > \"a\""}""", "'account'", "a number: text and truth values are only equal or not")]
    [InlineData("""{"account":"when command.amount = 3"}""", "'account'", "one of >= > <= < == !=")]
    [InlineData("""{"account":"when command"}""", "'account'", "expected '(NAME)' or '.FIELD'")]
    [InlineData("""{"account":"when command.amount > 3 xor command.a > 3"}""", "'account'", "'and', 'or' or the end")]
    [InlineData("""{"account":{"prove":"always","set":"best"}}""", "'account'", "'set' is not one of std, proven, compact, fast")]
    [InlineData("""{"account":{"set":"std"}}""", "'account'", "'prove' is missing")]
    [InlineData("""{"account":{"prove":"always","sets":"std"}}""", "'account'", "'sets' is no member")]
    [InlineData("""{"account":7}""", "'account'", "neither text nor an object")]
    [InlineData("""{"Account":"always"}""", "'Account'", "is no actor type")]
    [InlineData("""{"account":"always","account":"never"}""", "no JSON", "account")]
    [InlineData("""[]""", "no JSON object", "ACTORTYPE")]
    [InlineData("""{""", "no JSON", "")]
    public void Wrong_settings_are_refused_with_the_place_and_the_remedy(string json, string place, string what)
    {
        var refused = Assert.Throws<FormatException>(() => ProofPolicies.Parse(Encoding.UTF8.GetBytes(json)));

        Assert.Contains(place, refused.Message, StringComparison.Ordinal);
        Assert.Contains(what, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_name_policies_and_parameter_sets_by_actor_type()
    {
        var policies = ProofPolicies.Parse("""{"account":"when command.amount >= 1000","case":{"prove":"always","set":"std"},"memo":"on-demand","plain":"never"}"""u8.ToArray());

        Assert.Equal(["account", "case"], policies.Deciding);
        Assert.Equal(ParameterSet.Proven, policies.Of("account").Set);
        Assert.Equal(ParameterSet.Std, policies.Of("case").Set);
        Assert.Equal(ProofMode.OnDemand, policies.Of("memo").Mode);
        Assert.Equal(ProofMode.Never, policies.Of("unknown").Mode);
        Assert.Equal("command.amount >= 1000", policies.Of("account").Condition);
    }

    [Fact]
    public void Hostile_conditions_are_refused_and_never_anything_else()
    {
        var seed = Seeds.First("proof-conditions");
        string[] pieces = ["command", "event", "(", ")", ".", "and", "or", " ", "\"", "\\", ">=", "==", "<", "1000", "-", "true", "amount", "\u0000", "é", "\"x\"", "9999999999999999999999999999999999"];
        for (var run = 0; run < Tier.Count(20_000, 1_000_000); run++)
        {
            var random = new Random(unchecked((seed * 31) + run));
            var text = string.Concat(Enumerable.Range(0, random.Next(1, 24)).Select(_ => pieces[random.Next(pieces.Length)]));
            try
            {
                var policy = ProofPolicy.Parse("when " + text);
                Assert.Equal(policy.ToString(), ProofPolicy.Parse(policy.ToString()).ToString());
                policy.Decide(Subject("""{"amount":1,"x":{"amount":"y"}}"""));
            }
            catch (FormatException)
            {
                // Refused, as most of them.
            }
            catch (Exception e)
            {
                Assert.Fail($"seed {seed}, run {run}, '{text}': {e}");
            }
        }
    }

    private static ProofDecision Decide(string policy, string? command) => ProofPolicy.Parse(policy).Decide(Subject(command));

    private static ProofSubject Subject(string? command, params (string Type, string Data)[] events)
    {
        EmittedEvent[] emitted = [.. (events.Length == 0 ? [("happened", "{}")] : events).Select(e => new EmittedEvent(e.Item1, EventData.Json, Encoding.UTF8.GetBytes(e.Item2)))];
        var written = TransitionWriter.Write(new TransitionDraft
        {
            Stream = StreamName.Parse("account-a"),
            Previous = null,
            ActorType = "account@1",
            Machine = MachineId.Wasm(Digest.Of([])),
            CommandId = CommandId.Parse("c-1"),
            CommandType = "transfer",
            Command = Encoding.UTF8.GetBytes(command ?? "{}"),
            Principal = "tester",
            Events = emitted,
            State = "{}"u8.ToArray(),
            Fence = 1,
            At = Timestamp.Parse("2026-01-01T00:00:00.000000Z"),
            Salt = new byte[32],
        });
        var recorded = written.Events.Select((e, i) => e.Record(written.Link.Stream, i, (ulong)i + 1, DateTimeOffset.UnixEpoch)).ToArray();
        return new ProofSubject(new Transition(written.Link, recorded, TransitionReader.Read(recorded[^1])!.Value.Opening), command is null ? null : Encoding.UTF8.GetBytes(command));
    }
}
