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
    private const string CommandFolder = "commands/";

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

    private static string Number(int index) => (index + 1).ToString("0000", CultureInfo.InvariantCulture);
}
