using Loom.Core;

namespace Loom.Samples.ExpenseDeclarations;

/// <summary><c>Occurred</c> is when the step happened in the world, where that is not the moment of the command (an imported log).</summary>
public abstract record DeclarationCommand(Timestamp? Occurred);

public sealed record OpenCase(
    string? Description = null, Cents? Amount = null, Cents? PermitBudget = null, bool FourEyes = true, Timestamp? Occurred = null)
    : DeclarationCommand(Occurred);

public sealed record SaveDeclaration(Cents? Amount = null, Timestamp? Occurred = null) : DeclarationCommand(Occurred);

public sealed record SubmitDeclaration(Cents? Amount = null, Timestamp? Occurred = null) : DeclarationCommand(Occurred);

/// <summary><c>Final</c> ends the review; only a supervisor or a director can.</summary>
public sealed record ApproveDeclaration(DeclarationRole As, bool Final = false, Timestamp? Occurred = null) : DeclarationCommand(Occurred);

/// <summary>An employee's rejection takes the declaration back.</summary>
public sealed record RejectDeclaration(DeclarationRole As, string? Reason = null, Timestamp? Occurred = null) : DeclarationCommand(Occurred);

public sealed record RequestPayment(DeclarationRole As = DeclarationRole.System, Timestamp? Occurred = null) : DeclarationCommand(Occurred);

public sealed record HandlePayment(DeclarationRole As = DeclarationRole.System, Timestamp? Occurred = null) : DeclarationCommand(Occurred);

public sealed record SubmitPermit(Cents? Budget = null, Timestamp? Occurred = null) : DeclarationCommand(Occurred);

public sealed record ApprovePermit(DeclarationRole As, bool Final = false, Timestamp? Occurred = null) : DeclarationCommand(Occurred);

public sealed record RejectPermit(DeclarationRole As, string? Reason = null, Timestamp? Occurred = null) : DeclarationCommand(Occurred);

public sealed record StartTrip(Timestamp? Occurred = null) : DeclarationCommand(Occurred);

public sealed record EndTrip(Timestamp? Occurred = null) : DeclarationCommand(Occurred);

public sealed record SendReminder(DeclarationRole As = DeclarationRole.System, Timestamp? Occurred = null) : DeclarationCommand(Occurred);
