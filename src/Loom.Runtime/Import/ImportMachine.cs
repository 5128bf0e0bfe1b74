using Loom.Core;

namespace Loom.Runtime.Import;

/// <summary>
/// One import as an actor (<c>import-ID</c>): which file, under which settings, what became of it, and every step it refused. Its stream
/// is the report that an auditor exports and verifies.
/// </summary>
public sealed class ImportMachine : Machine
{
    private readonly Typed _machine = new();

    /// <inheritdoc/>
    public override MachineManifest Manifest => _machine.Manifest;

    /// <inheritdoc/>
    public override MachineOutcome Decide(MachineState? state, string commandType, ReadOnlyMemory<byte> command, MachineContext context) =>
        _machine.Decide(state, commandType, command, context);

    /// <inheritdoc/>
    public override MachineState Evolve(MachineState? state, string eventType, ReadOnlyMemory<byte> data) => _machine.Evolve(state, eventType, data);

    /// <inheritdoc/>
    public override MachineState Restore(ReadOnlyMemory<byte> state) => _machine.Restore(state);

    // Wrapped, so that its commands and events need not be public.
    private sealed class Typed : Machine<ImportState, ImportCommand, ImportEvent>
    {
        protected override void Define(MachineDefinition<ImportState, ImportCommand, ImportEvent> machine)
        {
            var json = ImportJson.Default;
            machine
                .Name("import", version: 1, json.ImportState)
                .Command("start", json.StartImport, "An import begins")
                .Command("record-refusals", json.RecordRefusals, "Steps were refused")
                .Command("finish", json.FinishImport, "All steps are done")
                .Command("fail", json.FailImport, "The import ended early")
                .Event("import-started.v1", json.ImportStarted)
                .Event("steps-refused.v1", json.StepsRefused)
                .Event("import-finished.v1", json.ImportFinished)
                .Event("import-failed.v1", json.ImportFailed);
        }

        protected override Decision<ImportEvent> Decide(ImportState? state, ImportCommand command, MachineContext context) => (state, command) switch
        {
            (null, StartImport c) => Decision<ImportEvent>.Accept(new ImportStarted(c.File, c.Sha256, c.Bytes, c.Machine, c.Keys, c.Settings)),
            (null, _) => Reject("not-started", "The import has not started."),
            (_, StartImport) => Reject("already-started", $"{context.Actor} was started before, for {state.File} ({state.Sha256[..Math.Min(12, state.Sha256.Length)]}…)."),
            ({ Status: not "running" }, _) => Reject("ended", $"The import has {state.Status}."),
            (_, RecordRefusals c) => c.Refusals.Count > 0
                ? Decision<ImportEvent>.Accept(new StepsRefused(c.Block, c.Part, c.Refusals))
                : Reject("nothing-refused", "Name at least one refused step."),
            (_, FinishImport c) => Finish(state, c),
            (_, FailImport c) => Decision<ImportEvent>.Accept(new ImportFailed(c.Reason, c.Cases, c.Steps, c.Accepted, c.Refused)),
            _ => throw new InvalidOperationException($"{command.GetType().Name} is declared and not decided."),
        };

        protected override ImportState Evolve(ImportState? state, ImportEvent @event) => @event switch
        {
            ImportStarted e => new ImportState(e.File, e.Sha256, e.Machine, "running", 0, 0, 0, 0),
            StepsRefused e => state! with { Refused = state.Refused + e.Refusals.Count },
            ImportFinished e => state! with { Status = "finished", Cases = e.Cases, Steps = e.Steps, Accepted = e.Accepted },
            ImportFailed e => state! with { Status = "failed", Cases = e.Cases, Steps = e.Steps, Accepted = e.Accepted },
            _ => throw new FormatException($"{@event.GetType().Name} is declared and not folded."),
        };

        protected override string LabelOf(ImportState state) => state.Status;

        // The report must add up, or it is none.
        private static Decision<ImportEvent> Finish(ImportState state, FinishImport c) =>
            c.Accepted + c.Refused != c.Steps ? Reject("counts-differ", $"{c.Accepted} accepted and {c.Refused} refused are not {c.Steps} steps.")
            : c.Refused != state.Refused ? Reject("counts-differ", $"{state.Refused} refused steps are recorded, not {c.Refused}.")
            : c.Kinds.Values.Sum(k => k.Accepted) != c.Accepted || c.Kinds.Values.Sum(k => k.Refused) != c.Refused
                ? Reject("counts-differ", "The counts by kind do not add up to the totals.")
            : Decision<ImportEvent>.Accept(new ImportFinished(c.Cases, c.Steps, c.Accepted, c.Refused, c.Kinds));

        private static Decision<ImportEvent> Reject(string code, string message) => Decision<ImportEvent>.Reject(code, message);
    }
}
