namespace Loom.Web.Data;

/// <summary>The WebAssembly modules of the host. A module's name in links is the SHA-256 of its bytes.</summary>
public interface IModules
{
    /// <summary>Largest module that the host takes, in bytes.</summary>
    long LargestModule { get; }

    /// <summary>Largest manifest, in bytes.</summary>
    long LargestManifest { get; }

    /// <summary>One page of the modules that match, by name, newest version first.</summary>
    Task<ModulePage> FindAsync(ModuleQuery query, CancellationToken cancellationToken);

    /// <summary>Everything about one module; null when none of that hash is registered.</summary>
    Task<ModuleDetail?> ModuleAsync(string sha256, CancellationToken cancellationToken);

    /// <summary>Looks at a module and its manifest as a registration would, and registers nothing.</summary>
    Task<ModuleReport> CheckAsync(ReadOnlyMemory<byte> module, ReadOnlyMemory<byte> manifest, CancellationToken cancellationToken);

    /// <summary>Registers a module. A refusal is in the report; then nothing was registered.</summary>
    Task<ModuleReport> AddAsync(ReadOnlyMemory<byte> module, ReadOnlyMemory<byte> manifest, CancellationToken cancellationToken);

    /// <summary>Makes a module its actor type's machine: actors are born with it, and others are upgraded when they are loaded next.</summary>
    /// <returns>Why not, with the remedy; null when it is done.</returns>
    Task<string?> UseAsync(string sha256, CancellationToken cancellationToken);
}

/// <summary>What to look for. Every member narrows; null or empty does not.</summary>
/// <param name="Text">Part of a name, an actor type or a hash, case ignored.</param>
/// <param name="Skip">Rows to leave out at the start.</param>
/// <param name="Take">Rows wanted, at most 200.</param>
public sealed record ModuleQuery(string? Text, int Skip, int Take);

/// <summary>One page of modules.</summary>
/// <param name="Rows">The page.</param>
/// <param name="Total">How many match in all.</param>
public sealed record ModulePage(IReadOnlyList<ModuleRow> Rows, long Total);

/// <summary>A module in a list.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Version">Its version.</param>
/// <param name="ActorType">The actor type that it decides for.</param>
/// <param name="Sha256">Its hash, hex.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Current">Whether it is its actor type's machine now.</param>
/// <param name="Actors">Actors whose last transition it made, as far as the directory knows.</param>
/// <param name="Exports">Names of what it exports; empty when its bytes cannot be read (<paramref name="Problem"/> says why).</param>
/// <param name="Capabilities">What it was granted beyond the machine interface.</param>
/// <param name="At">When it was registered.</param>
/// <param name="By">Who registered it.</param>
/// <param name="Problem">Why it cannot run here, with the remedy; null when it can.</param>
public sealed record ModuleRow(
    string Name,
    int Version,
    string ActorType,
    string Sha256,
    long Bytes,
    bool Current,
    long Actors,
    IReadOnlyList<string> Exports,
    IReadOnlyList<string> Capabilities,
    DateTimeOffset At,
    string By,
    string? Problem);

/// <summary>Everything about one module.</summary>
/// <param name="Row">The short form.</param>
/// <param name="About">What its author says; may be empty.</param>
/// <param name="Anatomy">What is in it; null when its bytes cannot be read.</param>
/// <param name="Findings">What does not keep it from running, such as what keeps it from being proven.</param>
/// <param name="Commands">The commands it takes; empty takes all.</param>
/// <param name="Events">Events that it may emit, with what each asks of the platform.</param>
/// <param name="StateLabel">JSON pointer to the label in its state; may be empty.</param>
/// <param name="StateSchema">JSON Schema of its state; null when there is none.</param>
/// <param name="Beside">The other modules of the same actor type, newest version first.</param>
public sealed record ModuleDetail(
    ModuleRow Row,
    string About,
    ModuleAnatomy? Anatomy,
    IReadOnlyList<ModuleFinding> Findings,
    IReadOnlyList<CommandForm> Commands,
    IReadOnlyList<ModuleEvent> Events,
    string StateLabel,
    string? StateSchema,
    IReadOnlyList<ModuleRow> Beside);

/// <summary>An event that a module may emit.</summary>
/// <param name="Type">Its name.</param>
/// <param name="Effect">What it asks the platform to do (<c>send</c>, <c>timer</c>), or null.</param>
public sealed record ModuleEvent(string Type, string? Effect);

/// <summary>What is in a module.</summary>
/// <param name="Imports">What it needs, with types.</param>
/// <param name="Exports">What it gives, with types.</param>
/// <param name="Functions">Its own functions.</param>
/// <param name="MemoryPages">Pages of 64 KiB that it starts with.</param>
/// <param name="MaxMemoryPages">Pages that it may grow to.</param>
/// <param name="CustomSections">Names of its custom sections.</param>
/// <param name="Provable">Whether it lies in the subset that can be proven.</param>
public sealed record ModuleAnatomy(
    IReadOnlyList<string> Imports, IReadOnlyList<string> Exports, int Functions, long MemoryPages, long MaxMemoryPages, IReadOnlyList<string> CustomSections, bool Provable);

/// <summary>A finding on a module.</summary>
/// <param name="Rule">The rule's name, for example <c>machine-imports-only</c>.</param>
/// <param name="Refuses">Whether the module is refused for it.</param>
/// <param name="Message">The thing, the reason and the remedy.</param>
public sealed record ModuleFinding(string Rule, bool Refuses, string Message);

/// <summary>What a look at a module and its manifest found.</summary>
/// <param name="Name">NAME@VERSION from the manifest; null when it cannot be read.</param>
/// <param name="ActorType">The actor type from the manifest; null when it cannot be read.</param>
/// <param name="Sha256">The bytes' hash, hex.</param>
/// <param name="Bytes">The size.</param>
/// <param name="Anatomy">What is in it; null when it does not load.</param>
/// <param name="Findings">Every finding, refusals first.</param>
/// <param name="Standing">What came of it.</param>
/// <param name="Current">Whether it is its actor type's machine now.</param>
public sealed record ModuleReport(
    string? Name, string? ActorType, string Sha256, long Bytes, ModuleAnatomy? Anatomy, IReadOnlyList<ModuleFinding> Findings, ModuleStanding Standing, bool Current);

/// <summary>What came of a look at a module.</summary>
public enum ModuleStanding
{
    /// <summary>It may be registered.</summary>
    Good,

    /// <summary>It is refused.</summary>
    Refused,

    /// <summary>It was registered now.</summary>
    Registered,

    /// <summary>It had been registered, just so.</summary>
    Known,
}
