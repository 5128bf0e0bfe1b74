namespace Loom.Runtime.Import;

/// <summary>A step that was not taken in.</summary>
/// <param name="Case">The case's name.</param>
/// <param name="Step">Its place in the case, from 0.</param>
/// <param name="Activity">What the log calls it.</param>
/// <param name="Rule">The rule that refused it: the code of the machine's rejection, or of the import's own.</param>
/// <param name="Message">In words.</param>
public sealed record RefusedStep(string Case, int Step, string Activity, string Rule, string Message);

/// <summary>How the steps of one kind fared.</summary>
/// <param name="Accepted">Taken in.</param>
/// <param name="Refused">Not taken in.</param>
public sealed record KindCount(int Accepted, int Refused);

/// <summary>How far an import is.</summary>
/// <param name="Cases">Cases done.</param>
/// <param name="Steps">Steps done; accepted and refused together.</param>
/// <param name="Accepted">Steps taken in.</param>
/// <param name="Refused">Steps refused.</param>
/// <param name="BytesRead">Bytes of the file read so far.</param>
public sealed record ImportProgress(int Cases, int Steps, int Accepted, int Refused, long BytesRead);

/// <summary>What an import did. The same counts, and every refused step, are in the stream of its actor.</summary>
/// <param name="Actor">The import's actor, <c>import-ID</c>.</param>
/// <param name="Sha256">Hash of the file.</param>
/// <param name="Total">All of it.</param>
/// <param name="Kinds">By kind of step.</param>
public sealed record ImportReport(Core.ActorId Actor, string Sha256, ImportProgress Total, IReadOnlyDictionary<string, KindCount> Kinds);
