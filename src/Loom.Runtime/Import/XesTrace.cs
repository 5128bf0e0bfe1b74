using Loom.Core;

namespace Loom.Runtime.Import;

/// <summary>One case of a log, with its steps in the order of the file.</summary>
/// <param name="Name">The case's name.</param>
/// <param name="Line">The line it begins at.</param>
/// <param name="Steps">Its steps.</param>
public sealed record XesTrace(string Name, int Line, IReadOnlyList<XesStep> Steps);

/// <summary>One step, and what is wrong with it, if anything.</summary>
/// <param name="Step">The step as read.</param>
/// <param name="Problem">Why it cannot be taken as it is (an unreadable time or amount); null when nothing is wrong.</param>
public sealed record XesStep(LogStep Step, string? Problem);
