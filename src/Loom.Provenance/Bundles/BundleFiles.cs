using System.Globalization;
using Loom.Core;

namespace Loom.Provenance;

/// <summary>The names of the files in a bundle. A reader knows no others.</summary>
internal static class BundleFiles
{
    public const string Readme = "README.txt";
    public const string Envelope = "bundle.dsse.json";
    public const string Checkpoint = "checkpoints/checkpoint.txt";
    public const string Inclusion = "checkpoints/inclusion.ndjson";
    public const string Consistency = "checkpoints/consistency.ndjson";
    public const int MaxStreams = 999;
    public const int MaxCommands = 10_000;
    public const int MaxModules = 200;
    private const string CommandFolder = "commands/";
    private const string ModuleFolder = "modules/";
    private const string ModuleSuffix = ".wasm";
    private const string ReceiptFolder = "receipts/", ReceiptSuffix = ".receipt";
    private const string ImageFolder = "images/", ImageSuffix = ".image";
    private const string WasmMachine = "wasm:sha256:";

    /// <summary>Streams are numbered, since stream names are no file names.</summary>
    public static string Stream(int index) => $"streams/{Number(index)}.ndjson";

    public static string HeadState(int index) => $"states/{Number(index)}-head.json";

    public static string StateBefore(int index) => $"states/{Number(index)}-before.json";

    /// <summary>The body of a command that is too large for its line.</summary>
    public static string Command(Digest content) => CommandFolder + content;

    /// <summary>Whether a file is a command's body by its name.</summary>
    public static bool IsCommand(string name, out Digest content)
    {
        content = default;
        return name.StartsWith(CommandFolder, StringComparison.Ordinal) && Digest.TryParse(name[CommandFolder.Length..], out content);
    }

    /// <summary>A module's bytes.</summary>
    public static string Module(Digest hash) => ModuleFolder + hash + ModuleSuffix;

    /// <summary>The file of the module that a link names; null when its machine is none.</summary>
    public static string? ModuleOf(MachineId machine) =>
        HashOf(machine) is { } hash ? Module(hash) : null;

    /// <summary>SHA-256 of the module that a link names; null when its machine is none.</summary>
    public static Digest? HashOf(MachineId machine) => machine.IsWasm ? Digest.Parse(machine.Value[WasmMachine.Length..]) : null;

    /// <summary>The receipt of the transition that begins at a revision of a stream.</summary>
    public static string Receipt(int index, long revision) => string.Create(CultureInfo.InvariantCulture, $"{ReceiptFolder}{Number(index)}-{revision}{ReceiptSuffix}");

    /// <summary>Whether a file is a receipt by its name, of any stream.</summary>
    public static bool IsReceipt(string name)
    {
        if (!name.StartsWith(ReceiptFolder, StringComparison.Ordinal) || !name.EndsWith(ReceiptSuffix, StringComparison.Ordinal))
        {
            return false;
        }

        var parts = name[ReceiptFolder.Length..^ReceiptSuffix.Length].Split('-');
        return parts.Length == 2
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is > 0 and <= MaxStreams
            && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var revision)
            && Receipt(number - 1, revision) == name;
    }

    /// <summary>The image of an image id.</summary>
    public static string Image(Digest id) => ImageFolder + id + ImageSuffix;

    /// <summary>Whether a file is an image by its name.</summary>
    public static bool IsImage(string name, out Digest id)
    {
        id = default;
        return name.StartsWith(ImageFolder, StringComparison.Ordinal) && name.EndsWith(ImageSuffix, StringComparison.Ordinal)
            && name.Length > ImageFolder.Length + ImageSuffix.Length && Digest.TryParse(name[ImageFolder.Length..^ImageSuffix.Length], out id);
    }

    /// <summary>Whether a file is a module by its name.</summary>
    public static bool IsModule(string name, out Digest hash)
    {
        hash = default;
        return name.StartsWith(ModuleFolder, StringComparison.Ordinal) && name.EndsWith(ModuleSuffix, StringComparison.Ordinal)
            && name.Length > ModuleFolder.Length + ModuleSuffix.Length && Digest.TryParse(name[ModuleFolder.Length..^ModuleSuffix.Length], out hash);
    }

    private static string Number(int index) => (index + 1).ToString("0000", CultureInfo.InvariantCulture);
}
