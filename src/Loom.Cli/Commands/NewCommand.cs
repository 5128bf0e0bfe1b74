using System.CommandLine;
using Loom.Cli.Hosting;
using Loom.Cli.Output;
using Loom.Cli.Templates;

namespace Loom.Cli.Commands;

/// <summary><c>loom new</c>: a project to begin with.</summary>
internal static class NewCommand
{
    private sealed record Made(string Name, string Folder, IReadOnlyList<string> Files);

    public static Command Create() => new("new", "Make a project to begin with.") { CreateMachine() };

    private static Command CreateMachine()
    {
        var name = new Argument<string>("name") { Description = "The machine's name, for example Parcel; its actors are parcel-ID." };
        var output = new Option<string?>("--output", "-o") { Description = "The project's folder, absent or empty; ./NAME when not given." };
        var core = new Option<string?>("--core") { Description = "The version of the package Loom.Core to refer to, or the path of its project; this checkout's when not given." };
        return new Command("machine", "Make a project with a machine, its test and a README.") { name, output, core }.Runs(async (i, ct) =>
        {
            var type = MachineTemplate.Pascal(i.Required(name));
            var folder = i.Get(output) ?? type;
            var reference = i.Get(core) ?? Core();
            Made made;
            try
            {
                made = new Made(type, folder, await MachineTemplate.WriteAsync(folder, type, reference, ct));
            }
            catch (ArgumentException e)
            {
                throw new CliException(ExitCodes.Usage, $"'{Printable.Line(i.Required(name))}' cannot be a machine's name.", e.Message, "For example: loom new machine Parcel");
            }
            catch (IOException e)
            {
                throw new CliException(ExitCodes.Usage, $"The project cannot be made in {folder}.", e.Message, "Name another folder with --output.");
            }

            Show(i, made, reference);
            return ExitCodes.Ok;
        });
    }

    /// <summary>In a checkout its project, so that nothing has to be published; elsewhere the package of this program's version.</summary>
    private static string Core() => Checkout.Find() is { } root
        ? Path.Combine(root, "src", "Loom.Core", "Loom.Core.csproj")
        : VersionCommand.Version.Split('+')[0];

    private static void Show(Invocation i, Made made, string reference)
    {
        if (i.Json)
        {
            i.WriteJson(made);
            return;
        }

        var actor = $"{MachineTemplate.Camel(made.Name)}-1";
        i.Line($"Made {made.Name} in {made.Folder}:");
        made.Files.ToList().ForEach(f => i.Line($"  {f}"));
        i.Line(reference.EndsWith(".csproj", StringComparison.Ordinal) ? $"It refers to {reference}; --core VERSION refers to the package instead." : $"It refers to the package Loom.Core {reference}.");
        i.Line();
        i.Line("Next:");
        var launcher = Launcher.Name;
        foreach (var (command, what) in new[]
        {
            ($"dotnet test {made.Folder}", "builds it and runs its test"),
            ($"{launcher} run --machines {Path.Combine(made.Folder, "src", "bin", "Debug", "net10.0", $"{made.Name}.dll")}", "a host with it, until Ctrl+C"),
            ($"{launcher} send {actor} create '{{\"title\":\"Try it\"}}'", "in another terminal"),
            ($"{launcher} history {actor}", "what happened"),
        })
        {
            i.Line($"  {command}   # {what}");
        }
    }
}
