using System.Text.Json.Serialization;

namespace Loom.Samples.BankLedger;

/// <summary>JSON forms, generated at build time. Unknown members and missing ones are refused, not guessed.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(AccountState))]
[JsonSerializable(typeof(OpenAccount))]
[JsonSerializable(typeof(Deposit))]
[JsonSerializable(typeof(Withdraw))]
[JsonSerializable(typeof(Transfer))]
[JsonSerializable(typeof(ReceiveTransfer))]
[JsonSerializable(typeof(SettleTransfer))]
[JsonSerializable(typeof(PlaceStandingOrder))]
[JsonSerializable(typeof(CancelStandingOrder))]
[JsonSerializable(typeof(CloseAccount))]
[JsonSerializable(typeof(TimerFired))]
[JsonSerializable(typeof(AccountOpened))]
[JsonSerializable(typeof(Deposited))]
[JsonSerializable(typeof(Withdrawn))]
[JsonSerializable(typeof(TransferSent))]
[JsonSerializable(typeof(CreditOrdered))]
[JsonSerializable(typeof(TransferReceived))]
[JsonSerializable(typeof(TransferReturned))]
[JsonSerializable(typeof(TransferAnswered))]
[JsonSerializable(typeof(TransferSettled))]
[JsonSerializable(typeof(TransferRefunded))]
[JsonSerializable(typeof(StandingOrderPlaced))]
[JsonSerializable(typeof(StandingOrderDue))]
[JsonSerializable(typeof(StandingOrderSkipped))]
[JsonSerializable(typeof(StandingOrderCancelled))]
[JsonSerializable(typeof(AccountClosed))]
internal sealed partial class AccountJson : JsonSerializerContext;
