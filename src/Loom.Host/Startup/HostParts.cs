using Loom.Samples.BankLedger;
using Loom.Samples.ExpenseDeclarations;
using Loom.Core;
using Loom.Hosting.Access.Tokens;
using Loom.Hosting.Configuration;
using Loom.Hosting.EventStore;
using Loom.Hosting.Machines;
using Loom.Hosting.Provenance;
using Loom.Journal;
using Loom.Runtime;
using Loom.Runtime.Import;

namespace Loom.Hosting;

/// <summary>What is opened before the web application is put together.</summary>
internal sealed record HostParts(
    LiveSettings Settings, DataFolder Data, TokenStore Tokens, OpenJournal Opened, IReadOnlyList<Machine> Machines)
{
    /// <summary>Where everything is journaled.</summary>
    public IJournal Journal => Opened.Journal;

    /// <summary>What actors may ask this host to do outside.</summary>
    public ActivityRegistry Activities { get; init; } = new();

    /// <summary>The transparency log; opened after the journal.</summary>
    public LogService Log { get; init; } = null!;

    /// <summary>Every machine this host runs, by type.</summary>
    /// <exception cref="StartupException">A DLL does not load, or two machines want one type.</exception>
    public ActorTypes ActorTypes()
    {
        var types = new ActorTypes();
        IEnumerable<Machine> samples = Settings.Now.On("samples") ? [new AccountMachine(), new DeclarationMachine()] : [];
        foreach (var machine in samples.Append(new ImportMachine()).Concat(Machines).Concat(Settings.Now.List("machines").SelectMany(MachineAssembly.Load)))
        {
            try
            {
                types.Register(machine);
            }
            catch (InvalidOperationException e)
            {
                throw new StartupException(ExitCode.Usage, $"{e.Message} (With --samples false the sample machines are left out.)", e);
            }
        }

        return types;
    }
}
