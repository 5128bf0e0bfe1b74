using System.Globalization;

namespace Loom.Cli.Client;

/// <summary>A path with its query; what is null stays out.</summary>
internal static class Query
{
    public static string Of(string path, params (string Name, object? Value)[] parts)
    {
        var given = parts
            .Where(p => p.Value is not null)
            .Select(p => $"{p.Name}={Uri.EscapeDataString(Convert.ToString(p.Value, CultureInfo.InvariantCulture)!)}");
        var query = string.Join('&', given);
        return query.Length == 0 ? path : $"{path}?{query}";
    }
}
