using System.Globalization;

namespace Loom.Cli.Output;

/// <summary>A number and what it counts.</summary>
internal static class Counted
{
    public static string Of(long count, string one) => string.Create(CultureInfo.InvariantCulture, $"{count:N0} {one}{(count == 1 ? "" : "s")}");
}
