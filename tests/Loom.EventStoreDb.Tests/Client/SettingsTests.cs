namespace Loom.EventStoreDb.Tests.Client;

public sealed class SettingsTests
{
    [Fact]
    public void A_plain_connection_string_means_one_server_over_tls()
    {
        var settings = EventStoreDbSettings.Parse("esdb://localhost");
        Assert.Equal([new NodeAddress("localhost", 2113)], settings.Hosts);
        Assert.True(settings is { Discover: false, Tls: true, TlsVerifyCert: true, User: null, NodePreference: NodePreference.Leader });
        Assert.Equal(TimeSpan.FromSeconds(10), settings.DefaultDeadline);
    }

    [Theory]
    [InlineData("esdb+discover://one", true, "one:2113")]
    [InlineData("kurrentdb://a:1,b:2", true, "a:1 b:2")]
    [InlineData("KDB+DISCOVER://a:1/?tls=false", true, "a:1")]
    [InlineData("kurrent://10.0.0.1:2114/", false, "10.0.0.1:2114")]
    public void Schemes_and_hosts(string text, bool discover, string hosts)
    {
        var settings = EventStoreDbSettings.Parse(text);
        Assert.Equal((discover, hosts), (settings.Discover, string.Join(' ', settings.Hosts)));
    }

    [Fact]
    public void Every_setting_is_read_whatever_its_case()
    {
        var s = EventStoreDbSettings.Parse(
            "esdb://us%40er:p%3Ass@h?TLS=false&tls_verify_cert=False&tlsCAFile=/ca.pem&userCertFile=/c.pem&userKeyFile=/k.pem&connectionName=a%20b"
            + "&defaultDeadline=100&keepAliveInterval=-1&keepAliveTimeout=200&nodePreference=read_only_replica&maxDiscoverAttempts=3&discoveryInterval=400"
            + "&gossipTimeout=500&throwOnAppendFailure=true");
        Assert.Equal(("us@er", "p:ss", false, false, "/ca.pem", "/c.pem", "/k.pem", "a b"), (s.User, s.Password, s.Tls, s.TlsVerifyCert, s.TlsCaFile, s.UserCertFile, s.UserKeyFile, s.ConnectionName));
        Assert.Equal((100, 200, 400, 500), (s.DefaultDeadline.TotalMilliseconds, s.KeepAliveTimeout.TotalMilliseconds, s.DiscoveryInterval.TotalMilliseconds, s.GossipTimeout.TotalMilliseconds));
        Assert.Null(s.KeepAliveInterval);
        Assert.Equal((NodePreference.ReadOnlyReplica, 3), (s.NodePreference, s.MaxDiscoverAttempts));
        Assert.DoesNotContain("p:ss", s.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("localhost:2113")]
    [InlineData("http://localhost")]
    [InlineData("esdb://")]
    [InlineData("esdb://a,,b")]
    [InlineData("esdb://a:0")]
    [InlineData("esdb://a:99999")]
    [InlineData("esdb://a:b")]
    [InlineData("esdb://user@a")]
    [InlineData("esdb://a/path")]
    [InlineData("esdb://a?tls")]
    [InlineData("esdb://a?tls=maybe")]
    [InlineData("esdb://a?tls=true&TLS=false")]
    [InlineData("esdb://a?unknown=1")]
    [InlineData("esdb://a?defaultDeadline=-5")]
    [InlineData("esdb://a?nodePreference=7")]
    [InlineData("esdb://a?userCertFile=/x")]
    public void Other_text_is_refused(string text) => Assert.Throws<FormatException>(() => EventStoreDbSettings.Parse(text));

    [Fact]
    public void What_is_wrong_with_it_is_said_without_the_password() =>
        Assert.DoesNotContain("hunter2", Assert.Throws<FormatException>(() => EventStoreDbSettings.Parse("esdb://user:hunter2@a?unknown=1")).Message, StringComparison.Ordinal);
}
