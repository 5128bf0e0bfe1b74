using Loom.Testing;
using Xunit;

namespace Loom.Contracts;

public abstract partial class JournalContract
{
    /// <summary>How many seeds this journal's share of the property is.</summary>
    protected virtual int ModelSeeds => Tier.Count(ci: 60, @long: 4000);

    /// <summary>Whether <see cref="JournalContract.Clock"/> is the clock that the journal looks at.</summary>
    protected virtual bool MovesClock => true;

    [ContractFact]
    public async Task Random_operations_on_streams_end_as_the_model_says()
    {
        var first = Seeds.First("streams");
        for (var seed = first; seed < first + ModelSeeds; seed++)
        {
            await new StreamPropertyRun(Journal, MovesClock ? Clock : null, seed).RunAsync(async () =>
            {
                await InitializeAgainAsync();
                return Journal;
            });
        }
    }
}
