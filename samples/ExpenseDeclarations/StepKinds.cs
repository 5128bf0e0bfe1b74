namespace Loom.Samples.ExpenseDeclarations;

/// <summary>A kind of step of an event log: its activity's name, and the command it becomes.</summary>
public sealed record StepKind(string Activity, string Command, DeclarationRole Role, bool Final = false);

/// <summary>The 33 kinds of step of the two public logs, and nothing else.</summary>
public static class StepKinds
{
    public static IReadOnlyList<StepKind> All { get; } = [.. Declarations(), .. Permits(), .. Others()];

    /// <summary>How the logs write a role.</summary>
    public static string LogName(DeclarationRole role) => role switch
    {
        DeclarationRole.PreApprover => "PRE_APPROVER",
        DeclarationRole.BudgetOwner => "BUDGET OWNER",
        _ => role.ToString().ToUpperInvariant(),
    };

    private static IEnumerable<StepKind> Declarations() =>
    [
        By("Declaration SAVED", "save-declaration", DeclarationRole.Employee),
        By("Declaration SUBMITTED", "submit-declaration", DeclarationRole.Employee),
        .. Approvals("Declaration", "approve-declaration"),
        .. Rejections("Declaration", "reject-declaration"),
        By("Declaration REJECTED", "reject-declaration", DeclarationRole.Director),
    ];

    private static IEnumerable<StepKind> Permits() =>
    [
        By("Permit SUBMITTED", "submit-permit", DeclarationRole.Employee),
        .. Approvals("Permit", "approve-permit"),
        .. Rejections("Permit", "reject-permit"),
    ];

    private static IEnumerable<StepKind> Others() =>
    [
        new("Request Payment", "request-payment", DeclarationRole.Undefined),
        new("Payment Handled", "handle-payment", DeclarationRole.Undefined),
        new("Start trip", "start-trip", DeclarationRole.Employee),
        new("End trip", "end-trip", DeclarationRole.Employee),
        new("Send Reminder", "send-reminder", DeclarationRole.Undefined),
    ];

    private static IEnumerable<StepKind> Approvals(string document, string command) =>
    [
        By($"{document} APPROVED", command, DeclarationRole.PreApprover),
        By($"{document} APPROVED", command, DeclarationRole.Administration),
        By($"{document} APPROVED", command, DeclarationRole.BudgetOwner),
        By($"{document} APPROVED", command, DeclarationRole.Supervisor),
        By($"{document} FINAL_APPROVED", command, DeclarationRole.Supervisor) with { Final = true },
        By($"{document} FINAL_APPROVED", command, DeclarationRole.Director) with { Final = true },
    ];

    private static IEnumerable<StepKind> Rejections(string document, string command) =>
    [
        By($"{document} REJECTED", command, DeclarationRole.Employee),
        By($"{document} REJECTED", command, DeclarationRole.PreApprover),
        By($"{document} REJECTED", command, DeclarationRole.Administration),
        By($"{document} REJECTED", command, DeclarationRole.BudgetOwner),
        By($"{document} REJECTED", command, DeclarationRole.Supervisor),
        By($"{document} REJECTED", command, DeclarationRole.Missing),
    ];

    private static StepKind By(string what, string command, DeclarationRole role) => new($"{what} by {LogName(role)}", command, role);
}
