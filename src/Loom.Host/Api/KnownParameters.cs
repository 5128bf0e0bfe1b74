using System.Globalization;
using Loom.Hosting.Problems;
using Microsoft.AspNetCore.Http.Metadata;

namespace Loom.Hosting.Api;

/// <summary>Query parameters beside those in the handler's signature.</summary>
internal sealed record QueryNames(IReadOnlyList<string> Names);

/// <summary>
/// Refuses query parameters that a route does not have, and numbers that are none: a misspelt filter or revision must not quietly mean
/// none, and whoever misspelt it is told which.
/// </summary>
internal sealed class KnownParameters(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (context.Request.QueryString.HasValue && context.Request.Path.StartsWithSegments("/api") && context.GetEndpoint() is RouteEndpoint endpoint
            && Refuse(endpoint, context.Request.Query) is { } refusal)
        {
            throw new RefusedException(Refusal.Invalid(refusal));
        }

        return next(context);
    }

    private static string? Refuse(RouteEndpoint endpoint, IQueryCollection query)
    {
        var path = endpoint.RoutePattern.Parameters.Select(p => p.Name).ToHashSet(StringComparer.Ordinal);
        var bound = endpoint.Metadata.GetOrderedMetadata<IParameterBindingMetadata>()
            .Select(p => (p.Name, Type: Nullable.GetUnderlyingType(p.ParameterInfo.ParameterType) ?? p.ParameterInfo.ParameterType))
            .Where(p => !path.Contains(p.Name) && (p.Type == typeof(string) || p.Type == typeof(int) || p.Type == typeof(long))).ToList();
        List<string> known = [.. bound.Select(p => p.Name), .. endpoint.Metadata.GetOrderedMetadata<QueryNames>().SelectMany(n => n.Names)];
        if (query.Keys.FirstOrDefault(k => !known.Any(n => Covers(n, k))) is { } unknown)
        {
            return $"This route has no query parameter '{Cut(unknown)}'. It takes {(known.Count == 0 ? "none" : string.Join(", ", known))}.";
        }

        var wrong = bound.FirstOrDefault(p => p.Type != typeof(string) && query.TryGetValue(p.Name, out var values) && !IsNumber(values.ToString(), p.Type));
        return wrong == default ? null : $"'{Cut(query[wrong.Name].ToString())}' is no value for {wrong.Name}: a whole number is expected.";
    }

    private static bool IsNumber(string text, Type type) =>
        type == typeof(int) ? int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out _) : long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out _);

    private static bool Covers(string name, string given) =>
        name.EndsWith('*') ? given.StartsWith(name[..^1], StringComparison.Ordinal) : string.Equals(name, given, StringComparison.OrdinalIgnoreCase);

    private static string Cut(string text) => text.Length > 60 ? text[..60] + "…" : text;
}
