namespace Loom.Cli.Modules;

/// <summary>What a machine is to be called with, as it was typed.</summary>
internal sealed record CallArguments(string? Type, string? Command, string? State, string? Context, string? Vectors);

/// <summary>How a call is to be run.</summary>
internal sealed record RunSettings(long? Fuel, bool Interpreted, string? Output, string? Frame);
