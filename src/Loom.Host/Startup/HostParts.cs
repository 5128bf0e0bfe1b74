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
internal sealed record HostParts(LiveSettings Settings, DataFolder Data, TokenStore Tokens, OpenJournal Opened, ActorTypes Types)
{
    /// <summary>Where everything is journaled.</summary>
    public IJournal Journal => Opened.Journal;

    /// <summary>What actors may ask this host to do outside.</summary>
    public ActivityRegistry Activities { get; init; } = new();

    /// <summary>The transparency log; opened after the journal.</summary>
    public LogService Log { get; init; } = null!;

    /// <summary>Every machine that a host runs from its start, by type. Modules join them when they are registered.</summary>
    /// <exception cref="StartupException">A DLL does not load, or two machines want one type.</exception>
    public static ActorTypes TypesOf(LoomSettings settings, IReadOnlyList<Machine> machines)
    {
        var types = new ActorTypes();
        IEnumerable<Machine> samples = settings.On("samples") ? [new AccountMachine(), new DeclarationMachine()] : [];
        foreach (var machine in samples.Append(new ImportMachine()).Concat(machines).Concat(settings.List("machines").SelectMany(MachineAssembly.Load)))
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
