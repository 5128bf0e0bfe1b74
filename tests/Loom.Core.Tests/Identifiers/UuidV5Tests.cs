using Loom.Core;

namespace Loom.Core.Tests.Identifiers;

public sealed class UuidV5Tests
{
    // RFC 9562 appendix A.4, and the DNS name that every implementation is tried on.
    [Theory]
    [InlineData("www.example.com", "2ed6657d-e927-568b-95e1-2665a8aea6a2")]
    [InlineData("python.org", "886313e1-3b8a-5372-9b90-0c9aee199e5d")]
    public void Names_in_the_dns_namespace_give_the_known_ids(string name, string id) =>
        Assert.Equal(id, UuidV5.Create(new Guid("6ba7b810-9dad-11d1-80b4-00c04fd430c8"), name).ToString("D"));

    [Fact]
    public void An_event_id_follows_from_stream_command_and_index()
    {
        var stream = StreamName.Parse("account-alice");
        var id = UuidV5.OfEvent(stream, CommandId.Parse("c1"), 0);
        Assert.Equal(id, UuidV5.Create(UuidV5.EventNamespace, "account-alice\nc1\n0"));
        Assert.NotEqual(id, UuidV5.OfEvent(stream, CommandId.Parse("c1"), 1));
        Assert.NotEqual(id, UuidV5.OfEvent(stream, CommandId.Parse("c2"), 0));
        Assert.Equal('5', id.ToString("D")[14]);
    }
}
