using Loom.Core;

namespace Loom.Samples.Tests.Modules;

/// <summary>Random commands to a case: mostly such as may be accepted, some that break a rule, some whose body does not fit.</summary>
internal sealed class DeclarationWalk(Random random)
{
    private static readonly string[] Roles =
        ["employee", "pre-approver", "administration", "budget-owner", "supervisor", "director", "system", "missing", "undefined"];

    private static readonly string[] People = ["anna", "ben", "cara", "d\"ora\\", "Zoë 𝄞\u0001"];
    private bool _open;

    public (string Command, string Body, string Principal, string[] Roles, Timestamp At) Next()
    {
        var role = Roles[random.Next(Roles.Length)];
        var command = _open ? Command(ref role) : "open-case";
        _open = true;
        var members = new List<string>();
        switch (command)
        {
            case "open-case":
                Maybe(members, "amount", Amount());
                Maybe(members, "description", Pick("null", "\"Trip\"", "\"a \\\"b\\\" \\u0007 é\""));
                Maybe(members, "fourEyes", Pick("true", "false"));
                Maybe(members, "permitBudget", Amount());
                break;
            case "save-declaration" or "submit-declaration":
                Maybe(members, "amount", Amount());
                break;
            case "submit-permit":
                Maybe(members, "budget", Amount());
                break;
            case "approve-declaration" or "approve-permit":
                members.Add($"\"as\":\"{role}\"");
                Maybe(members, "final", Pick("true", "false"));
                break;
            case "reject-declaration" or "reject-permit":
                members.Add($"\"as\":\"{role}\"");
                Maybe(members, "reason", Pick("null", "\"no\"", "\"\\n\""));
                break;
            case "request-payment" or "handle-payment" or "send-reminder":
                Maybe(members, "as", $"\"{role}\"");
                role = members.Count == 0 ? "system" : role;
                break;
            default:
                break;
        }

        if (random.Next(4) == 0) members.Add($"\"occurred\":\"2026-0{random.Next(1, 10)}-11T10:00:00.123456Z\"");
        if (random.Next(40) == 0) members.Add(Pick("\"extra\":1", "\"occurred\":\"soon\"", "\"as\":null", "\"amount\":12.5"));
        var body = random.Next(200) == 0 ? Pick("[]", "null", "\"x\"") : $"{{{string.Join(',', members.DistinctBy(m => m.Split(':')[0]))}}}";
        string[] roles = random.Next(12) == 0 ? [Pick(Roles)] : [role, Pick(Roles)];
        return (command, body, Pick(People), roles, Timestamp.Parse($"2026-01-01T00:00:{random.Next(60):00}.000000Z"));
    }

    private string Command(ref string role)
    {
        var command = Pick(
            "save-declaration", "submit-declaration", "submit-declaration", "approve-declaration", "approve-declaration", "reject-declaration",
            "request-payment", "handle-payment", "submit-permit", "approve-permit", "approve-permit", "reject-permit", "start-trip", "end-trip",
            "send-reminder", "open-case", random.Next(20) == 0 ? "fly" : "approve-declaration");
        role = command switch
        {
            "save-declaration" or "submit-declaration" or "submit-permit" or "start-trip" or "end-trip" or "open-case" or "fly" => "employee",
            "request-payment" or "handle-payment" or "send-reminder" => random.Next(8) == 0 ? role : Pick("system", "undefined"),
            _ => role,
        };
        return command;
    }

    private string Amount() => Pick("null", "\"0\"", "\"12950\"", "\"999999999999999\"", random.Next(10) == 0 ? "\"-1\"" : "\"77\"", random.Next(30) == 0 ? "12" : "\"5\"");

    private void Maybe(List<string> members, string name, string value)
    {
        if (random.Next(3) > 0) members.Add($"\"{name}\":{value}");
    }

    private string Pick(params string[] values) => values[random.Next(values.Length)];
}
