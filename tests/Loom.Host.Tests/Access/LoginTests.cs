using System.Net;

namespace Loom.Host.Tests.Access;

/// <summary>How a browser logs in where tokens are wanted.</summary>
[Collection(WithTokens.Name)]
public sealed class LoginTests(TokenHost on)
{
    [Fact]
    public async Task A_page_leads_to_the_form_and_the_form_back_to_the_page()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/actors?type=account");
        request.Headers.Accept.ParseAdd("text/html");
        using var page = await on.Host.Http.SendAsync(request);
        Assert.Equal("/login?to=%2Factors%3Ftype%3Daccount", page.Headers.Location?.ToString());
        using var form = await on.Host.Http.GetAsync(page.Headers.Location);
        Assert.Contains("name=\"to\" value=\"/actors?type=account\"", await form.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        using var answer = await LogInAsync(on.Operator, "/actors?type=account");
        Assert.Equal("/actors?type=account", answer.Headers.Location?.ToString());
        var cookie = Assert.Single(answer.Headers.GetValues("Set-Cookie"));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        using var me = new HttpRequestMessage(HttpMethod.Get, "/api/whoami");
        me.Headers.Add("Cookie", cookie[..cookie.IndexOf(';', StringComparison.Ordinal)]);
        using var known = await on.Host.Http.SendAsync(me);
        Assert.Equal(HttpStatusCode.OK, known.StatusCode);
    }

    [Theory]
    [InlineData("//evil.example")]
    [InlineData("https://evil.example")]
    [InlineData("/\\evil.example")]
    [InlineData("javascript:alert(1)")]
    [InlineData("\"><script>")]
    public async Task A_login_leads_to_no_other_place(string to)
    {
        using var answer = await LogInAsync(on.Operator, to);
        Assert.Equal("/", answer.Headers.Location?.ToString());
        using var form = await on.Host.Http.GetAsync($"/login?to={Uri.EscapeDataString(to)}");
        Assert.Contains("name=\"to\" value=\"/\"", await form.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_token_gets_the_form_again_and_no_cookie()
    {
        using var answer = await LogInAsync("loom_nonsense", "/");
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.False(answer.Headers.Contains("Set-Cookie"));
        using var multipart = await on.Host.Http.PostAsync("/login", Json.Bytes("x"u8.ToArray(), "multipart/form-data"));
        await multipart.ProblemAsync(400, "invalid-request");
        using var large = await LogInAsync(new string('x', 10_000), "/");
        await large.ProblemAsync(400, "invalid-request");
    }

    [Fact]
    public async Task A_form_on_another_page_logs_nobody_in()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/login") { Content = Form(on.Operator, "/") };
        request.Headers.Add("Origin", "https://evil.example");
        using var answer = await on.Host.Http.SendAsync(request);
        await answer.ProblemAsync(403, "forbidden");
    }

    [Fact]
    public async Task Behind_a_proxy_that_speaks_https_the_cookie_is_for_https_only()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/login") { Content = Form(on.Operator, "/") };
        request.Headers.Host = "loom.example.org";
        request.Headers.Add("Origin", "https://loom.example.org");
        using var answer = await on.Host.Http.SendAsync(request);
        Assert.Contains("secure", Assert.Single(answer.Headers.GetValues("Set-Cookie")), StringComparison.OrdinalIgnoreCase);
    }

    private Task<HttpResponseMessage> LogInAsync(string token, string to) => on.Host.Http.PostAsync("/login", Form(token, to));

    private static FormUrlEncodedContent Form(string token, string to) => new([new("token", token), new("to", to)]);
}
