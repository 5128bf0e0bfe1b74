namespace Loom.Hosting.Access;

/// <summary>What a route asks for.</summary>
internal enum Permission
{
    /// <summary>Anybody who is known: who am I, what is this host.</summary>
    Known,

    /// <summary>The console's pages.</summary>
    Console,

    /// <summary>Actors, their states and histories, types.</summary>
    ReadActors,

    /// <summary>Events as they happen.</summary>
    ReadTail,

    /// <summary>The transparency log, its keys, trust.</summary>
    ReadLog,

    /// <summary>Bundles: exporting and having the server verify them.</summary>
    Bundles,

    /// <summary>Sending commands in one's own name.</summary>
    SendCommands,

    /// <summary>Sending commands in the name of others.</summary>
    Impersonate,

    /// <summary>Journal, projections, configuration, metrics.</summary>
    ReadOperations,

    /// <summary>Rebuilding projections.</summary>
    Rebuild,

    /// <summary>Registering WebAssembly modules, and choosing which one an actor type uses.</summary>
    Modules,

    /// <summary>Asking for proofs, having them tried anew, calling them off.</summary>
    Proofs,

    /// <summary>Importing event logs.</summary>
    Import,

    /// <summary>Keys, tokens, backup, rollback, flush and publish, shutdown.</summary>
    Administer,
}

/// <summary>Loom's own roles and what each may do: the only place that says so.</summary>
internal static class AccessTable
{
    public const string Operator = "operator";
    public const string Auditor = "auditor";
    public const string Service = "service";
    public const string Developer = "developer";
    public const string HostRole = "host";
    public const string Prover = "prover";

    private static readonly Permission[] ServicePermissions =
        [Permission.Known, Permission.ReadActors, Permission.ReadTail, Permission.SendCommands];

    private static readonly Dictionary<string, Permission[]> Rows = new(StringComparer.Ordinal)
    {
        [Operator] =
        [
            .. ServicePermissions, Permission.Console, Permission.ReadLog, Permission.Bundles, Permission.ReadOperations, Permission.Rebuild, Permission.Modules, Permission.Proofs, Permission.Import,
            Permission.Administer,
        ],
        [Auditor] = [Permission.Known, Permission.Console, Permission.ReadActors, Permission.ReadTail, Permission.ReadLog, Permission.Bundles],
        [Service] = ServicePermissions,
        [Developer] = [.. ServicePermissions, Permission.Console, Permission.ReadOperations, Permission.Rebuild, Permission.Modules, Permission.Proofs],
        [HostRole] = [.. ServicePermissions, Permission.Impersonate],
        [Prover] = [Permission.Known, Permission.ReadActors],
    };

    public static IReadOnlyCollection<string> Roles => Rows.Keys;

    public static bool Allows(string role, Permission permission) => Rows.TryGetValue(role, out var row) && row.Contains(permission);

    public static IEnumerable<string> Having(Permission permission) => Rows.Where(r => r.Value.Contains(permission)).Select(r => r.Key);
}
