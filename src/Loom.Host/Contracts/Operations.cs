namespace Loom.Api;

/// <summary>Who the host takes the caller for.</summary>
/// <param name="Principal">As it will stand in links.</param>
/// <param name="Roles">Loom's roles.</param>
/// <param name="ApplicationRoles">The application's roles, which machines see; <c>*</c> stands for any (loopback without login only).</param>
/// <param name="Authentication"><c>loopback</c> or <c>token</c>.</param>
public sealed record WhoAmI(string Principal, IReadOnlyList<string> Roles, IReadOnlyList<string> ApplicationRoles, string Authentication);

/// <summary>The host.</summary>
/// <param name="Version">Loom's version.</param>
/// <param name="Environment">Its name for people.</param>
/// <param name="Production">Whether it is production.</param>
/// <param name="DataFolder">Where it keeps its data.</param>
/// <param name="Started">When it started.</param>
public sealed record HostInfo(string Version, string Environment, bool Production, string DataFolder, DateTimeOffset Started);

/// <summary>Health, as <c>/health/ready</c> answers.</summary>
/// <param name="Status"><c>ready</c>, <c>degraded</c> (works, somebody should look) or <c>not ready</c>.</param>
/// <param name="Checks">Every check.</param>
public sealed record HealthReport(string Status, IReadOnlyList<HealthItem> Checks);

/// <summary>One check.</summary>
/// <param name="Name">What was checked.</param>
/// <param name="Status"><c>good</c>, <c>warning</c> or <c>bad</c>.</param>
/// <param name="Message">What it found, with the remedy.</param>
public sealed record HealthItem(string Name, string Status, string Message);

/// <summary>The journal.</summary>
/// <param name="Kind">For example <c>embedded</c>.</param>
/// <param name="Place">Its folder.</param>
/// <param name="LastPosition">Position of the last durable event; null when empty.</param>
/// <param name="ReadOnly">Why it takes no writes; null when it does.</param>
/// <param name="Figures">Figures worth showing, by name.</param>
public sealed record JournalStats(string Kind, string Place, ulong? LastPosition, string? ReadOnly, IReadOnlyDictionary<string, string> Figures);

/// <summary>Asks for a hot backup into a folder of the host's machine, which must not exist yet or be empty.</summary>
/// <param name="Folder">An absolute path.</param>
public sealed record BackupRequest(string Folder);

/// <summary>A finished backup.</summary>
/// <param name="Folder">Where.</param>
/// <param name="LastPosition">The last position it holds; null when empty.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Missing">Blobs that the journal names and that could not be had: the backup is whole but for these.</param>
public sealed record BackupResult(string Folder, ulong? LastPosition, long Bytes, IReadOnlyList<string> Missing);

/// <summary>What to scavenge.</summary>
/// <param name="DryRun">Only say what would go.</param>
public sealed record JournalScavenge(bool DryRun = false);

/// <summary>What a scavenge took away, or would.</summary>
/// <param name="Segments">Complete segments that were looked at.</param>
/// <param name="Rewritten">Segments from which something went.</param>
/// <param name="Events">Events that went.</param>
/// <param name="Bytes">Bytes of their records.</param>
/// <param name="BytesFreed">Bytes that the disk has back.</param>
/// <param name="WasStopped">Whether it was stopped before the last segment.</param>
/// <param name="DryRun">Whether nothing was changed.</param>
public sealed record JournalScavenged(int Segments, int Rewritten, long Events, long Bytes, long BytesFreed, bool WasStopped, bool DryRun);

/// <summary>The projections.</summary>
public sealed record ProjectionList(IReadOnlyList<ProjectionItem> Projections);

/// <summary>A projection now.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Lag">Events it has not seen yet.</param>
/// <param name="Position">The position it has seen; null before the first.</param>
/// <param name="Progress">0 to 1 while it rebuilds; null otherwise.</param>
/// <param name="Fault">What stopped it; null when it runs.</param>
public sealed record ProjectionItem(string Name, long Lag, ulong? Position, double? Progress, string? Fault);

/// <summary>Asks for a token.</summary>
/// <param name="Name">Who uses it; becomes the principal. Letters, digits and <c>. _ @ -</c>.</param>
/// <param name="Roles">Loom's roles: operator, auditor, service, developer, host, prover.</param>
/// <param name="ApplicationRoles">Roles that machines see.</param>
/// <param name="Days">Days until it expires; null for never.</param>
public sealed record TokenRequest(string Name, IReadOnlyList<string> Roles, IReadOnlyList<string>? ApplicationRoles = null, int? Days = null);

/// <summary>A new token. Its secret is shown this once and kept nowhere.</summary>
/// <param name="Id">Names it for revoking.</param>
/// <param name="Token">The secret: the value of <c>Authorization: Bearer</c>.</param>
/// <param name="Item">What the host keeps.</param>
public sealed record TokenCreated(string Id, string Token, TokenItem Item);

/// <summary>The tokens, without their secrets.</summary>
public sealed record TokenList(IReadOnlyList<TokenItem> Tokens);

/// <summary>A token without its secret.</summary>
/// <param name="Id">Names it.</param>
/// <param name="Name">The principal.</param>
/// <param name="Roles">Loom's roles.</param>
/// <param name="ApplicationRoles">Roles that machines see.</param>
/// <param name="Created">When it was made.</param>
/// <param name="Expires">When it ends; null for never.</param>
public sealed record TokenItem(
    string Id, string Name, IReadOnlyList<string> Roles, IReadOnlyList<string> ApplicationRoles, DateTimeOffset Created, DateTimeOffset? Expires);

/// <summary>An import, running or done.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Actor">The import's own actor, <c>import-ID</c>: its stream is the report.</param>
/// <param name="Status"><c>running</c>, <c>done</c> or <c>failed</c>.</param>
/// <param name="Cases">Cases so far.</param>
/// <param name="Steps">Steps so far.</param>
/// <param name="Accepted">Steps accepted.</param>
/// <param name="Refused">Steps refused by the machine.</param>
/// <param name="BytesRead">Bytes of the file read so far.</param>
/// <param name="Error">Why it failed; null otherwise.</param>
public sealed record ImportStatus(
    string Id, string Actor, string Status, long Cases, long Steps, long Accepted, long Refused, long BytesRead, string? Error)
{
    /// <summary>Whose fault it is that it failed: <c>file</c> (it is no XES), <c>settings</c>, or <c>host</c>; absent otherwise.</summary>
    public string? Fault { get; init; }
}

/// <summary>The settings in force.</summary>
/// <param name="File">The configuration file read; null when there is none.</param>
/// <param name="Problem">Why its last change was refused; null when it is in force.</param>
/// <param name="Settings">Every setting.</param>
public sealed record ConfigExplanation(string? File, string? Problem, IReadOnlyList<SettingItem> Settings);

/// <summary>One setting.</summary>
/// <param name="Name">Its name in <c>loom.json</c>, with dots for nesting.</param>
/// <param name="Value">In force; <c>(secret)</c> for secrets.</param>
/// <param name="Source"><c>flag</c>, <c>environment</c>, <c>file</c> or <c>default</c>.</param>
/// <param name="Default">The default.</param>
/// <param name="Description">What it does.</param>
public sealed record SettingItem(string Name, string Value, string Source, string Default, string Description);
