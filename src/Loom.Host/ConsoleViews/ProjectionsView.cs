using Loom.Hosting.Access;
using Loom.Hosting.Api;
using Loom.Hosting.Operations;
using Loom.Journal;
using Loom.Runtime;
using Loom.Web.Data;

namespace Loom.Hosting.ConsoleViews;

/// <summary>The projections as the console asks for them.</summary>
internal sealed class ProjectionsView(ActorDirectory directory, IJournal journal, Audit audit, PersonAtConsole person) : IProjectionsInfo
{
    public async Task<IReadOnlyList<ProjectionView>> ListAsync(CancellationToken cancellationToken)
    {
        var p = await OperationRoutes.DirectoryAsync(directory, journal, cancellationToken);
        return [new ProjectionView(p.Name, p.Lag, p.Position, p.Progress, p.Fault)];
    }

    public async Task<string?> RebuildAsync(string name, CancellationToken cancellationToken)
    {
        var caller = await person.WhoAsync();
        if (!caller.May(Permission.Rebuild))
        {
            return $"{caller.Principal} may not rebuild projections; it takes one of the roles {string.Join(", ", AccessTable.Having(Permission.Rebuild))}.";
        }

        if (name != "actors")
        {
            return $"There is no projection '{name}'.";
        }

        await audit.WriteAsync(caller, "projectionRebuilt", name, cancellationToken);
        directory.Rebuild();
        return null;
    }
}
