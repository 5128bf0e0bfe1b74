using System.CommandLine;
using Loom.Api;
using Loom.Cli.Client;
using Loom.Cli.Modules;
using Loom.Cli.Output;

namespace Loom.Cli.Commands;

/// <summary>The commands of <c>loom module</c> that ask a host: add, list, use.</summary>
internal static class ModuleHostCommands
{
    private const int MostModule = 8 << 20;
    private const int MostManifest = 1 << 20;

    public static Command CreateAdd()
    {
        var file = ModuleCommands.FileArgument();
        var manifest = new Option<string?>("--manifest", "-m") { Description = "The module's manifest; NAME.module.json beside NAME.wasm when not given." };
        var check = new Option<bool>("--check") { Description = "Only look: show what the host finds, and register nothing. Exit 1 when it would be refused." };
        var use = new Option<bool?>("--use") { Description = "Whether it becomes its actor type's machine: true or false. When not given: if the type has none, or an older version of the same name." };
        return Remote.Runs(new Command("add", "Register a module with a host, and show what the host found in it.") { file, manifest, check, use }, async (i, client, ct) =>
        {
            var (module, description) = await ReadAsync(i.Required(file), i.Get(manifest), ct);
            var path = Query.Of("/api/modules", ("use", Word(i.Get(use))), ("check", i.Get(check) ? "true" : null));
            using var progress = new Progress(i, "Sending", "bytes");
            using var form = new MultipartFormDataContent
            {
                { new StreamContent(new CountingStream(new MemoryStream(module), sent => progress.Report(sent, module.Length))), "module", Path.GetFileName(i.Required(file)) },
                { new ByteArrayContent(description), "manifest", "module.json" },
            };
            var answer = await client.PostAsync(path, form, LoomJson.Default.ModuleReportResult, ct);
            return ModuleReportText.Show(i, answer);
        });
    }

    public static Command CreateList()
    {
        var name = new Argument<string?>("name") { Description = "One module's versions; all modules when not given.", Arity = ArgumentArity.ZeroOrOne };
        return Remote.Runs(new Command("list", "List the modules of a host, with who uses them.") { name }, async (i, client, ct) =>
        {
            var path = i.Get(name) is { } one ? $"/api/modules/{Uri.EscapeDataString(one)}" : "/api/modules";
            var answer = await client.GetAsync(path, LoomJson.Default.ModuleList, ct);
            if (i.Json)
            {
                i.WriteBody(answer.Body);
                return ExitCodes.Ok;
            }

            if (answer.Value.Modules.Count == 0)
            {
                i.Line("No module is registered. Register one with 'loom module add FILE --manifest FILE'.");
                return ExitCodes.Ok;
            }

            var table = new Table("MODULE", "TYPE", "STANDING", "ACTORS", "BYTES", "REGISTERED (UTC)", "BY", "SHA-256");
            foreach (var m in answer.Value.Modules)
            {
                table.Add($"{m.Name}@{m.Version}", m.ActorType, m.Current ? "in use" : "beside", m.Actors, m.Size, Times.Short(m.Registered), m.By, m.Sha256);
            }

            table.Write(i);
            return ExitCodes.Ok;
        });
    }

    public static Command CreateUse()
    {
        var module = new Argument<string>("module") { Description = "The module, NAME@VERSION." };
        return Remote.Runs(
            new Command("use", "Make a registered module its actor type's machine: actors are born with it, and others are upgraded when they are loaded next.") { module },
            async (i, client, ct) =>
            {
                var (name, version) = i.Required(module).Split('@') is [{ Length: > 0 } n, { Length: > 0 } v] && int.TryParse(v, out var number)
                    ? (n, number)
                    : throw new CliException(ExitCodes.Usage, $"'{Output.Printable.Line(i.Required(module))}' is no module's name.", "It is NAME@VERSION, for example counter@1.", "'loom module list' shows the names.");
                var answer = await client.PostAsync($"/api/modules/{Uri.EscapeDataString(name)}/{version}/use", null, LoomJson.Default.ModuleItem, ct);
                if (i.Json)
                {
                    i.WriteBody(answer.Body);
                }
                else
                {
                    i.Line($"{answer.Value.Name}@{answer.Value.Version} decides for {answer.Value.ActorType}.");
                }

                return ExitCodes.Ok;
            });
    }

    private static async Task<(byte[] Module, byte[] Manifest)> ReadAsync(string file, string? manifest, CancellationToken cancellationToken)
    {
        var module = await BoundedFile.RequireAsync(file, "a module", MostModule, cancellationToken);
        var beside = Path.ChangeExtension(file, null) + ".module.json";
        if (manifest is null && !File.Exists(beside))
        {
            throw new CliException(ExitCodes.Usage, $"{file} has no manifest.", $"None was given, and {beside} does not exist.", "Bring one with --manifest FILE; samples/modules has examples.");
        }

        return (module, await BoundedFile.RequireAsync(manifest ?? beside, "a manifest", MostManifest, cancellationToken));
    }

    private static string? Word(bool? value) => value switch { true => "true", false => "false", _ => null };
}
