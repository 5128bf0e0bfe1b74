using System.CommandLine;
using Loom.Core;

namespace Loom.Cli.Commands;

/// <summary>The argument ACTOR: <c>TYPE-ID</c>, refused early when it can be none.</summary>
internal static class ActorArgument
{
    public static Argument<string> Create()
    {
        var argument = new Argument<string>("actor") { Description = "The actor, TYPE-ID, for example account-alice." };
        argument.Validators.Add(result =>
        {
            foreach (var token in result.Tokens.Where(t => !ActorId.TryParse(t.Value, out _)))
            {
                result.AddError($"'{token.Value}' is no actor: expected TYPE-ID, for example account-alice.");
            }
        });
        return argument;
    }

    /// <summary>The actor's place in the API.</summary>
    public static string Path(string actor) => $"/api/actors/{Uri.EscapeDataString(actor)}";
}
