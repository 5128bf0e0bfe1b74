using System.CommandLine;
using Loom.Api;
using Loom.Cli.Client;
using Loom.Cli.Output;
using Loom.Cli.Settings;
using Loom.Configuration;

namespace Loom.Cli.Commands;

/// <summary><c>loom config</c>: what a host is told, and by whom. Works without a host.</summary>
internal static class ConfigCommand
{
    private sealed record Explained(string Name, string Value, string Source, string Default, string Takes, string Variable, bool Live, string Description);

    public static Command Create() => new("config", "Explain, read, change and validate the configuration (loom.json).")
    {
        CreateExplain(), CreateGet(), ConfigSetCommand.Create(), CreateValidate(),
    };

    public static Option<string?> FileOption() => new("--config") { Description = "The configuration file; LOOM_CONFIG, else loom.json, when not given." };

    private static Command CreateExplain()
    {
        var name = new Argument<string?>("name") { Description = "The setting, for example logging.level; all when not given.", Arity = ArgumentArity.ZeroOrOne };
        var file = FileOption();
        var running = new Option<bool>("--running") { Description = "Ask the running host what is in force there." };
        return Remote.Runs(new Command("explain", "Say what each setting does, its value, and where that comes from.") { name, file, running }, async (i, client, ct) =>
        {
            IReadOnlyList<Setting> wanted = i.Get(name) is { } one ? [SettingValue.Find(one)] : ConfigSchema.All;
            if (i.Get(running))
            {
                var answer = (await client.GetAsync("/api/config", LoomJson.Default.ConfigExplanation, ct)).Value;
                Write(i, $"{client.Address} reads {answer.File ?? "no file"}", [.. wanted.Select(s => Of(s, answer))]);
                return answer.Problem is { } problem ? throw new CliException(ExitCodes.SaidNo, "The file's last change is not in force.", problem) : ExitCodes.Ok;
            }

            var local = LocalSettings.Read(i.Get(file));
            Write(i, File.Exists(local.File) ? local.File : $"{local.File} does not exist", [.. wanted.Select(s => Of(local[s.Name], local))]);
            local.Require();
            return ExitCodes.Ok;
        });
    }

    private static Command CreateGet()
    {
        var name = new Argument<string>("name") { Description = "The setting, for example logging.level." };
        var file = FileOption();
        return new Command("get", "Print a setting's value; where it comes from goes to standard error.") { name, file }.Runs(i =>
        {
            var setting = SettingValue.Find(i.Required(name));
            var local = LocalSettings.Read(i.Get(file)).Require();
            var it = local[setting.Name];
            if (i.Json)
            {
                i.WriteJson(new { name = setting.Name, value = it.Shown, source = local.SourceOf(it) });
            }
            else
            {
                i.Line(it.Shown);
                i.Error.WriteLine($"from {local.SourceOf(it)}");
            }

            return ExitCodes.Ok;
        });
    }

    private static Command CreateValidate()
    {
        var file = new Argument<string?>("file") { Description = "The file; LOOM_CONFIG, else loom.json, when not given.", Arity = ArgumentArity.ZeroOrOne };
        return new Command("validate", "Check a configuration file, and the environment beside it, as a host would at its start.") { file }.Runs(i =>
        {
            var local = LocalSettings.Read(i.Get(file));
            if (i.Json)
            {
                i.WriteJson(new { file = local.File, valid = local.Problems.Count == 0, problems = local.Problems.Select(p => new { p.Source, p.Line, p.Reason }) });
                return local.Problems.Count == 0 ? ExitCodes.Ok : ExitCodes.Malformed;
            }

            local.Require();
            i.Line(File.Exists(local.File) ? $"{local.File} is good." : $"{local.File} does not exist: defaults and environment hold, and they are good.");
            return ExitCodes.Ok;
        });
    }

    private static Explained Of(SettingInForce it, LocalSettings local) => Of(it.Setting, it.Shown, local.SourceOf(it));

    private static Explained Of(Setting setting, ConfigExplanation running) => running.Settings.FirstOrDefault(s => s.Name == setting.Name) is { } there
        ? Of(setting, there.Value, there.Source)
        : Of(setting, "", "unknown to that host, which is of another version");

    private static Explained Of(Setting s, string value, string source) => new(s.Name, value, source, s.Default, s.Accepts, s.Variable, s.Live, s.Description);

    private static void Write(Invocation i, string place, IReadOnlyList<Explained> settings)
    {
        if (i.Json)
        {
            i.WriteJson(settings);
            return;
        }

        i.Line(place);
        foreach (var s in settings)
        {
            i.Line();
            i.Outside(Printable.Line($"{s.Name} = {(s.Value.Length == 0 ? "(empty)" : s.Value)}   [{s.Source}]"));
            i.Line($"  {s.Description}");
            i.Line($"  Takes {s.Takes}. Flag --{s.Name}, variable {s.Variable}{(s.Live ? ". A change of the file takes effect at once" : "")}.");
        }
    }
}
