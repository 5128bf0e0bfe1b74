using System.Text.Json;

namespace Loom.Api;

/// <summary>The registered modules, by name and version.</summary>
public sealed record ModuleList(IReadOnlyList<ModuleItem> Modules);

/// <summary>A registered WebAssembly module.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Version">Its version.</param>
/// <param name="ActorType">The actor type that it decides for.</param>
/// <param name="Sha256">SHA-256 of its bytes.</param>
/// <param name="Machine">What links call it: <c>wasm:sha256:HEX</c>.</param>
/// <param name="Size">Its bytes.</param>
/// <param name="About">A line for people; may be empty.</param>
/// <param name="Current">Whether it is its actor type's machine now: what actors are born with, and upgraded to when they are loaded next.</param>
/// <param name="Actors">How many actors have it as their machine, as far as the directory knows.</param>
/// <param name="Capabilities">What it is granted beyond the machine interface: nothing, for machines.</param>
/// <param name="Registered">When.</param>
/// <param name="By">By whom.</param>
public sealed record ModuleItem(
    string Name, int Version, string ActorType, string Sha256, string Machine, long Size, string About, bool Current, int Actors, IReadOnlyList<string> Capabilities,
    DateTimeOffset Registered, string By);

/// <summary>A registered module with everything that is known of it.</summary>
/// <param name="Module">The module.</param>
/// <param name="Manifest">Its manifest.</param>
/// <param name="Contents">What is in it.</param>
/// <param name="Findings">What a look at it finds, for information.</param>
public sealed record ModuleDetail(ModuleItem Module, JsonElement Manifest, ModuleContents? Contents, IReadOnlyList<ModuleFindingItem> Findings);

/// <summary>What is in a module. The names are its author's words.</summary>
/// <param name="Imports">What it needs, as <c>MODULE.NAME TYPE</c>.</param>
/// <param name="Exports">What it gives, as <c>NAME TYPE</c>.</param>
/// <param name="Functions">How many functions of its own it has.</param>
/// <param name="MemoryPages">Pages of 64 KiB that it starts with.</param>
/// <param name="MaxMemoryPages">Pages that it may grow to.</param>
/// <param name="CustomSections">Its custom sections.</param>
/// <param name="Provable">Whether it lies in the subset that can be proven.</param>
public sealed record ModuleContents(
    IReadOnlyList<string> Imports, IReadOnlyList<string> Exports, int Functions, long MemoryPages, long MaxMemoryPages, IReadOnlyList<string> CustomSections, bool Provable);

/// <summary>A finding about a module.</summary>
/// <param name="Rule">The rule's name.</param>
/// <param name="Refuses">Whether it is refused for it; else this is information.</param>
/// <param name="Message">The thing, the reason, the remedy.</param>
public sealed record ModuleFindingItem(string Rule, bool Refuses, string Message);

/// <summary>What a look at an uploaded module found, and what became of it.</summary>
/// <param name="Sha256">SHA-256 of the bytes.</param>
/// <param name="Size">How many there are.</param>
/// <param name="Accepted">Whether it may be registered.</param>
/// <param name="Module">What is registered; absent when only checked, or refused.</param>
/// <param name="KnownAlready">Whether it was registered before, just so.</param>
/// <param name="Manifest">The manifest, when it can be read.</param>
/// <param name="Contents">What is in the module, when it loads.</param>
/// <param name="Findings">Every finding, refusals first.</param>
public sealed record ModuleReportResult(
    string Sha256, long Size, bool Accepted, ModuleItem? Module, bool KnownAlready, JsonElement? Manifest, ModuleContents? Contents, IReadOnlyList<ModuleFindingItem> Findings);

/// <summary>The actors that have a module as their machine, newest change first.</summary>
/// <param name="Module">The module.</param>
/// <param name="Actors">This page of them.</param>
/// <param name="Total">How many there are.</param>
public sealed record ModuleUsers(ModuleItem Module, IReadOnlyList<ModuleUser> Actors, int Total);

/// <summary>An actor that has a module.</summary>
/// <param name="Actor">The actor.</param>
/// <param name="Label">Its state's label.</param>
/// <param name="Revision">Its last revision.</param>
/// <param name="Changed">When it last changed.</param>
public sealed record ModuleUser(string Actor, string Label, long Revision, DateTimeOffset Changed);
