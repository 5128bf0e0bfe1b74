namespace Loom.Hosting;

/// <summary>Whose list of static web assets this process serves: the entry program's own, or else Loom.Host's.</summary>
internal static class StaticAssets
{
    public static string Application { get; } = Find() ?? "Loom.Host";

    /// <summary>Whether the list is there; without it there is no console.</summary>
    public static bool Exist { get; } = File.Exists(ListOf(Application));

    private static string? Find() =>
        System.Reflection.Assembly.GetEntryAssembly()?.GetName().Name is { } entry && File.Exists(ListOf(entry)) ? entry : null;

    private static string ListOf(string application) => Path.Combine(AppContext.BaseDirectory, $"{application}.staticwebassets.endpoints.json");
}
