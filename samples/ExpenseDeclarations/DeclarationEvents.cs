using Loom.Core;

namespace Loom.Samples.ExpenseDeclarations;

/// <summary><c>Occurred</c> is when the step happened in the world: the command's own word, else the moment of the decision.</summary>
public abstract record DeclarationEvent(Timestamp Occurred);

public sealed record CaseOpened(string? Description, Cents? Amount, Cents? PermitBudget, bool FourEyes, Timestamp Occurred) : DeclarationEvent(Occurred);

public sealed record DeclarationSaved(Cents? Amount, Timestamp Occurred) : DeclarationEvent(Occurred);

public sealed record DeclarationSubmitted(Cents Amount, string Principal, Timestamp Occurred) : DeclarationEvent(Occurred);

public sealed record DeclarationApproved(DeclarationRole By, bool Final, string Principal, Timestamp Occurred) : DeclarationEvent(Occurred);

public sealed record DeclarationRejected(DeclarationRole By, string? Reason, Timestamp Occurred) : DeclarationEvent(Occurred);

public sealed record PaymentRequested(Cents Amount, DeclarationRole By, Timestamp Occurred) : DeclarationEvent(Occurred);

public sealed record PaymentHandled(Cents Amount, DeclarationRole By, Timestamp Occurred) : DeclarationEvent(Occurred);

public sealed record PermitSubmitted(Cents? Budget, string Principal, Timestamp Occurred) : DeclarationEvent(Occurred);

public sealed record PermitApproved(DeclarationRole By, bool Final, string Principal, Timestamp Occurred) : DeclarationEvent(Occurred);

public sealed record PermitRejected(DeclarationRole By, string? Reason, Timestamp Occurred) : DeclarationEvent(Occurred);

public sealed record TripStarted(Timestamp Occurred) : DeclarationEvent(Occurred);

public sealed record TripEnded(Timestamp Occurred) : DeclarationEvent(Occurred);

public sealed record ReminderSent(DeclarationRole By, Timestamp Occurred) : DeclarationEvent(Occurred);
