using System.Text;
using System.Text.Json;
using Loom.Core;
using Loom.Samples.BankLedger;

namespace Loom.Samples.Tests.BankLedger;

public sealed class AccountTests
{
    private readonly InMemoryActor _alice = new(new AccountMachine(), "account-alice");

    [Fact]
    public void Opening_twice_is_refused()
    {
        _alice.Send("open", """{"owner":"Alice"}""").ShouldEmit("account-opened.v1");
        _alice.Send("open", """{"owner":"Alice"}""").ShouldBeRefused("already-open");
    }

    [Theory]
    [InlineData("deposit", """{"amount":"1"}""")]
    [InlineData("transfer", """{"to":"account-bob","amount":"1"}""")]
    [InlineData("close", "{}")]
    public void Nothing_happens_to_an_account_that_nobody_opened(string command, string body)
    {
        _alice.Send(command, body).ShouldBeRefused("not-open");
        Assert.Null(_alice.State);
    }

    [Fact]
    public void A_balance_never_falls_below_the_overdraft()
    {
        _alice.Send("open", """{"owner":"Alice","overdraft":"500"}""").ShouldBeAccepted();
        _alice.Send("deposit", """{"amount":"1000"}""").ShouldEmit("deposited.v1");
        _alice.Send("withdraw", """{"amount":"1501"}""").ShouldBeRefused("overdrawn");
        _alice.Send("withdraw", """{"amount":"1500"}""").ShouldEmit("withdrawn.v1");
        Assert.Equal("overdrawn", _alice.State!.Label);
        Assert.Contains("\"balance\":\"-500\"", _alice.StateJson, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"amount":10}""")]
    [InlineData("""{"amount":"10.5"}""")]
    [InlineData("""{"amount":"010"}""")]
    [InlineData("""{"amount":"1000000000000000"}""")]
    [InlineData("""{"amount":null}""")]
    [InlineData("""{"amount":"1","surprise":true}""")]
    [InlineData("""{}""")]
    [InlineData("""[]""")]
    public void An_amount_in_another_form_is_invalid(string body)
    {
        _alice.Send("open", """{"owner":"Alice"}""").ShouldBeAccepted();
        _alice.Send("deposit", body).ShouldBeInvalid();
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-5")]
    public void An_amount_below_one_cent_is_refused(string amount)
    {
        _alice.Send("open", """{"owner":"Alice"}""").ShouldBeAccepted();
        _alice.Send("deposit", $$"""{"amount":"{{amount}}"}""").ShouldBeRefused("amount-not-positive");
    }

    [Fact]
    public void A_balance_stops_at_what_an_account_can_hold()
    {
        _alice.Send("open", """{"owner":"Alice","overdraft":"999999999999999"}""").ShouldBeAccepted();
        _alice.Send("deposit", """{"amount":"999999999999999"}""").ShouldBeAccepted();
        _alice.Send("deposit", """{"amount":"1"}""").ShouldBeRefused("account-full");
        _alice.Send("withdraw", """{"amount":"999999999999999"}""").ShouldBeAccepted();
    }

    [Fact]
    public void A_transfer_is_in_flight_until_the_other_account_answers()
    {
        _alice.Send("open", """{"owner":"Alice"}""").ShouldBeAccepted();
        _alice.Send("deposit", """{"amount":"1000"}""").ShouldBeAccepted();
        var sent = _alice.Send("transfer", """{"to":"account-bob","amount":"400","reference":"rent"}""", commandId: "t1").ShouldBeAccepted();
        Assert.Equal(["transfer-sent.v1", "credit-ordered.v1"], sent.Select(e => e.Type));
        Assert.Equal(
            """{"command":"receive-transfer","data":{"amount":"400","from":"account-alice","reference":"rent","transferId":"t1"},"to":"account-bob"}""",
            Encoding.UTF8.GetString(sent[1].Data.Span));
        _alice.Send("close", "{}").ShouldBeRefused("in-flight");
        _alice.Send("settle-transfer", """{"transferId":"t1","booked":true}""", principal: "mallory").ShouldBeRefused("not-the-payee");
        _alice.Send("settle-transfer", """{"transferId":"t1","booked":true}""", principal: "actor:account-bob").ShouldEmit("transfer-settled.v1");
        _alice.Send("settle-transfer", """{"transferId":"t1","booked":false}""", principal: "actor:account-bob").ShouldBeRefused("not-in-flight");
        Assert.Contains("\"balance\":\"600\"", _alice.StateJson, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_the_paying_account_can_say_that_it_pays()
    {
        _alice.Send("open", """{"owner":"Alice"}""").ShouldBeAccepted();
        const string body = """{"transferId":"t1","from":"account-bob","amount":"5","reference":null}""";
        _alice.Send("receive-transfer", body, principal: "bob").ShouldBeRefused("not-the-payer");
        _alice.Send("receive-transfer", body, principal: "actor:account-bob").ShouldEmit("transfer-received.v1", "transfer-answered.v1");
    }

    [Fact]
    public void An_account_that_takes_no_money_returns_it()
    {
        const string body = """{"transferId":"t1","from":"account-bob","amount":"5","reference":null}""";
        var events = _alice.Send("receive-transfer", body, principal: "actor:account-bob").ShouldBeAccepted();
        Assert.Equal(["transfer-returned.v1", "transfer-answered.v1"], events.Select(e => e.Type));
        Assert.Contains("\"booked\":false", Encoding.UTF8.GetString(events[1].Data.Span), StringComparison.Ordinal);
        Assert.Equal("unopened", _alice.State!.Label);
        _alice.Send("open", """{"owner":"Alice"}""").ShouldEmit("account-opened.v1");
    }

    [Fact]
    public void A_standing_order_pays_skips_and_ends()
    {
        _alice.Send("open", """{"owner":"Alice"}""").ShouldBeAccepted();
        _alice.Send("deposit", """{"amount":"100"}""").ShouldBeAccepted();
        const string place = """{"order":"rent","to":"account-bob","amount":"60","everyDays":30,"first":"2026-02-01T09:00:00.000000Z"}""";
        var placed = _alice.Send("place-standing-order", place).ShouldBeAccepted();
        Assert.Equal("""{"data":{"order":"rent"},"due":"2026-02-01T09:00:00.000000Z"}""", Encoding.UTF8.GetString(placed[1].Data.Span));
        _alice.Send("place-standing-order", place).ShouldBeRefused("order-exists");

        Fire("2026-02-01T09:00:00.000000Z").ShouldEmit("transfer-sent.v1", "credit-ordered.v1", "standing-order-due.v1");
        var skipped = Fire("2026-03-03T09:00:00.000000Z").ShouldBeAccepted();
        Assert.Equal(["standing-order-skipped.v1", "standing-order-due.v1"], skipped.Select(e => e.Type));
        Assert.Contains("2026-04-02T09:00:00.000000Z", Encoding.UTF8.GetString(skipped[1].Data.Span), StringComparison.Ordinal);

        _alice.Send("cancel-standing-order", """{"order":"rent"}""").ShouldEmit("standing-order-cancelled.v1");
        Fire("2026-04-02T09:00:00.000000Z").ShouldEmit();

        MachineOutcome Fire(string due) => _alice.Send(
            "loom.timerFired", $$$"""{"data":{"order":"rent"},"due":"{{{due}}}","effect":"00000000-0000-0000-0000-000000000000"}""", principal: "loom:runtime");
    }

    [Fact]
    public void Effects_have_the_form_that_the_runtime_carries_out()
    {
        var manifest = new AccountMachine().Manifest;
        Assert.Equal("account@1", manifest.QualifiedType);
        Assert.Equal(["credit-ordered.v1", "standing-order-due.v1", "transfer-answered.v1"], manifest.Effects.Keys.Order(StringComparer.Ordinal));
        var schema = JsonDocument.Parse(manifest.Commands.Single(c => c.Type == "deposit").Schema).RootElement;
        Assert.Equal("cents", schema.GetProperty("properties").GetProperty("amount").GetProperty("format").GetString());
        var optional = JsonDocument.Parse(manifest.Commands.Single(c => c.Type == "open").Schema).RootElement.GetProperty("properties").GetProperty("overdraft");
        Assert.Equal("cents", optional.GetProperty("format").GetString());
        Assert.Equal(["string", "null"], optional.GetProperty("type").EnumerateArray().Select(t => t.GetString()!));
        Assert.Equal(JsonValueKind.Null, optional.GetProperty("default").ValueKind);
        Assert.Equal(["amount"], schema.GetProperty("required").EnumerateArray().Select(e => e.GetString()!));
    }
}
