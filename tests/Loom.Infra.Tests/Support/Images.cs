using System.Text.RegularExpressions;

namespace Loom.Infra.Tests;

/// <summary>The rule for images, wherever one is named: a tag with a version of at least two parts; never none, never one that moves.</summary>
internal static partial class Images
{
    public static bool IsPinned(string image) => Pinned().IsMatch(image);

    [GeneratedRegex(@"\A([a-z0-9.-]+/)*[a-z0-9-]+:v?\d+\.\d+(\.\d+)?(-[a-z0-9.-]+)?\z")]
    private static partial Regex Pinned();
}
