namespace Loom.Hosting;

/// <summary>The way in for hosts with machines of their own.</summary>
/// <example>
/// <code>
/// var builder = LoomHost.CreateBuilder(args);
/// builder.Machines.Add(new InvoiceMachine());
/// return await builder.RunAsync();
/// </code>
/// </example>
public static class LoomHost
{
    /// <summary>A builder that reads flags, environment and <c>loom.json</c> as the <c>loom</c> command's host does.</summary>
    public static LoomHostBuilder CreateBuilder(string[] args) => new(args);
}
