using System.CommandLine;
using Loom.Cli.Output;
using Loom.Cli.Settings;
using Loom.Configuration;

namespace Loom.Cli.Commands;

/// <summary><c>loom config set</c>: one value in the file, everything else in it left alone. A file that a host would refuse is never written.</summary>
internal static class ConfigSetCommand
{
    public static Command Create()
    {
        var name = new Argument<string>("name") { Description = "The setting, for example logging.level." };
        var values = new Argument<string[]>("value") { Description = "Its value; for a list the values, one after the other.", Arity = ArgumentArity.OneOrMore };
        var file = ConfigCommand.FileOption();
        return new Command("set", "Set a value in the configuration file; the file is replaced whole or not at all.") { name, values, file }
            .Runs((i, ct) => SetAsync(i, SettingValue.Find(i.Required(name)), i.Required(values), i.Get(file), ct));
    }

    private static async Task<int> SetAsync(Invocation i, Setting setting, string[] values, string? named, CancellationToken cancellationToken)
    {
        var json = SettingValue.ToJson(setting, values);
        var path = Target(LocalSettings.PathOf(named));
        var before = File.Exists(path) ? await File.ReadAllBytesAsync(path, cancellationToken) : [];
        if (before.Length > 0 && ConfigFile.Parse(path, before).Problems is { Count: > 0 } problems)
        {
            throw LocalSettings.Explain(problems);
        }

        var after = SettingsText.Set(before, setting.Name, json);
        var settings = LocalSettings.With(named, after);
        if (settings.Problems.Count > 0 && (before.Length == 0 || LocalSettings.With(named, before).Problems.Count == 0))
        {
            throw new CliException(ExitCodes.Usage, $"{setting.Name} is not set: a host would not start with it.", settings.Problems[0].Reason);
        }

        await WriteAsync(path, after, cancellationToken);
        Show(i, settings, setting);
        return ExitCodes.Ok;
    }

    /// <summary>Behind a symbolic link, the file that it names: the link stays.</summary>
    private static string Target(string path) => File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;

    private static async Task WriteAsync(string path, byte[] content, CancellationToken cancellationToken)
    {
        UnixFileMode? mode = !OperatingSystem.IsWindows() && File.Exists(path) ? File.GetUnixFileMode(path) : null;
        await OutputFile.WriteAsync(path, force: true, (stream, ct) => stream.WriteAsync(content, ct).AsTask(), cancellationToken, mode);
    }

    private static void Show(Invocation i, LocalSettings settings, Setting setting)
    {
        var given = settings.InFile[setting.Name];
        var overridden = settings[setting.Name].Source == ConfigSource.Environment;
        if (i.Json)
        {
            i.WriteJson(new { file = settings.File, line = given.Line, name = setting.Name, value = setting.Show(given.Text), inForce = settings[setting.Name].Shown, setting.Live });
            return;
        }

        i.Line($"{settings.File}, line {given.Line}: {setting.Name} = {setting.Show(given.Text)}");
        i.Line(setting.Live ? "A running host that reads this file takes it at once." : "It takes effect at the host's next start.");
        if (overridden)
        {
            i.Line($"But {setting.Variable} is set in this environment, and a variable beats the file.");
        }
    }
}
