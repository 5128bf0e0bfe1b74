using Loom.Core;
using Loom.Samples.ExpenseDeclarations;
using Loom.Testing;

namespace Loom.Samples.Tests.ExpenseDeclarations;

/// <summary>The machine against the rule page.</summary>
public sealed class RulebookTests
{
    [Fact]
    public void The_33_kinds_of_step_are_the_same_on_the_page_and_in_the_mapping()
    {
        Assert.Equal(33, RulebookOracle.Activities.Count);
        Assert.Equal(RulebookOracle.Activities.Order(StringComparer.Ordinal), StepKinds.All.Select(k => k.Activity).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Machine_and_page_agree_on_random_sequences()
    {
        var first = Seeds.First("rulebook");
        var activities = RulebookOracle.Activities.ToArray();
        var reached = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < Tier.Count(ci: 1500, @long: 50_000); i++)
        {
            var random = new Random(first + i);
            var oracle = new RulebookOracle();
            var actual = new DeclarationCase(DeclarationCase.StepOf("Start trip"));
            for (var n = 0; n < 60; n++)
            {
                var activity = activities[random.Next(activities.Length)];
                var allowed = oracle.Step(activity);
                var outcome = actual.Step(DeclarationCase.StepOf(activity, n));
                Assert.True(
                    allowed == outcome is MachineOutcome.Accepted && oracle.Standing == actual.Standing,
                    $"seed {first + i}, step {n} '{activity}': the page says {(allowed ? "yes" : "no")} → {oracle.Standing}, the machine {outcome} → {actual.Standing}");
                if (allowed)
                {
                    reached.Add(activity);
                }
            }
        }

        Assert.Equal([], RulebookOracle.Activities.Except(reached)); // every kind was accepted somewhere
    }

    [Fact]
    public void A_case_is_opened_before_its_first_step_and_once()
    {
        var actor = new InMemoryActor(new DeclarationMachine(), "declaration-1");
        actor.Send("start-trip", "{}", roles: ["employee"]).ShouldBeRefused("not-open");
        actor.Send("open-case", "{}").ShouldEmit("case-opened.v1");
        actor.Send("open-case", "{}").ShouldBeRefused("already-open");
    }

    [Fact]
    public void A_step_needs_the_role_that_it_is_taken_in()
    {
        var actor = Opened();
        actor.Send("submit-declaration", "{}", roles: ["supervisor"]).ShouldBeRefused("role-missing");
        actor.Send("submit-declaration", "{}", roles: ["employee"]).ShouldBeAccepted();
        actor.Send("approve-declaration", """{"as":"supervisor","final":true}""", roles: ["employee"]).ShouldBeRefused("role-missing");
        actor.Send("approve-declaration", """{"as":"administration","final":true}""", roles: ["administration"]).ShouldBeRefused("role-may-not");
        actor.Send("approve-declaration", """{"as":"employee"}""", roles: ["employee"]).ShouldBeRefused("role-may-not");
        actor.Send("approve-declaration", """{"as":"nobody"}""", roles: ["nobody"]).ShouldBeInvalid();
        actor.Send("request-payment", """{"as":"employee"}""", roles: ["employee"]).ShouldBeRefused("role-may-not");
    }

    [Fact]
    public void Nobody_approves_what_he_submitted_and_nobody_approves_twice()
    {
        var actor = Opened(fourEyes: true);
        actor.Send("submit-declaration", "{}", "eve", ["employee"]).ShouldBeAccepted();
        actor.Send("approve-declaration", """{"as":"supervisor","final":true}""", "eve", ["employee", "supervisor"]).ShouldBeRefused("four-eyes");
        actor.Send("approve-declaration", """{"as":"administration"}""", "adam", ["administration", "supervisor"]).ShouldBeAccepted();
        actor.Send("approve-declaration", """{"as":"supervisor","final":true}""", "adam", ["administration", "supervisor"]).ShouldBeRefused("four-eyes");
        actor.Send("approve-declaration", """{"as":"supervisor","final":true}""", "sue", ["supervisor"]).ShouldBeAccepted();
        Assert.Equal("approved", actor.State!.Label);
    }

    [Fact]
    public void Whoever_submitted_an_earlier_round_may_not_approve_a_later_one()
    {
        var actor = Opened(fourEyes: true);
        actor.Send("submit-declaration", "{}", "eve", ["employee"]).ShouldBeAccepted();
        actor.Send("reject-declaration", """{"as":"employee"}""", "eve", ["employee"]).ShouldBeAccepted();
        actor.Send("submit-declaration", "{}", "ed", ["employee"]).ShouldBeAccepted();
        actor.Send("approve-declaration", """{"as":"supervisor","final":true}""", "eve", ["supervisor"]).ShouldBeRefused("four-eyes");
    }

    [Fact]
    public void Without_four_eyes_one_person_may_do_it_all()
    {
        var actor = Opened(fourEyes: false);
        actor.Send("submit-declaration", "{}", "eve", ["employee"]).ShouldBeAccepted();
        actor.Send("approve-declaration", """{"as":"supervisor","final":true}""", "eve", ["supervisor"]).ShouldBeAccepted();
    }

    [Fact]
    public void A_declaration_is_submitted_with_an_amount()
    {
        var actor = new InMemoryActor(new DeclarationMachine(), "declaration-1");
        actor.Send("open-case", "{}").ShouldBeAccepted();
        actor.Send("submit-declaration", "{}", roles: ["employee"]).ShouldBeRefused("amount-missing");
        actor.Send("submit-declaration", """{"amount":"-1"}""", roles: ["employee"]).ShouldBeRefused("amount-negative");
        actor.Send("submit-declaration", """{"amount":"1250"}""", roles: ["employee"]).ShouldBeAccepted();
        Assert.Contains("\"amount\":\"1250\"", actor.StateJson, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0.005", "0")]
    [InlineData("0.015", "2")]
    [InlineData("26.85120450862128", "2685")]
    [InlineData("-0.025", "-2")]
    public void Euros_become_cents_half_to_even(string euros, string cents) =>
        Assert.Equal(cents, Cents.FromUnits(decimal.Parse(euros, System.Globalization.CultureInfo.InvariantCulture)).ToString());

    private static InMemoryActor Opened(bool fourEyes = true)
    {
        var actor = new InMemoryActor(new DeclarationMachine(), "declaration-1");
        actor.Send("open-case", $$"""{"amount":"100","fourEyes":{{(fourEyes ? "true" : "false")}}}""").ShouldBeAccepted();
        return actor;
    }
}
