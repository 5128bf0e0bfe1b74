using Xunit;

namespace Loom.Testing;

/// <summary>Where test data lies: in the repository, and bigger data beside it (<c>LOOM_SHARED</c>, else <c>../shared</c>).</summary>
public static class TestData
{
    /// <summary>The checkout's root.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The folder of bigger data, or null when this machine has none.</summary>
    public static string? Shared { get; } = FindShared();

    private static string FindRoot()
    {
        for (var d = new DirectoryInfo(AppContext.BaseDirectory); d is not null; d = d.Parent)
        {
            if (File.Exists(Path.Combine(d.FullName, "Loom.sln")))
            {
                return d.FullName;
            }
        }

        throw new InvalidOperationException("The tests do not run inside a checkout of Loom.");
    }

    private static string? FindShared()
    {
        var set = Environment.GetEnvironmentVariable("LOOM_SHARED");
        var path = string.IsNullOrEmpty(set) ? Path.Combine(Root, "..", "shared") : set;
        return Directory.Exists(Path.Combine(path, "data")) ? Path.GetFullPath(path) : null;
    }
}

/// <summary>A test that needs a file of the bigger data; reported as skipped, with the reason, where it is absent.</summary>
public sealed class SharedDataFactAttribute : FactAttribute
{
    /// <summary>Names the file, relative to the shared folder.</summary>
    public SharedDataFactAttribute(string path)
    {
        if (TestData.Shared is not { } shared || !File.Exists(Path.Combine(shared, path)))
        {
            Skip = $"needs the test data {path}; set LOOM_SHARED to the folder that holds it";
        }
    }
}

/// <summary>A test that needs a program on this machine; reported as skipped, with the command that provides it, where it is absent.</summary>
public sealed class ProgramFactAttribute : FactAttribute
{
    /// <summary>Names the program's path or name, and the Debian package that has it.</summary>
    public ProgramFactAttribute(string program, string package)
    {
        var paths = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        if (!File.Exists(program) && !paths.Any(p => File.Exists(Path.Combine(p, program))))
        {
            Skip = $"needs {program}: apt-get install {package}";
        }
    }
}
