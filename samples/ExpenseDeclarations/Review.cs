using Answer = Loom.Core.Decision<Loom.Samples.ExpenseDeclarations.DeclarationEvent>;

namespace Loom.Samples.ExpenseDeclarations;

/// <summary>What declaration and permit have in common: how a document is reviewed. Each check gives the refusal, or null.</summary>
internal static class Review
{
    public static Answer? Approve(Document document, string name, DeclarationRole by, bool final, bool fourEyes, string principal)
    {
        if (final ? by is not (DeclarationRole.Supervisor or DeclarationRole.Director) : by.Line() is 0 or 4)
        {
            return Answer.Reject("role-may-not", final
                ? $"Only a supervisor or a director approves a {name} finally, not {by.Name()}."
                : $"{by.Name()} does not pass a {name} up the line.");
        }

        if (document.Status != DocumentStatus.InReview)
        {
            return NotInReview(document, name);
        }

        return OutOfLine(document, name, by) ?? (fourEyes ? FourEyes(document, name, principal) : null);
    }

    public static Answer? Reject(Document document, string name, DeclarationRole by, bool directorMay) => by switch
    {
        DeclarationRole.Employee => document.Status is DocumentStatus.InReview or DocumentStatus.Rejected
            ? null
            : Answer.Reject("nothing-to-take-back", $"The {name} is {Name(document)}; it can be taken back while it is in review, or rejected."),
        DeclarationRole.Missing => document.Status is DocumentStatus.InReview or DocumentStatus.Approved or DocumentStatus.PaymentRequested
            ? null // R2
            : Answer.Reject("nothing-to-reject", $"The {name} is {Name(document)}."),
        _ when by.Line() == 0 || (by == DeclarationRole.Director && !directorMay) =>
            Answer.Reject("role-may-not", $"{by.Name()} does not reject a {name}."),
        _ => document.Status == DocumentStatus.InReview ? OutOfLine(document, name, by) : NotInReview(document, name),
    };

    /// <summary>Steps that no person takes.</summary>
    public static Answer? Automatic(DeclarationRole by) =>
        by is DeclarationRole.System or DeclarationRole.Undefined
            ? null
            : Answer.Reject("role-may-not", $"This step is the system's, not {by.Name()}'s.");

    public static DocumentStatus AfterRejection(DeclarationRole by) =>
        by == DeclarationRole.Employee ? DocumentStatus.TakenBack : DocumentStatus.Rejected;

    public static string Name(Document document) => document.Status switch
    {
        DocumentStatus.Absent => "absent",
        DocumentStatus.Draft => "draft",
        DocumentStatus.InReview => "in review",
        DocumentStatus.Approved => "approved",
        DocumentStatus.Rejected => "rejected",
        DocumentStatus.TakenBack => "taken back",
        DocumentStatus.PaymentRequested => "payment requested",
        _ => "paid",
    };

    private static Answer NotInReview(Document document, string name) =>
        Answer.Reject("not-in-review", $"The {name} is {Name(document)}; it is approved or rejected while it is in review.");

    // R1: a review goes up the line.
    private static Answer? OutOfLine(Document document, string name, DeclarationRole by)
    {
        var highest = document.Approvals.MaxBy(a => a.By.Line());
        return highest is null || by.Line() > highest.By.Line()
            ? null
            : Answer.Reject("out-of-line", $"The {name} has passed {highest.By.Name()} in this round; {by.Name()} no longer decides on it.");
    }

    // R7
    private static Answer? FourEyes(Document document, string name, string principal) =>
        document.SubmittedBy.Contains(principal, StringComparer.Ordinal)
            ? Answer.Reject("four-eyes", $"{principal} submitted this {name} and may not approve it.")
        : document.Approvals.Any(a => a.Principal == principal)
            ? Answer.Reject("four-eyes", $"{principal} has approved this {name} in this round already.")
        : null;
}
