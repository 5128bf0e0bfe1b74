using System.Globalization;

namespace Loom.EventStoreDb;

/// <summary>
/// Connection strings: <c>scheme://[user:password@]host[:port]{,host[:port]}[/][?key=value{&amp;key=value}]</c> with the schemes
/// <c>esdb</c>, <c>kurrentdb</c>, <c>kurrent</c> and <c>kdb</c>, each also with <c>+discover</c>. User and password are percent-encoded.
/// </summary>
public sealed partial record EventStoreDbSettings
{
    private const int DefaultPort = 2113;
    private const string DiscoverSuffix = "+discover";
    private static readonly string[] Schemes = ["esdb", "kurrentdb", "kurrent", "kdb"];

    /// <summary>Reads a connection string.</summary>
    /// <exception cref="FormatException">It is none; the message says what is wrong, and shows no password.</exception>
    public static EventStoreDbSettings Parse(string connectionString)
    {
        ArgumentNullException.ThrowIfNull(connectionString);
        var colon = connectionString.IndexOf("://", StringComparison.Ordinal);
        var scheme = colon < 0 ? "" : connectionString[..colon].ToLowerInvariant();
        var discover = scheme.EndsWith(DiscoverSuffix, StringComparison.Ordinal);
        if (!Schemes.Contains(discover ? scheme[..^DiscoverSuffix.Length] : scheme))
        {
            throw new FormatException($"A connection string begins with one of {string.Join(", ", Schemes.Select(s => s + "://"))}, or with +discover before the colon.");
        }

        var rest = connectionString[(colon + 3)..];
        var (authority, query) = Split(rest, '?');
        var at = authority.LastIndexOf('@');
        string? user = null, password = null;
        if (at >= 0)
        {
            var (name, secret) = Split(authority[..at], ':');
            if (name.Length == 0 || secret is null)
            {
                throw new FormatException("Credentials in a connection string are user:password@.");
            }

            (user, password) = (Uri.UnescapeDataString(name), Uri.UnescapeDataString(secret));
        }

        var (hosts, path) = Split(authority[(at + 1)..], '/');
        if (path is { Length: > 0 })
        {
            throw new FormatException("A connection string has no path after its hosts.");
        }

        var addresses = hosts.Split(',').Select(Address).ToList();
        var settings = new EventStoreDbSettings { Hosts = addresses, Discover = discover || addresses.Count > 1, User = user, Password = password };
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var pair in (query ?? "").Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var (key, value) = Split(pair, '=');
            var plain = key.Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal).ToLowerInvariant();
            if (value is null || !seen.Add(plain))
            {
                throw new FormatException($"The setting '{key}' {(value is null ? "has no value" : "is given twice")}.");
            }

            settings = settings.With(key, plain, Uri.UnescapeDataString(value));
        }

        return (settings.UserCertFile is null) == (settings.UserKeyFile is null)
            ? settings
            : throw new FormatException("userCertFile and userKeyFile are given both or not at all.");
    }

    private EventStoreDbSettings With(string key, string plain, string value) => plain switch
    {
        "tls" => this with { Tls = Bool(key, value) },
        "tlsverifycert" => this with { TlsVerifyCert = Bool(key, value) },
        "tlscafile" => this with { TlsCaFile = value },
        "usercertfile" => this with { UserCertFile = value },
        "userkeyfile" => this with { UserKeyFile = value },
        "connectionname" => this with { ConnectionName = value },
        "defaultdeadline" => this with { DefaultDeadline = Time(key, value) },
        "keepaliveinterval" => this with { KeepAliveInterval = value == "-1" ? null : Time(key, value) },
        "keepalivetimeout" => this with { KeepAliveTimeout = value == "-1" ? TimeSpan.MaxValue : Time(key, value) },
        "nodepreference" => this with { NodePreference = Preference(value) },
        "maxdiscoverattempts" => this with { MaxDiscoverAttempts = Number(key, value) },
        "discoveryinterval" => this with { DiscoveryInterval = Time(key, value) },
        "gossiptimeout" => this with { GossipTimeout = Time(key, value) },
        "throwonappendfailure" => Bool(key, value) ? this : this, // appends answer with their conflict either way
        _ => throw new FormatException($"A connection string has no setting '{key}'."),
    };

    private static (string Before, string? After) Split(string text, char at)
    {
        var i = text.IndexOf(at, StringComparison.Ordinal);
        return i < 0 ? (text, null) : (text[..i], text[(i + 1)..]);
    }

    private static NodeAddress Address(string text)
    {
        var (host, port) = Split(text, ':');
        var number = DefaultPort;
        return Uri.CheckHostName(host) is UriHostNameType.Dns or UriHostNameType.IPv4
            && (port is null || (int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number is > 0 and <= 65535))
            ? new NodeAddress(host, number)
            : throw new FormatException($"'{text}' is no host, or host:port.");
    }

    private static bool Bool(string key, string value) =>
        bool.TryParse(value, out var result) ? result : throw new FormatException($"The setting '{key}' is true or false, not '{value}'.");

    private static int Number(string key, string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var result) && result > 0
            ? result
            : throw new FormatException($"The setting '{key}' is a whole number of 1 or more, not '{value}'.");

    private static TimeSpan Time(string key, string milliseconds) => TimeSpan.FromMilliseconds(Number(key, milliseconds));

    private static NodePreference Preference(string value) =>
        Enum.TryParse<NodePreference>(value.Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal), ignoreCase: true, out var preference)
        && Enum.IsDefined(preference)
            ? preference
            : throw new FormatException($"The setting 'nodePreference' is leader, follower, random or readOnlyReplica, not '{value}'.");
}
