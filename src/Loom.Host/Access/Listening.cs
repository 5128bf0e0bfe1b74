using Loom.Configuration;
using Loom.Hosting.Configuration;

namespace Loom.Hosting.Access;

/// <summary>The rule of <see cref="ListenRule"/> on the settings in force.</summary>
internal static class Listening
{
    /// <summary>Why these addresses are refused, or null.</summary>
    public static string? Refuse(LoomSettings settings) =>
        ListenRule.Refuse(settings.Urls, settings.RequiresToken)
        ?? ListenRule.RefuseEventStoreDb(settings.List(ListenRule.EventStoreDb), settings.RequiresToken, settings.Text("eventStoreDb.certificateFile").Length > 0);

    public static bool IsLoopbackName(string host) => ListenRule.IsLoopbackName(host);
}
