using System.Text.Json.Serialization;

namespace Loom.Samples.ExpenseDeclarations;

/// <summary>JSON forms, generated at build time. Unknown members and missing ones are refused, not guessed.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(DeclarationState))]
[JsonSerializable(typeof(OpenCase))]
[JsonSerializable(typeof(SaveDeclaration))]
[JsonSerializable(typeof(SubmitDeclaration))]
[JsonSerializable(typeof(ApproveDeclaration))]
[JsonSerializable(typeof(RejectDeclaration))]
[JsonSerializable(typeof(RequestPayment))]
[JsonSerializable(typeof(HandlePayment))]
[JsonSerializable(typeof(SubmitPermit))]
[JsonSerializable(typeof(ApprovePermit))]
[JsonSerializable(typeof(RejectPermit))]
[JsonSerializable(typeof(StartTrip))]
[JsonSerializable(typeof(EndTrip))]
[JsonSerializable(typeof(SendReminder))]
[JsonSerializable(typeof(CaseOpened))]
[JsonSerializable(typeof(DeclarationSaved))]
[JsonSerializable(typeof(DeclarationSubmitted))]
[JsonSerializable(typeof(DeclarationApproved))]
[JsonSerializable(typeof(DeclarationRejected))]
[JsonSerializable(typeof(PaymentRequested))]
[JsonSerializable(typeof(PaymentHandled))]
[JsonSerializable(typeof(PermitSubmitted))]
[JsonSerializable(typeof(PermitApproved))]
[JsonSerializable(typeof(PermitRejected))]
[JsonSerializable(typeof(TripStarted))]
[JsonSerializable(typeof(TripEnded))]
[JsonSerializable(typeof(ReminderSent))]
internal sealed partial class DeclarationJson : JsonSerializerContext;
