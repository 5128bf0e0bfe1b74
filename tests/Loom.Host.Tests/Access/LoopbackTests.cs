using System.Net;

namespace Loom.Host.Tests.Access;

/// <summary>Without login only this machine's own people get in: no page of another origin, by any name or trick of a browser.</summary>
[Collection(OnLoopback.Name)]
public sealed class LoopbackTests(LoopbackHost on)
{
    [Theory]
    [InlineData("evil.example")]
    [InlineData("evil.example:5080")]
    [InlineData("127.0.0.1.evil.example")]
    [InlineData("localhost.evil.example")]
    [InlineData("10.0.0.1")]
    [InlineData("0.0.0.0")]
    public async Task A_name_that_an_attacker_points_at_this_machine_is_refused(string name)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/whoami") { Headers = { Host = name } };
        using var answer = await on.Http.SendAsync(request);
        await answer.ProblemAsync(403, "forbidden");
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("127.0.0.1")]
    [InlineData("127.8.8.8:1")]
    [InlineData("[::1]")]
    public async Task Names_of_this_machine_are_taken(string name)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/whoami") { Headers = { Host = name } };
        using var answer = await on.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Theory]
    [InlineData("Origin", "https://evil.example")]
    [InlineData("Origin", "null")]
    [InlineData("Origin", "http://127.0.0.1:1")]
    [InlineData("Origin", "http://localhost")]
    [InlineData("Origin", "file://")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    public async Task A_page_of_another_origin_can_neither_send_nor_read(string header, string value)
    {
        var actor = $"account-{Guid.CreateVersion7():N}";
        using var send = await on.Http.CommandAsync(actor, "open", """{"owner":"Eve"}""", (header, value));
        await send.ProblemAsync(403, "forbidden");
        using var read = new HttpRequestMessage(HttpMethod.Get, "/api/actors");
        read.Headers.Add(header, value);
        using var answer = await on.Http.SendAsync(read);
        await answer.ProblemAsync(403, "forbidden");
        using var none = await on.Http.GetAsync($"/api/actors/{actor}");
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
    }

    [Fact]
    public async Task Two_origins_are_none_of_ours()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/actors");
        request.Headers.TryAddWithoutValidation("Origin", [Own, "https://evil.example"]);
        using var answer = await on.Http.SendAsync(request);
        await answer.ProblemAsync(403, "forbidden");
    }

    [Theory]
    [InlineData("navigate", "document", HttpStatusCode.OK)]
    [InlineData("navigate", "iframe", HttpStatusCode.Forbidden)]
    [InlineData("no-cors", "image", HttpStatusCode.Forbidden)]
    [InlineData("cors", "empty", HttpStatusCode.Forbidden)]
    public async Task A_link_from_elsewhere_leads_here_and_nothing_else_does(string mode, string destination, HttpStatusCode expected)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/actors");
        request.Headers.Add("Sec-Fetch-Site", "cross-site");
        request.Headers.Add("Sec-Fetch-Mode", mode);
        request.Headers.Add("Sec-Fetch-Dest", destination);
        using var answer = await on.Http.SendAsync(request);
        Assert.Equal(expected, answer.StatusCode);
    }

    [Fact]
    public async Task The_consoles_own_pages_may_do_everything()
    {
        await on.Http.DoneAsync($"account-{Guid.CreateVersion7():N}", "open", """{"owner":"Ada"}""", ("Origin", Own), ("Sec-Fetch-Site", "same-origin"));
    }

    [Fact]
    public async Task A_token_that_is_none_is_refused_also_here()
    {
        using var http = on.Host.Client("loom_000000000000_0000000000000000000000000000000000000000000");
        using var answer = await http.GetAsync("/api/whoami");
        await answer.ProblemAsync(401, "unauthenticated");
    }

    private string Own => on.Host.Address.GetLeftPart(UriPartial.Authority);
}
