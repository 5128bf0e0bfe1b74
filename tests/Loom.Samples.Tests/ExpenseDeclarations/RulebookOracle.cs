namespace Loom.Samples.Tests.ExpenseDeclarations;

/// <summary>
/// RULES.md as a table, written from the page and not from the machine: plain words, one row per kind of step. It answers whether a step is
/// allowed now, and what holds afterwards. Roles and four eyes (R5, R7) have tests of their own.
/// </summary>
internal sealed class RulebookOracle
{
    private static readonly string[] WithAuthor = ["absent", "draft", "rejected", "taken back"];
    private static readonly string[] InReview = ["in review"];
    private static readonly string[] MoneyNotMoved = ["in review", "approved", "payment requested"];

    // activity → document, allowed in these statuses, status afterwards (null: unchanged), line of the reviewer (0: not in the line)
    private static readonly Dictionary<string, Row> Rows = new(StringComparer.Ordinal)
    {
        ["Declaration SAVED by EMPLOYEE"] = new("declaration", WithAuthor, "draft", 0),
        ["Declaration SUBMITTED by EMPLOYEE"] = new("declaration", WithAuthor, "in review", 0),
        ["Declaration APPROVED by PRE_APPROVER"] = new("declaration", InReview, "in review", 1),
        ["Declaration APPROVED by ADMINISTRATION"] = new("declaration", InReview, "in review", 1),
        ["Declaration APPROVED by BUDGET OWNER"] = new("declaration", InReview, "in review", 2),
        ["Declaration APPROVED by SUPERVISOR"] = new("declaration", InReview, "in review", 3),
        ["Declaration FINAL_APPROVED by SUPERVISOR"] = new("declaration", InReview, "approved", 3),
        ["Declaration FINAL_APPROVED by DIRECTOR"] = new("declaration", InReview, "approved", 4),
        ["Declaration REJECTED by PRE_APPROVER"] = new("declaration", InReview, "rejected", 1),
        ["Declaration REJECTED by ADMINISTRATION"] = new("declaration", InReview, "rejected", 1),
        ["Declaration REJECTED by BUDGET OWNER"] = new("declaration", InReview, "rejected", 2),
        ["Declaration REJECTED by SUPERVISOR"] = new("declaration", InReview, "rejected", 3),
        ["Declaration REJECTED by DIRECTOR"] = new("declaration", InReview, "rejected", 4),
        ["Declaration REJECTED by EMPLOYEE"] = new("declaration", ["in review", "rejected"], "taken back", 0),
        ["Declaration REJECTED by MISSING"] = new("declaration", MoneyNotMoved, "rejected", 0),
        ["Request Payment"] = new("declaration", ["approved"], "payment requested", 0),
        ["Payment Handled"] = new("declaration", ["payment requested"], "paid", 0),
        ["Permit SUBMITTED by EMPLOYEE"] = new("permit", ["absent", "rejected", "taken back"], "in review", 0),
        ["Permit APPROVED by PRE_APPROVER"] = new("permit", InReview, "in review", 1),
        ["Permit APPROVED by ADMINISTRATION"] = new("permit", InReview, "in review", 1),
        ["Permit APPROVED by BUDGET OWNER"] = new("permit", InReview, "in review", 2),
        ["Permit APPROVED by SUPERVISOR"] = new("permit", InReview, "in review", 3),
        ["Permit FINAL_APPROVED by SUPERVISOR"] = new("permit", InReview, "approved", 3),
        ["Permit FINAL_APPROVED by DIRECTOR"] = new("permit", InReview, "approved", 4),
        ["Permit REJECTED by PRE_APPROVER"] = new("permit", InReview, "rejected", 1),
        ["Permit REJECTED by ADMINISTRATION"] = new("permit", InReview, "rejected", 1),
        ["Permit REJECTED by BUDGET OWNER"] = new("permit", InReview, "rejected", 2),
        ["Permit REJECTED by SUPERVISOR"] = new("permit", InReview, "rejected", 3),
        ["Permit REJECTED by EMPLOYEE"] = new("permit", ["in review", "rejected"], "taken back", 0),
        ["Permit REJECTED by MISSING"] = new("permit", ["in review", "approved"], "rejected", 0),
        ["Start trip"] = new("trip", ["not started"], "started", 0),
        ["End trip"] = new("trip", ["started"], "ended", 0),
        ["Send Reminder"] = new("trip", ["ended"], "ended", 0),
    };

    private readonly Dictionary<string, string> _status = new(StringComparer.Ordinal)
    {
        ["declaration"] = "absent",
        ["permit"] = "absent",
        ["trip"] = "not started",
    };

    private readonly Dictionary<string, int> _passed = new(StringComparer.Ordinal) { ["declaration"] = 0, ["permit"] = 0, ["trip"] = 0 };

    /// <summary>Every kind of step there is.</summary>
    public static IReadOnlyCollection<string> Activities => Rows.Keys;

    /// <summary>Where declaration, permit and trip stand, in the words of the page.</summary>
    public string Standing => $"{_status["declaration"]} / {_status["permit"]} / {_status["trip"]}";

    /// <summary>Takes the step if the rules allow it.</summary>
    public bool Step(string activity)
    {
        var row = Rows[activity];
        var allowed = row.When.Contains(_status[row.Document])
            && (row.Line == 0 || row.Line > _passed[row.Document]) // R1
            && (activity != "Declaration SUBMITTED by EMPLOYEE" || _status["permit"] is "absent" or "approved") // R3
            && (activity != "Send Reminder" || WithAuthor.Contains(_status["declaration"])); // R4
        if (!allowed)
        {
            return false;
        }

        _status[row.Document] = row.Then;
        _passed[row.Document] = activity.Contains("SUBMITTED", StringComparison.Ordinal) ? 0
            : activity.Contains("APPROVED", StringComparison.Ordinal) ? row.Line
            : _passed[row.Document];
        return true;
    }

    private sealed record Row(string Document, string[] When, string Then, int Line);
}
