using System.Reflection;
using System.Runtime.Loader;
using Loom.Core;

namespace Loom.Hosting.Machines;

/// <summary>A user's DLL, in a load context of its own: it brings its libraries along, but shares Loom.Core with the host.</summary>
internal sealed class MachineAssembly : AssemblyLoadContext
{
    private readonly AssemblyDependencyResolver _resolver;

    private MachineAssembly(string path)
        : base(Path.GetFileNameWithoutExtension(path)) => _resolver = new AssemblyDependencyResolver(path);

    /// <summary>The machines in a DLL: every public class derived from <see cref="Machine"/> with a constructor without parameters.</summary>
    /// <exception cref="StartupException">There is none, or the DLL does not load; the message says why and what to do.</exception>
    public static IReadOnlyList<Machine> Load(string path)
    {
        path = Path.GetFullPath(path);
        if (!File.Exists(path))
        {
            throw new StartupException(ExitCode.Usage, $"{path} does not exist (machines). Build the machine first, and give the path of its DLL.");
        }

        try
        {
            if (MachineRules.Check(path) is { Count: > 0 } findings)
            {
                throw new StartupException(
                    ExitCode.Usage, $"{path} has machines whose decisions could not be repeated:\n  {string.Join("\n  ", findings.Take(10))}{(findings.Count > 10 ? $"\n  and {findings.Count - 10} more" : "")}");
            }

            var types = new MachineAssembly(path).LoadFromAssemblyPath(path).GetExportedTypes().Where(IsMachine).ToList();
            return types.Count > 0
                ? [.. types.Select(t => (Machine)Activator.CreateInstance(t)!)]
                : throw new StartupException(ExitCode.Usage, $"{path} holds no machine: no public class derived from Loom.Core.Machine with a constructor without parameters.");
        }
        catch (Exception e) when (e is FormatException or BadImageFormatException or FileLoadException or FileNotFoundException or TypeLoadException or ReflectionTypeLoadException)
        {
            throw new StartupException(ExitCode.Usage, $"{path} does not load: {e.Message} Build it for .NET 10 against this version of Loom.Core.");
        }
        catch (TargetInvocationException e)
        {
            throw new StartupException(ExitCode.Usage, $"A machine of {path} failed while it was made: {e.InnerException?.Message}");
        }
    }

    protected override Assembly? Load(AssemblyName assemblyName) =>
        assemblyName.Name == typeof(Machine).Assembly.GetName().Name ? null // the host's own, or a machine would not be a Machine
        : _resolver.ResolveAssemblyToPath(assemblyName) is { } path ? LoadFromAssemblyPath(path)
        : null;

    protected override IntPtr LoadUnmanagedDll(string unmanagedDllName) =>
        _resolver.ResolveUnmanagedDllToPath(unmanagedDllName) is { } path ? LoadUnmanagedDllFromPath(path) : IntPtr.Zero;

    private static bool IsMachine(Type type) =>
        type.IsAssignableTo(typeof(Machine)) && type is { IsAbstract: false, IsGenericTypeDefinition: false } && type.GetConstructor(Type.EmptyTypes) is not null;
}
