using Loom.Core;
using Answer = Loom.Core.Decision<Loom.Samples.BankLedger.AccountEvent>;

namespace Loom.Samples.BankLedger;

/// <summary>
/// A bank account. What it guarantees: the balance never falls below the agreed overdraft, and a transfer's money is always in exactly one
/// place: here, in flight, or there.
/// </summary>
public sealed class AccountMachine : Machine<AccountState, AccountCommand, AccountEvent>
{
    /// <summary>More transfers may not wait for an answer at once; the state stays small.</summary>
    public const int MaxInFlight = 100;

    /// <summary>Most standing orders of one account.</summary>
    public const int MaxOrders = 20;

    protected override void Define(MachineDefinition<AccountState, AccountCommand, AccountEvent> machine)
    {
        var json = AccountJson.Default;
        machine
            .Name("account", version: 1, json.AccountState)
            .Command("open", json.OpenAccount, "Open the account")
            .Command("deposit", json.Deposit, "Pay money in")
            .Command("withdraw", json.Withdraw, "Take money out")
            .Command("transfer", json.Transfer, "Send money to another account")
            .Command("receive-transfer", json.ReceiveTransfer, "Book a transfer (sent by the paying account)")
            .Command("settle-transfer", json.SettleTransfer, "Learn what became of a transfer (sent by the receiving account)")
            .Command("place-standing-order", json.PlaceStandingOrder, "Pay an amount every so many days")
            .Command("cancel-standing-order", json.CancelStandingOrder, "End a standing order")
            .Command("close", json.CloseAccount, "Close the empty account")
            .Command("loom.timerFired", json.TimerFired, "A standing order is due")
            .Event("account-opened.v1", json.AccountOpened)
            .Event("deposited.v1", json.Deposited)
            .Event("withdrawn.v1", json.Withdrawn)
            .Event("transfer-sent.v1", json.TransferSent)
            .Event("credit-ordered.v1", json.CreditOrdered, EffectKind.Send)
            .Event("transfer-received.v1", json.TransferReceived)
            .Event("transfer-returned.v1", json.TransferReturned)
            .Event("transfer-answered.v1", json.TransferAnswered, EffectKind.Send)
            .Event("transfer-settled.v1", json.TransferSettled)
            .Event("transfer-refunded.v1", json.TransferRefunded)
            .Event("standing-order-placed.v1", json.StandingOrderPlaced)
            .Event("standing-order-due.v1", json.StandingOrderDue, EffectKind.Timer)
            .Event("standing-order-skipped.v1", json.StandingOrderSkipped)
            .Event("standing-order-cancelled.v1", json.StandingOrderCancelled)
            .Event("account-closed.v1", json.AccountClosed);
    }

    protected override Answer Decide(AccountState? state, AccountCommand command, MachineContext context)
    {
        var account = state ?? AccountState.Unopened;
        return command switch
        {
            OpenAccount c => Open(account, c),
            ReceiveTransfer c => Receive(account, c, context),
            _ when account.Status == AccountStatus.Unopened => Answer.Reject("not-open", $"{context.Actor} is not open; send 'open' first."),
            SettleTransfer c => Settle(account, c, context),
            _ when account.Status == AccountStatus.Closed => Answer.Reject("closed", $"{context.Actor} is closed."),
            Deposit c => PayIn(account, c),
            Withdraw c => TakeOut(account, c),
            Transfer c => Send(account, c.To, c.Amount, c.Reference, context),
            PlaceStandingOrder c => Place(account, c, context),
            CancelStandingOrder c => account.Orders.Any(o => o.Order == c.Order)
                ? Answer.Accept(new StandingOrderCancelled(c.Order))
                : Answer.Reject("no-such-order", $"There is no standing order '{c.Order}'."),
            TimerFired c => Due(account, c, context),
            CloseAccount => Close(account),
            _ => throw new InvalidOperationException($"{command.GetType().Name} is declared and not decided."),
        };
    }

    protected override AccountState Evolve(AccountState? state, AccountEvent @event)
    {
        var account = state ?? AccountState.Unopened;
        return @event switch
        {
            AccountOpened e => account with { Status = AccountStatus.Open, Owner = e.Owner, Overdraft = e.Overdraft },
            Deposited e => account with { Balance = account.Balance + e.Amount },
            Withdrawn e => account with { Balance = account.Balance - e.Amount },
            TransferSent e => account with
            {
                Balance = account.Balance - e.Amount,
                InFlight = [.. account.InFlight, new InFlight(e.TransferId, e.To, e.Amount)],
            },
            TransferReceived e => account with { Balance = account.Balance + e.Amount },
            TransferSettled e => account with { InFlight = [.. account.InFlight.Where(t => t.TransferId != e.TransferId)] },
            TransferRefunded e => account with
            {
                Balance = account.Balance + e.Amount,
                InFlight = [.. account.InFlight.Where(t => t.TransferId != e.TransferId)],
            },
            StandingOrderPlaced e => account with { Orders = [.. account.Orders, new StandingOrder(e.Order, e.To, e.Amount, e.EveryDays)] },
            StandingOrderCancelled e => account with { Orders = [.. account.Orders.Where(o => o.Order != e.Order)] },
            AccountClosed => account with { Status = AccountStatus.Closed, Orders = [] },
            _ => account, // effects and notices change nothing here
        };
    }

    protected override string LabelOf(AccountState state) => state.Status switch
    {
        AccountStatus.Open => state.Balance.IsNegative ? "overdrawn" : "open",
        AccountStatus.Closed => "closed",
        _ => "unopened",
    };

    private static Answer Open(AccountState account, OpenAccount c) =>
        account.Status != AccountStatus.Unopened ? Answer.Reject("already-open", "The account was opened before.")
        : string.IsNullOrWhiteSpace(c.Owner) || c.Owner.Length > 100 ? Answer.Reject("owner-missing", "Name the owner, in at most 100 characters.")
        : c.Overdraft is { IsNegative: true } ? Answer.Reject("overdraft-negative", "An overdraft is zero or more.")
        : Answer.Accept(new AccountOpened(c.Owner, c.Overdraft ?? Cents.Zero));

    private static Answer PayIn(AccountState account, Deposit c) =>
        NotPositive(c.Amount) ?? (Fits(account, c.Amount)
            ? Answer.Accept(new Deposited(c.Amount, c.Reference))
            : Answer.Reject("account-full", "The balance would become larger than an account can hold."));

    private static Answer TakeOut(AccountState account, Withdraw c) =>
        NotPositive(c.Amount) ?? NotCovered(account, c.Amount) ?? Answer.Accept(new Withdrawn(c.Amount, c.Reference));

    private static Answer Send(AccountState account, string to, Cents amount, string? reference, MachineContext context)
    {
        if (!IsOtherAccount(to, context))
        {
            return Answer.Reject("no-such-target", $"'{to}' is not another account; expected a name like account-bob.");
        }

        if (account.InFlight.Count >= MaxInFlight)
        {
            return Answer.Reject("too-many-in-flight", $"{MaxInFlight} transfers wait for an answer; send this one when some have arrived.");
        }

        return NotPositive(amount) ?? NotCovered(account, amount) ?? Answer.Accept(
            new TransferSent(context.CommandId, to, amount, reference),
            new CreditOrdered(to, "receive-transfer", new ReceiveTransfer(context.CommandId, context.Actor, amount, reference)));
    }

    private static Answer Receive(AccountState account, ReceiveTransfer c, MachineContext context)
    {
        if (context.Principal != $"actor:{c.From}")
        {
            return Answer.Reject("not-the-payer", $"Only {c.From} itself may say that it pays; this came from {context.Principal}.");
        }

        if (NotPositive(c.Amount) is { } no)
        {
            return no;
        }

        var reason = account.Status != AccountStatus.Open ? "not open" : Fits(account, c.Amount) ? null : "full";
        AccountEvent outcome = reason is null
            ? new TransferReceived(c.TransferId, c.From, c.Amount, c.Reference)
            : new TransferReturned(c.TransferId, c.From, c.Amount, reason);
        return Answer.Accept(outcome, new TransferAnswered(c.From, "settle-transfer", new SettleTransfer(c.TransferId, reason is null)));
    }

    private static Answer Settle(AccountState account, SettleTransfer c, MachineContext context)
    {
        var transfer = account.InFlight.FirstOrDefault(t => t.TransferId == c.TransferId);
        return transfer is null ? Answer.Reject("not-in-flight", $"No transfer '{c.TransferId}' waits for an answer.")
            : context.Principal != $"actor:{transfer.To}" ? Answer.Reject("not-the-payee", $"Only {transfer.To} itself may answer.")
            : Answer.Accept(c.Booked ? new TransferSettled(c.TransferId) : new TransferRefunded(c.TransferId, transfer.Amount));
    }

    private static Answer Place(AccountState account, PlaceStandingOrder c, MachineContext context) =>
        string.IsNullOrWhiteSpace(c.Order) || c.Order.Length > 40 ? Answer.Reject("order-unnamed", "Give the order a name of at most 40 characters.")
        : account.Orders.Any(o => o.Order == c.Order) ? Answer.Reject("order-exists", $"There is a standing order '{c.Order}' already.")
        : account.Orders.Count >= MaxOrders ? Answer.Reject("too-many-orders", $"An account has at most {MaxOrders} standing orders.")
        : !IsOtherAccount(c.To, context) ? Answer.Reject("no-such-target", $"'{c.To}' is not another account.")
        : c.EveryDays is < 1 or > 366 ? Answer.Reject("bad-interval", "An order runs every 1 to 366 days.")
        : c.First <= context.At ? Answer.Reject("date-passed", $"The first date must lie after {context.At}.")
        : NotPositive(c.Amount) ?? Answer.Accept(
            new StandingOrderPlaced(c.Order, c.To, c.Amount, c.EveryDays),
            new StandingOrderDue(c.First, new StandingOrderDueData(c.Order)));

    private static Answer Due(AccountState account, TimerFired c, MachineContext context)
    {
        var order = account.Orders.FirstOrDefault(o => o.Order == c.Data.Order);
        if (order is null)
        {
            return Answer.Accept(); // cancelled meanwhile: nothing to do
        }

        var payment = Send(account, order.To, order.Amount, $"standing order {order.Order}", context);
        IReadOnlyList<AccountEvent> done = payment.Rejection is { } no
            ? [new StandingOrderSkipped(order.Order, c.Due, no.Message)]
            : payment.Events;
        var next = new Timestamp(c.Due.Time.AddDays(order.EveryDays));
        return Answer.Accept([.. done, new StandingOrderDue(next, c.Data)]);
    }

    private static Answer Close(AccountState account) =>
        account.InFlight.Count > 0 ? Answer.Reject("in-flight", "Transfers still wait for an answer.")
        : account.Balance != Cents.Zero ? Answer.Reject("not-empty", $"The balance is {account.Balance.ToUnits()}; bring it to zero first.")
        : Answer.Accept(new AccountClosed());

    private static Answer? NotPositive(Cents amount) =>
        amount.IsPositive ? null : Answer.Reject("amount-not-positive", "An amount is one cent or more.");

    private static Answer? NotCovered(AccountState account, Cents amount) =>
        amount <= account.Available
            ? null
            : Answer.Reject("overdrawn", $"{amount.ToUnits()} asked, {account.Available.ToUnits()} available (overdraft included).");

    // In-flight money may come back, so it needs its place as well.
    private static bool Fits(AccountState account, Cents amount) =>
        account.InFlight.Aggregate(account.Balance.Value + amount.Value, (sum, t) => sum + t.Amount.Value) <= Cents.Max.Value;

    private static bool IsOtherAccount(string to, MachineContext context) =>
        ActorId.TryParse(to, out var actor) && actor.Type == "account" && to != context.Actor;
}
