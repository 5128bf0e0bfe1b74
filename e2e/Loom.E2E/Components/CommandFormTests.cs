using System.Text.Json.Nodes;
using Loom.Web.Actor;
using Loom.Web.Json;

namespace Loom.E2E.Components;

/// <summary>A form made from a JSON Schema, and the body it gives.</summary>
public sealed class CommandFormTests
{
    private const string Schema = """
        {"type":["object","null"],"properties":{
          "amount":{"type":"string","description":"cents","pattern":"^[0-9]+$"},
          "currency":{"enum":["EUR","USD"]},
          "days":{"type":"integer"},
          "urgent":{"type":"boolean"},
          "note":{"type":["string","null"]},
          "owner":{"type":"object","properties":{"name":{"type":"string"}},"required":["name"]},
          "tags":{"type":"array","items":{"type":"string"}}},
         "required":["amount","currency","days","owner"]}
        """;

    [Fact]
    public void A_filled_form_gives_the_body()
    {
        var form = FormField.Of(Schema);
        Set(form, "amount", "1250");
        Set(form, "currency", "EUR");
        Set(form, "days", "30");
        Set(form, "urgent", "true");
        Set(form, "tags", """["a"]""");
        Set(form.Fields.Single(f => f.Name == "owner"), "name", "Ada");

        var body = JsonNode.Parse("""{"amount":"1250","currency":"EUR","days":30,"urgent":true,"owner":{"name":"Ada"},"tags":["a"]}""");
        Assert.True(JsonNode.DeepEquals(body, JsonNode.Parse(form.ToJson()!)), form.ToJson());
    }

    [Fact]
    public void What_is_missing_or_wrong_is_said_at_its_field()
    {
        var form = FormField.Of(Schema);
        Set(form, "days", "soon");
        Set(form, "tags", "[");
        Assert.Null(form.ToJson());
        Assert.Equal("This is required.", form.Fields.Single(f => f.Name == "currency").Error);
        Assert.Equal("A whole number, please.", form.Fields.Single(f => f.Name == "days").Error);
        Assert.Equal("This is not JSON.", form.Fields.Single(f => f.Name == "tags").Error);
        Assert.Null(form.Fields.Single(f => f.Name == "note").Error);
    }

    [Fact]
    public void A_text_that_does_not_fit_its_pattern_is_refused_at_its_field()
    {
        var form = FormField.Of("""{"type":"object","properties":{"a":{"type":"string","description":"Whole cents.","pattern":"^[0-9]+$"},"b":{"type":"string","pattern":"("}}}""");
        Set(form, "a", "12.50");
        Set(form, "b", "anything");
        Assert.Null(form.ToJson());
        Assert.Equal("This does not fit. Whole cents.", form.Fields[0].Error);
        Set(form, "a", "1250");
        Assert.NotNull(form.ToJson());
    }

    [Theory]
    [InlineData("true")]
    [InlineData("""{"$ref":"#"}""")]
    [InlineData("""{"type":"object"}""")]
    [InlineData("""{}""")]
    [InlineData("""{"type":5,"description":[]}""")]
    [InlineData("""{"type":["string",null],"enum":3}""")]
    [InlineData("""{"properties":{"a":{"description":1}},"required":[2]}""")]
    [InlineData("""{"properties":{"a":1,"a":2}}""")]
    public void Any_schema_gives_a_form(string schema) => Assert.NotNull(FormField.Of(schema));

    [Fact]
    public async Task Every_field_has_a_label_and_its_hint()
    {
        var html = await Drawn.HtmlAsync<FormFields>(new { Field = FormField.Of(Schema), Root = true });
        Assert.Contains("amount</span>", html, StringComparison.Ordinal);
        Assert.Matches("note</span><span[^>]*> optional</span></label>", html);
        Assert.Contains("cents", html, StringComparison.Ordinal);
        Assert.Contains("<legend", html, StringComparison.Ordinal);
        Assert.Equal(7, System.Text.RegularExpressions.Regex.Count(html, "<label"));
    }

    private static void Set(FormField form, string name, string value) => form.Fields.Single(f => f.Name == name).Value = value;
}
