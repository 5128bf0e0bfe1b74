using System.Text.Json.Serialization;
using Loom.Core;

namespace Loom.Samples.ExpenseDeclarations;

[JsonConverter(typeof(JsonStringEnumConverter<DocumentStatus>))]
public enum DocumentStatus
{
    Absent,
    Draft,
    InReview,
    Approved,
    Rejected,
    TakenBack,
    PaymentRequested,
    Paid,
}

/// <summary>An approval of the current round.</summary>
public sealed record Approval(DeclarationRole By, string Principal);

/// <summary>The declaration or the permit.</summary>
public sealed record Document(DocumentStatus Status, int Round, IReadOnlyList<Approval> Approvals, IReadOnlyList<string> SubmittedBy)
{
    public static Document Absent { get; } = new(DocumentStatus.Absent, 0, [], []);

    /// <summary>Absent, draft, rejected or taken back: with its author.</summary>
    [JsonIgnore]
    public bool IsWithAuthor =>
        Status is DocumentStatus.Absent or DocumentStatus.Draft or DocumentStatus.Rejected or DocumentStatus.TakenBack;

    internal Document Submitted(string principal) => this with
    {
        Status = DocumentStatus.InReview,
        Round = Round + 1,
        Approvals = [],
        SubmittedBy = SubmittedBy.Contains(principal, StringComparer.Ordinal) ? SubmittedBy : [.. SubmittedBy, principal],
    };

    internal Document ApprovedBy(Approval approval, bool final) => this with
    {
        Status = final ? DocumentStatus.Approved : DocumentStatus.InReview,
        Approvals = [.. Approvals, approval],
    };
}

[JsonConverter(typeof(JsonStringEnumConverter<Trip>))]
public enum Trip
{
    NotStarted,
    Started,
    Ended,
}

public sealed record DeclarationState(
    string? Description, Cents? Amount, bool FourEyes, Document Declaration, Document Permit, Cents? PermitBudget, Trip Trip, int Reminders)
{
    public static DeclarationState New(CaseOpened e) =>
        new(e.Description, e.Amount, e.FourEyes, Document.Absent, Document.Absent, e.PermitBudget, Trip.NotStarted, 0);
}
