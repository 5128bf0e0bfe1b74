namespace Loom.Core;

/// <summary>
/// How an actor type takes in an event log of the outside world (an XES file): a case becomes an actor, a step becomes a command.
/// Pure, and callable from many threads at once. A machine names its mapping in <see cref="Machine.LogMapping"/>.
/// </summary>
public interface ILogMapping
{
    /// <summary>The settings that an import of this type may carry, with what each means; anything else is refused before the first step.</summary>
    IReadOnlyDictionary<string, string> Settings { get; }

    /// <summary>Why a setting cannot have this value, or null when it can.</summary>
    string? Refuse(string setting, string value) => null;

    /// <summary>The actor's ID within its type for a case of the log, or null when the name can be none.</summary>
    string? ActorIdOf(string caseName);

    /// <summary>A command that comes before the case's first step and is not a step of the log; null when the type needs none.</summary>
    /// <param name="first">The case's first step.</param>
    /// <param name="settings">The import's settings.</param>
    MappedCommand? Open(LogStep first, IReadOnlyDictionary<string, string> settings);

    /// <summary>The command that a step becomes, or null when the activity (or its role) is none this type knows.</summary>
    MappedCommand? Map(LogStep step);
}

/// <summary>One step of a log, as read.</summary>
/// <param name="Case">The case's name.</param>
/// <param name="Index">The step's place in its case, from 0.</param>
/// <param name="Activity">What was done (<c>concept:name</c>).</param>
/// <param name="Role">By whom, as the log says it; null when it says nothing.</param>
/// <param name="Resource">The person or system, when the import names an attribute for it.</param>
/// <param name="At">When, when the log says it.</param>
/// <param name="Amount">The amount, rounded half to even, when the import names an attribute for it.</param>
public sealed record LogStep(string Case, int Index, string Activity, string? Role, string? Resource, Timestamp? At, Cents? Amount);

/// <summary>A command made of a log's step.</summary>
/// <param name="Type">The command's name.</param>
/// <param name="Body">Its body, canonical JSON.</param>
/// <param name="Principal">Who asks.</param>
/// <param name="Roles">In which application roles, sorted.</param>
public sealed record MappedCommand(string Type, ReadOnlyMemory<byte> Body, string Principal, IReadOnlyList<string> Roles);
