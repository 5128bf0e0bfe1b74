using System.Text.Json.Serialization;
using Loom.Core;

namespace Loom.Samples.BankLedger;

[JsonConverter(typeof(JsonStringEnumConverter<AccountStatus>))]
public enum AccountStatus
{
    /// <summary>Nobody opened it yet; it exists because a transfer came and was returned.</summary>
    Unopened,
    Open,
    Closed,
}

public sealed record AccountState(
    AccountStatus Status, string Owner, Cents Balance, Cents Overdraft, IReadOnlyList<InFlight> InFlight, IReadOnlyList<StandingOrder> Orders)
{
    public static AccountState Unopened { get; } = new(AccountStatus.Unopened, "", Cents.Zero, Cents.Zero, [], []);

    /// <summary>What may still be taken out, overdraft included.</summary>
    [JsonIgnore]
    public Cents Available => new(Math.Min(Balance.Value + Overdraft.Value, Cents.Max.Value));
}

/// <summary>Money that left here and has not been answered for.</summary>
public sealed record InFlight(string TransferId, string To, Cents Amount);

public sealed record StandingOrder(string Order, string To, Cents Amount, int EveryDays);
