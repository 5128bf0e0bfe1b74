using System.Text.Json.Serialization;

namespace Loom.Samples.ExpenseDeclarations;

/// <summary>In which capacity a step is taken. Also the names of the application roles that callers hold.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DeclarationRole>))]
public enum DeclarationRole
{
    [JsonStringEnumMemberName("employee")]
    Employee,

    [JsonStringEnumMemberName("pre-approver")]
    PreApprover,

    [JsonStringEnumMemberName("administration")]
    Administration,

    [JsonStringEnumMemberName("budget-owner")]
    BudgetOwner,

    [JsonStringEnumMemberName("supervisor")]
    Supervisor,

    [JsonStringEnumMemberName("director")]
    Director,

    [JsonStringEnumMemberName("system")]
    System,

    /// <summary>The system of record noted no role.</summary>
    [JsonStringEnumMemberName("missing")]
    Missing,

    /// <summary>The system of record has no role for it.</summary>
    [JsonStringEnumMemberName("undefined")]
    Undefined,
}

public static class DeclarationRoles
{
    /// <summary>The role's name in JSON and among the caller's roles.</summary>
    public static string Name(this DeclarationRole role) => role switch
    {
        DeclarationRole.Employee => "employee",
        DeclarationRole.PreApprover => "pre-approver",
        DeclarationRole.Administration => "administration",
        DeclarationRole.BudgetOwner => "budget-owner",
        DeclarationRole.Supervisor => "supervisor",
        DeclarationRole.Director => "director",
        DeclarationRole.System => "system",
        DeclarationRole.Missing => "missing",
        _ => "undefined",
    };

    /// <summary>Where the role stands in the review; 0 when it does not review.</summary>
    internal static int Line(this DeclarationRole role) => role switch
    {
        DeclarationRole.PreApprover or DeclarationRole.Administration => 1,
        DeclarationRole.BudgetOwner => 2,
        DeclarationRole.Supervisor => 3,
        DeclarationRole.Director => 4,
        _ => 0,
    };
}
