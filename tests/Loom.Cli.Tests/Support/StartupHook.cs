using System.Text;

/// <summary>
/// Loaded into a started loom (DOTNET_STARTUP_HOOKS): when that process ends, writes the names of the assemblies it had loaded. The runtime
/// looks for this very name, outside of any namespace.
/// </summary>
internal static class StartupHook
{
    public static void Initialize() => AppDomain.CurrentDomain.ProcessExit += (_, _) =>
    {
        var names = new StringBuilder();
        foreach (var assembly in AppDomain.CurrentDomain.GetAssemblies())
        {
            names.AppendLine(assembly.GetName().Name);
        }

        System.IO.File.WriteAllText(Environment.GetEnvironmentVariable("LOOM_TEST_ASSEMBLIES")!, names.ToString());
    };
}
