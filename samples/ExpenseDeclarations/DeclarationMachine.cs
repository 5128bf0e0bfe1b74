using Loom.Core;
using Answer = Loom.Core.Decision<Loom.Samples.ExpenseDeclarations.DeclarationEvent>;

namespace Loom.Samples.ExpenseDeclarations;

/// <summary>A case of expenses, with its permit and its trip. The rules are on <c>RULES.md</c>; numbers in comments are its rows.</summary>
public sealed class DeclarationMachine : Machine<DeclarationState, DeclarationCommand, DeclarationEvent>
{
    /// <summary>Long enough for any real case; keeps the state small.</summary>
    public const int MaxRounds = 200;

    /// <inheritdoc/>
    public override ILogMapping LogMapping => XesMapping.Instance;

    protected override void Define(MachineDefinition<DeclarationState, DeclarationCommand, DeclarationEvent> machine)
    {
        var json = DeclarationJson.Default;
        machine
            .Name("declaration", version: 1, json.DeclarationState)
            .Command("open-case", json.OpenCase, "Open a case")
            .Command("save-declaration", json.SaveDeclaration, "Save the declaration as a draft")
            .Command("submit-declaration", json.SubmitDeclaration, "Submit the declaration for review")
            .Command("approve-declaration", json.ApproveDeclaration, "Approve the declaration, finally or for the next in line")
            .Command("reject-declaration", json.RejectDeclaration, "Reject the declaration, or take it back as the employee")
            .Command("request-payment", json.RequestPayment, "Ask for the payment")
            .Command("handle-payment", json.HandlePayment, "Note that the payment was made")
            .Command("submit-permit", json.SubmitPermit, "Submit the travel permit for review")
            .Command("approve-permit", json.ApprovePermit, "Approve the permit, finally or for the next in line")
            .Command("reject-permit", json.RejectPermit, "Reject the permit, or take it back as the employee")
            .Command("start-trip", json.StartTrip, "Note that the trip began")
            .Command("end-trip", json.EndTrip, "Note that the trip ended")
            .Command("send-reminder", json.SendReminder, "Remind the employee of a declaration that is owed")
            .Event("case-opened.v1", json.CaseOpened)
            .Event("declaration-saved.v1", json.DeclarationSaved)
            .Event("declaration-submitted.v1", json.DeclarationSubmitted)
            .Event("declaration-approved.v1", json.DeclarationApproved)
            .Event("declaration-rejected.v1", json.DeclarationRejected)
            .Event("payment-requested.v1", json.PaymentRequested)
            .Event("payment-handled.v1", json.PaymentHandled)
            .Event("permit-submitted.v1", json.PermitSubmitted)
            .Event("permit-approved.v1", json.PermitApproved)
            .Event("permit-rejected.v1", json.PermitRejected)
            .Event("trip-started.v1", json.TripStarted)
            .Event("trip-ended.v1", json.TripEnded)
            .Event("reminder-sent.v1", json.ReminderSent);
    }

    protected override Answer Decide(DeclarationState? state, DeclarationCommand command, MachineContext context)
    {
        var at = command.Occurred ?? context.At;
        if (command is OpenCase open)
        {
            return state is null ? Open(open, at) : Answer.Reject("already-open", "The case was opened before."); // 1
        }

        if (state is null)
        {
            return Answer.Reject("not-open", $"{context.Actor} is no open case; send 'open-case' first.");
        }

        var role = RoleOf(command);
        if (!context.Roles.Contains(role.Name(), StringComparer.Ordinal))
        {
            return Answer.Reject("role-missing", $"This step is taken as {role.Name()}; {context.Principal} does not hold that role."); // R5
        }

        return command switch
        {
            SaveDeclaration c => Save(state, c, at),
            SubmitDeclaration c => Submit(state, c, context, at),
            ApproveDeclaration c => Review.Approve(state.Declaration, "declaration", c.As, c.Final, state.FourEyes, context.Principal)
                ?? Answer.Accept(new DeclarationApproved(c.As, c.Final, context.Principal, at)), // 4, 5
            RejectDeclaration c => Review.Reject(state.Declaration, "declaration", c.As, directorMay: true)
                ?? Answer.Accept(new DeclarationRejected(c.As, c.Reason, at)), // 6, 7, 8
            RequestPayment c => Review.Automatic(c.As) ?? (state.Declaration.Status == DocumentStatus.Approved // 9
                ? Answer.Accept(new PaymentRequested(state.Amount!.Value, c.As, at))
                : Answer.Reject("not-approved", $"A payment is requested once the declaration is finally approved; it is {Review.Name(state.Declaration)}.")),
            HandlePayment c => Review.Automatic(c.As) ?? (state.Declaration.Status == DocumentStatus.PaymentRequested // 10
                ? Answer.Accept(new PaymentHandled(state.Amount!.Value, c.As, at))
                : Answer.Reject("no-payment-requested", $"No payment is under way; the declaration is {Review.Name(state.Declaration)}.")),
            SubmitPermit c => SubmitPermit(state, c, context, at),
            ApprovePermit c => Review.Approve(state.Permit, "permit", c.As, c.Final, state.FourEyes, context.Principal)
                ?? Answer.Accept(new PermitApproved(c.As, c.Final, context.Principal, at)), // 12, 13
            RejectPermit c => Review.Reject(state.Permit, "permit", c.As, directorMay: false)
                ?? Answer.Accept(new PermitRejected(c.As, c.Reason, at)), // 14, 15, 16
            StartTrip => state.Trip == Trip.NotStarted // 17
                ? Answer.Accept(new TripStarted(at))
                : Answer.Reject("trip-started", "The trip was started before."),
            EndTrip => state.Trip == Trip.Started // 18
                ? Answer.Accept(new TripEnded(at))
                : Answer.Reject("trip-not-under-way", state.Trip == Trip.Ended ? "The trip ended before." : "The trip has not started."),
            SendReminder c => Review.Automatic(c.As) ?? Remind(state, c, at),
            _ => throw new InvalidOperationException($"{command.GetType().Name} is declared and not decided."),
        };
    }

    protected override DeclarationState Evolve(DeclarationState? state, DeclarationEvent @event)
    {
        if (@event is CaseOpened opened)
        {
            return DeclarationState.New(opened);
        }

        var s = state ?? throw new FormatException($"{@event.GetType().Name} comes before the case was opened.");
        return @event switch
        {
            DeclarationSaved e => s with { Amount = e.Amount ?? s.Amount, Declaration = s.Declaration with { Status = DocumentStatus.Draft } },
            DeclarationSubmitted e => s with { Amount = e.Amount, Declaration = s.Declaration.Submitted(e.Principal) },
            DeclarationApproved e => s with { Declaration = s.Declaration.ApprovedBy(new Approval(e.By, e.Principal), e.Final) },
            DeclarationRejected e => s with { Declaration = s.Declaration with { Status = Review.AfterRejection(e.By) } },
            PaymentRequested => s with { Declaration = s.Declaration with { Status = DocumentStatus.PaymentRequested } },
            PaymentHandled => s with { Declaration = s.Declaration with { Status = DocumentStatus.Paid } },
            PermitSubmitted e => s with { PermitBudget = e.Budget ?? s.PermitBudget, Permit = s.Permit.Submitted(e.Principal) },
            PermitApproved e => s with { Permit = s.Permit.ApprovedBy(new Approval(e.By, e.Principal), e.Final) },
            PermitRejected e => s with { Permit = s.Permit with { Status = Review.AfterRejection(e.By) } },
            TripStarted => s with { Trip = Trip.Started },
            TripEnded => s with { Trip = Trip.Ended },
            ReminderSent => s with { Reminders = s.Reminders + 1 },
            _ => throw new FormatException($"{@event.GetType().Name} is declared and not folded."),
        };
    }

    protected override string LabelOf(DeclarationState state) =>
        state.Declaration.Status != DocumentStatus.Absent ? Review.Name(state.Declaration)
        : state.Permit.Status != DocumentStatus.Absent ? $"permit {Review.Name(state.Permit)}"
        : state.Trip switch { Trip.NotStarted => "open", Trip.Started => "travelling", _ => "trip ended" };

    private static DeclarationRole RoleOf(DeclarationCommand command) => command switch
    {
        ApproveDeclaration c => c.As,
        RejectDeclaration c => c.As,
        ApprovePermit c => c.As,
        RejectPermit c => c.As,
        RequestPayment c => c.As,
        HandlePayment c => c.As,
        SendReminder c => c.As,
        _ => DeclarationRole.Employee,
    };

    private static Answer Open(OpenCase c, Timestamp at) =>
        c.Amount is { IsNegative: true } || c.PermitBudget is { IsNegative: true } ? Negative()
        : Answer.Accept(new CaseOpened(c.Description, c.Amount, c.PermitBudget, c.FourEyes, at));

    private static Answer Save(DeclarationState state, SaveDeclaration c, Timestamp at) => // 2
        !state.Declaration.IsWithAuthor ? NotWithAuthor(state.Declaration, "declaration")
        : c.Amount is { IsNegative: true } ? Negative()
        : Answer.Accept(new DeclarationSaved(c.Amount, at));

    private static Answer Submit(DeclarationState state, SubmitDeclaration c, MachineContext context, Timestamp at) // 3
    {
        if (!state.Declaration.IsWithAuthor)
        {
            return NotWithAuthor(state.Declaration, "declaration");
        }

        if (state.Permit.Status is not (DocumentStatus.Absent or DocumentStatus.Approved))
        {
            return Answer.Reject("permit-open", $"The trip's permit is {Review.Name(state.Permit)}; its costs are declared once it is approved."); // R3
        }

        if ((c.Amount ?? state.Amount) is not { } amount)
        {
            return Answer.Reject("amount-missing", "Neither the declaration nor the case names an amount."); // R6
        }

        return amount.IsNegative ? Negative()
            : state.Declaration.Round >= MaxRounds ? TooManyRounds()
            : Answer.Accept(new DeclarationSubmitted(amount, context.Principal, at));
    }

    private static Answer SubmitPermit(DeclarationState state, SubmitPermit c, MachineContext context, Timestamp at) => // 11
        !state.Permit.IsWithAuthor ? NotWithAuthor(state.Permit, "permit")
        : c.Budget is { IsNegative: true } ? Negative()
        : state.Permit.Round >= MaxRounds ? TooManyRounds()
        : Answer.Accept(new PermitSubmitted(c.Budget, context.Principal, at));

    private static Answer Remind(DeclarationState state, SendReminder c, Timestamp at) => // 19, R4
        state.Trip != Trip.Ended ? Answer.Reject("trip-not-ended", "A reminder is sent once the trip is over.")
        : !state.Declaration.IsWithAuthor ? Answer.Reject("nothing-owed", $"The declaration is {Review.Name(state.Declaration)}; nothing is owed.")
        : Answer.Accept(new ReminderSent(c.As, at));

    private static Answer NotWithAuthor(Document document, string name) =>
        Answer.Reject($"{name}-not-open", $"The {name} is {Review.Name(document)}; it can be changed when it is a draft, rejected or taken back.");

    private static Answer Negative() => Answer.Reject("amount-negative", "An amount is zero or more.");

    private static Answer TooManyRounds() => Answer.Reject("too-many-rounds", $"It was submitted {MaxRounds} times; open a new case.");
}
