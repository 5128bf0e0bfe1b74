using System.Globalization;

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

    /// <summary>Streams are numbered, since stream names are no file names.</summary>
    public static string Stream(int index) => $"streams/{Number(index)}.ndjson";

    public static string HeadState(int index) => $"states/{Number(index)}-head.json";

    public static string StateBefore(int index) => $"states/{Number(index)}-before.json";

    private static string Number(int index) => (index + 1).ToString("0000", CultureInfo.InvariantCulture);
}
