using System.Diagnostics;

namespace Loom.Cli.Hosting;

/// <summary>Loom.Host as built or published: where it lies and how it is started.</summary>
internal sealed record HostProgram(string Path)
{
#if DEBUG
    private static readonly string[] Configurations = ["Debug", "Release"];
#else
    private static readonly string[] Configurations = ["Release", "Debug"];
#endif

    /// <summary>Beside this program when published, else in the checkout.</summary>
    public static HostProgram? Find()
    {
        var beside = System.IO.Path.Combine(AppContext.BaseDirectory, "Loom.Host.dll");
        if (Checkout.Find() is not { } root)
        {
            return File.Exists(beside) ? new HostProgram(beside) : null;
        }

        return Configurations
            .Select(c => System.IO.Path.Combine(root, "src", "Loom.Host", "bin", c, "net10.0", "Loom.Host.dll"))
            .Where(File.Exists)
            .Select(p => new HostProgram(p))
            .FirstOrDefault();
    }

    public static HostProgram Require() => Find()
        ?? throw new CliException(ExitCodes.Unreachable, "Loom.Host was not found.", $"It is neither beside this program ({AppContext.BaseDirectory}) nor built in its checkout.", "In a checkout use ./loom, which builds it.");

    /// <summary>A start of the host with these arguments; nothing is redirected yet.</summary>
    public ProcessStartInfo StartInfo(IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo { FileName = DotNet(), UseShellExecute = false };
        start.ArgumentList.Add(Path);
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return start;
    }

    /// <summary>The dotnet that runs this very program, else the one on the path.</summary>
    private static string DotNet()
    {
        if (Environment.ProcessPath is { } own && System.IO.Path.GetFileNameWithoutExtension(own) == "dotnet")
        {
            return own;
        }

        return Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } set ? set : "dotnet";
    }
}
