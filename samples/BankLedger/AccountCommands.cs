using Loom.Core;

namespace Loom.Samples.BankLedger;

public abstract record AccountCommand;

/// <summary>Opens the account. <c>Overdraft</c> is how far the balance may go below zero.</summary>
public sealed record OpenAccount(string Owner, Cents? Overdraft = null) : AccountCommand;

public sealed record Deposit(Cents Amount, string? Reference = null) : AccountCommand;

public sealed record Withdraw(Cents Amount, string? Reference = null) : AccountCommand;

/// <summary>Moves money to another account, named by its actor: <c>account-bob</c>.</summary>
public sealed record Transfer(string To, Cents Amount, string? Reference = null) : AccountCommand;

/// <summary>Sent by the paying account. It is always answered: booked, or returned to the payer.</summary>
public sealed record ReceiveTransfer(string TransferId, string From, Cents Amount, string? Reference) : AccountCommand;

/// <summary>The receiving account's answer to <see cref="ReceiveTransfer"/>.</summary>
public sealed record SettleTransfer(string TransferId, bool Booked) : AccountCommand;

/// <summary>Pays the same amount every so many days, from <c>First</c> on, until it is cancelled.</summary>
public sealed record PlaceStandingOrder(string Order, string To, Cents Amount, int EveryDays, Timestamp First) : AccountCommand;

public sealed record CancelStandingOrder(string Order) : AccountCommand;

public sealed record CloseAccount : AccountCommand;

/// <summary>The runtime's answer to a timer effect (<c>loom.timerFired</c>).</summary>
public sealed record TimerFired(StandingOrderDueData Data, Timestamp Due, string Effect) : AccountCommand;
