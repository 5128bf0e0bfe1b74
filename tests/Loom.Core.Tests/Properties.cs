using FsCheck;

namespace Loom.Core.Tests;

/// <summary>Property tests; a failure prints the shrunk example and the seed that replays it.</summary>
internal static class Properties
{
    public static void ShouldHold(this Property property) => Check.QuickThrowOnFailure(property);
}
