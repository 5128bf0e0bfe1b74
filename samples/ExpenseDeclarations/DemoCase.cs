using Loom.Core;

namespace Loom.Samples.ExpenseDeclarations;

/// <summary>One invented case: who does what, when.</summary>
internal sealed class DemoCase
{
    private static readonly string[] Employees =
    [
        "a.okafor", "b.lindqvist", "c.moreau", "d.castillo", "e.novak", "f.haddad", "g.tanaka", "h.oconnor", "i.petrov", "j.silva",
        "k.vandijk", "l.rossi", "m.schulz", "n.kaya", "o.eriksen", "p.nguyen", "q.dubois", "r.banerjee", "s.kowalski", "t.mensah",
    ];

    private static readonly string[] Administrators = ["u.brandt", "v.almeida", "w.jansen"];
    private static readonly string[] BudgetOwners = ["x.ferrari", "y.demir"];
    private static readonly string[] Supervisors = ["prof.ito", "prof.weber", "prof.adeyemi", "prof.larsen"];
    private static readonly string[] Directors = ["dir.vermeer"];

    private static readonly DateTime Begin = new(2026, 1, 5, 8, 0, 0, DateTimeKind.Utc);

    private readonly Random _random;
    private readonly List<DemoStep> _steps = [];
    private readonly string _employee;
    private DateTime _now;

    private DemoCase(Random random, int index)
    {
        _random = random;
        Name = $"declaration D-2026-{index + 1:0000}";
        _employee = Pick(Employees);
        _now = Begin.AddDays(index * 0.36).AddMinutes(random.Next(540));

        // Many small claims, few large ones.
        Amount = new Cents((long)Math.Round(Math.Exp(2.2 + (random.NextDouble() * 6.2)) * 100));
    }

    public string Name { get; }

    public Cents Amount { get; }

    public IReadOnlyList<DemoStep> Steps => _steps;

    private bool IsLarge => Amount.Value > 150_000;

    public static DemoCase Make(Random random, int index)
    {
        var made = new DemoCase(random, index);
        if (random.Next(100) < 35)
        {
            made.Travel();
        }

        made.Declare();
        return made;
    }

    private void Travel()
    {
        Reviewed("Permit", chanceOfRejection: 6);
        After(hours: 24, spread: 200);
        Step("Start trip", DeclarationRole.Employee, _employee);
        After(hours: 24, spread: 120);
        Step("End trip", DeclarationRole.Employee, _employee);
        if (_random.Next(100) < 8)
        {
            After(hours: 24 * 21, spread: 48);
            Step("Send Reminder", DeclarationRole.System, "system");
        }

        After(hours: 12, spread: 120);
    }

    private void Declare()
    {
        var fate = _random.Next(100);
        if (fate < 4)
        {
            Step("Declaration SAVED by EMPLOYEE", DeclarationRole.Employee, _employee);
            if (fate < 2)
            {
                return; // forgotten
            }

            After(hours: 20, spread: 60);
        }

        if (!Reviewed("Declaration", chanceOfRejection: 12))
        {
            return; // given up
        }

        if (_random.Next(100) < 3)
        {
            Step("Payment Handled", DeclarationRole.System, "system"); // a payment run that came too early: refused
        }

        After(hours: 3, spread: 20);
        Step("Request Payment", DeclarationRole.System, "system");
        After(hours: 40, spread: 60);
        Step("Payment Handled", DeclarationRole.System, "system");
    }

    // Submission and review until it is approved, or given up; whether it was approved.
    private bool Reviewed(string document, int chanceOfRejection)
    {
        for (var round = 0; round < 3; round++)
        {
            Step($"{document} SUBMITTED by EMPLOYEE", DeclarationRole.Employee, _employee);
            After(hours: 2, spread: 30);
            if (!Rejected(document, DeclarationRole.Administration, Pick(Administrators), chanceOfRejection))
            {
                return Approved(document);
            }

            After(hours: 4, spread: 40);
            Step($"{document} REJECTED by EMPLOYEE", DeclarationRole.Employee, _employee);
            if (document == "Declaration" && _random.Next(100) < 15)
            {
                return false;
            }

            After(hours: 1, spread: 50);
        }

        Step($"{document} SUBMITTED by EMPLOYEE", DeclarationRole.Employee, _employee);
        After(hours: 2, spread: 30);
        return Approved(document);
    }

    private bool Approved(string document)
    {
        Step($"{document} APPROVED by ADMINISTRATION", DeclarationRole.Administration, Pick(Administrators));
        After(hours: 4, spread: 40);
        if (IsLarge)
        {
            Step($"{document} APPROVED by BUDGET OWNER", DeclarationRole.BudgetOwner, Pick(BudgetOwners));
            After(hours: 4, spread: 60);
        }

        if (_random.Next(100) < 3)
        {
            // Somebody who supervises a project tries to wave his own claim through: four eyes refuses it.
            Step($"{document} FINAL_APPROVED by SUPERVISOR", DeclarationRole.Supervisor, _employee);
            After(hours: 1, spread: 10);
        }

        if (Amount.Value > 300_000)
        {
            Step($"{document} APPROVED by SUPERVISOR", DeclarationRole.Supervisor, Pick(Supervisors));
            After(hours: 8, spread: 80);
            Step($"{document} FINAL_APPROVED by DIRECTOR", DeclarationRole.Director, Pick(Directors));
            return true;
        }

        Step($"{document} FINAL_APPROVED by SUPERVISOR", DeclarationRole.Supervisor, Pick(Supervisors));
        return true;
    }

    private bool Rejected(string document, DeclarationRole role, string person, int chance)
    {
        if (_random.Next(100) >= chance)
        {
            return false;
        }

        Step($"{document} REJECTED by {StepKinds.LogName(role)}", role, person);
        return true;
    }

    private void Step(string activity, DeclarationRole role, string person) => _steps.Add(new DemoStep(activity, role, person, _now));

    // People work from 8 to 18 on weekdays; what falls outside waits for the next morning.
    private void After(int hours, int spread)
    {
        _now = _now.AddHours(hours).AddMinutes(_random.Next(spread * 60));
        while (_now.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday || _now.Hour is < 8 or >= 18)
        {
            _now = _now.Hour < 8 ? _now.Date.AddHours(8).AddMinutes(_random.Next(120)) : _now.Date.AddDays(1).AddHours(8).AddMinutes(_random.Next(120));
        }
    }

    private string Pick(string[] people) => people[_random.Next(people.Length)];
}

internal sealed record DemoStep(string Activity, DeclarationRole Role, string Person, DateTime At);
