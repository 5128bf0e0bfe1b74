using Loom.Web.Actor;
using Loom.Web.Json;

namespace Loom.E2E.Components;

/// <summary>The tree of a state and what a transition changed in it.</summary>
public sealed class StateDiffTests
{
    [Fact]
    public void Added_removed_and_changed_places_are_told_apart()
    {
        var tree = StateNode.Compare("""{"a":1,"b":{"c":[1,2]},"gone":true}""", """{"a":2,"b":{"c":[1,2,3]},"new":"x"}""");

        Assert.Equal(("2", "1", Change.Changed), Of(tree, "a"));
        Assert.Equal(("\"x\"", null, Change.Added), Of(tree, "new"));
        Assert.Equal(("true", null, Change.Removed), Of(tree, "gone"));
        var c = tree.Children[1].Children[0];
        Assert.Equal([Change.Same, Change.Same, Change.Added], c.Children.Select(x => x.Change));
        Assert.Equal(4, tree.Differences);
    }

    [Fact]
    public void A_birth_is_no_difference_and_equal_states_have_none()
    {
        Assert.Equal(0, StateNode.Compare(null, """{"a":[1,{"b":null}]}""").Differences);
        Assert.Equal(0, StateNode.Compare("""{"a":[1]}""", """{"a":[1]}""").Differences);
    }

    [Theory]
    [InlineData("""{"a":1}""", """{"a":{"b":2}}""")]
    [InlineData("""{"a":[1,2]}""", """{"a":"x"}""")]
    [InlineData("""[1]""", """{"a":1}""")]
    public void A_value_that_changes_its_kind_is_a_change(string before, string after) =>
        Assert.NotEqual(Change.Same, StateNode.Compare(before, after).Change);

    [Fact]
    public async Task A_change_is_drawn_with_what_was_there_before()
    {
        var html = await Drawn.HtmlAsync<StateTree>(new { Tree = StateNode.Compare("""{"balance":"100"}""", """{"balance":"250"}"""), Json = "{}" });
        Assert.Contains("1 place changed", html, StringComparison.Ordinal);
        Assert.Contains("<del", html, StringComparison.Ordinal);
        Assert.Contains("\"100\"", html, StringComparison.Ordinal);
        Assert.Contains("\"250\"", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Values_are_text_never_markup()
    {
        var node = StateNode.Compare(null, """{"x":"<script>alert(1)</script>"}""");
        var tree = await Drawn.RawAsync<StateTree>(new { Tree = node, Json = "{}" });
        Assert.DoesNotContain("<script>", tree, StringComparison.Ordinal);
    }

    private static (string?, string?, Change) Of(StateNode tree, string name)
    {
        var node = Assert.Single(tree.Children, c => c.Name == name);
        return (node.Value, node.Old, node.Change);
    }
}
