using Loom.Core;

namespace Loom.Samples.BankLedger;

public abstract record AccountEvent;

public sealed record AccountOpened(string Owner, Cents Overdraft) : AccountEvent;

public sealed record Deposited(Cents Amount, string? Reference) : AccountEvent;

public sealed record Withdrawn(Cents Amount, string? Reference) : AccountEvent;

/// <summary>The amount has left the balance and is in flight until the other account answers.</summary>
public sealed record TransferSent(string TransferId, string To, Cents Amount, string? Reference) : AccountEvent;

/// <summary>Effect <c>send</c>: asks the other account to book the amount.</summary>
public sealed record CreditOrdered(string To, string Command, ReceiveTransfer Data) : AccountEvent;

public sealed record TransferReceived(string TransferId, string From, Cents Amount, string? Reference) : AccountEvent;

/// <summary>The account takes no money (not open, closed, or full): the payer gets it back.</summary>
public sealed record TransferReturned(string TransferId, string From, Cents Amount, string Reason) : AccountEvent;

/// <summary>Effect <c>send</c>: tells the payer what became of its transfer.</summary>
public sealed record TransferAnswered(string To, string Command, SettleTransfer Data) : AccountEvent;

public sealed record TransferSettled(string TransferId) : AccountEvent;

public sealed record TransferRefunded(string TransferId, Cents Amount) : AccountEvent;

public sealed record StandingOrderPlaced(string Order, string To, Cents Amount, int EveryDays) : AccountEvent;

/// <summary>Effect <c>timer</c>: comes back as <see cref="TimerFired"/> when due.</summary>
public sealed record StandingOrderDue(Timestamp Due, StandingOrderDueData Data) : AccountEvent;

/// <summary>What a standing order's timer hands back.</summary>
public sealed record StandingOrderDueData(string Order);

/// <summary>The order was due and the money was not there; the next date stands.</summary>
public sealed record StandingOrderSkipped(string Order, Timestamp Due, string Reason) : AccountEvent;

public sealed record StandingOrderCancelled(string Order) : AccountEvent;

public sealed record AccountClosed : AccountEvent;
