using System.Diagnostics.CodeAnalysis;
using Loom.Core;

namespace Loom.Runtime;

/// <summary>The registered modules, as the acts say in their order, and what a new one may not contradict. Immutable.</summary>
internal sealed class ModuleTable
{
    private readonly Dictionary<Digest, RegisteredModule> _byHash;
    private readonly Dictionary<string, Digest> _current;

    private ModuleTable(Dictionary<Digest, RegisteredModule> byHash, Dictionary<string, Digest> current) => (_byHash, _current) = (byHash, current);

    public static ModuleTable Empty { get; } = new([], new(StringComparer.Ordinal));

    /// <summary>Every module, by name and version.</summary>
    public IReadOnlyList<RegisteredModule> All =>
        [.. _byHash.Values.OrderBy(m => m.Manifest.Name, StringComparer.Ordinal).ThenBy(m => m.Manifest.Version).Select(WithCurrent)];

    public IEnumerable<RegisteredModule> Current => _current.Values.Select(hash => WithCurrent(_byHash[hash]));

    public bool TryGet(Digest hash, [NotNullWhen(true)] out RegisteredModule? module)
    {
        module = _byHash.TryGetValue(hash, out var found) ? WithCurrent(found) : null;
        return module is not null;
    }

    public ModuleTable With(RegisteredModule module, bool use)
    {
        var byHash = new Dictionary<Digest, RegisteredModule>(_byHash) { [module.Hash] = module };
        return new ModuleTable(byHash, use ? WithCurrent(module.Manifest.ActorType, module.Hash) : _current);
    }

    public ModuleTable Use(RegisteredModule module) => new(_byHash, WithCurrent(module.Manifest.ActorType, module.Hash));

    /// <summary>Unless somebody says otherwise: a module is used when its type has none, or has an older version of the same name.</summary>
    public bool UsesByItself(ModuleManifest manifest) =>
        !_current.TryGetValue(manifest.ActorType, out var hash)
        || (_byHash[hash].Manifest is var now && now.Name == manifest.Name && now.Version < manifest.Version);

    /// <summary>The effects of all modules of an actor type.</summary>
    public Dictionary<string, EffectKind> EffectsOf(string actorType)
    {
        var effects = new Dictionary<string, EffectKind>(StringComparer.Ordinal);
        foreach (var (name, kind) in _byHash.Values.Where(m => m.Manifest.ActorType == actorType).SelectMany(m => m.Manifest.Effects))
        {
            effects[name] = kind;
        }

        return effects;
    }

    /// <summary>What a new module contradicts; null when it may be registered.</summary>
    public ModuleFinding? Refuse(ModuleManifest manifest, Digest hash)
    {
        if (_byHash.Values.FirstOrDefault(m => m.Manifest.Name == manifest.Name && m.Manifest.Version == manifest.Version && m.Hash != hash) is { } other)
        {
            return new ModuleFinding(
                "module-name-taken", true,
                $"{manifest.QualifiedName} is registered with other bytes: it has SHA-256 {other.Hash}, these have {hash}. A version never changes; register these as a version of their own.");
        }

        if (_byHash.TryGetValue(hash, out var same))
        {
            if (same.Manifest.QualifiedName != manifest.QualifiedName || same.Manifest.ActorType != manifest.ActorType)
            {
                return new ModuleFinding(
                    "module-bytes-known", true,
                    $"These bytes (SHA-256 {hash}) are registered as {same.Manifest.QualifiedName} for {same.Manifest.ActorType}; links name modules by their bytes, so they have one name. Use {same.Manifest.QualifiedName}.");
            }
        }

        return _byHash.Values.Where(m => m.Manifest.ActorType == manifest.ActorType && m.Hash != hash).Select(m => EffectsDiffer(manifest, m.Manifest)).FirstOrDefault(f => f is not null)
            ?? (same is not null ? EffectsDiffer(manifest, same.Manifest) : null);
    }

    // The journal does not say which manifest an event was written under, so its name has to.
    private static ModuleFinding? EffectsDiffer(ModuleManifest manifest, ModuleManifest other)
    {
        var name = manifest.Events.FirstOrDefault(e => other.Events.Contains(e) && KindIn(manifest, e) != KindIn(other, e));
        return name is null ? null : new ModuleFinding(
            "module-effects-differ", true,
            $"The event '{name}' is {Words(KindIn(manifest, name))} in {manifest.QualifiedName} and {Words(KindIn(other, name))} in {other.QualifiedName}, which decides for {other.ActorType} too. Give the event another name.");
    }

    private static EffectKind? KindIn(ModuleManifest manifest, string name) => manifest.Effects.TryGetValue(name, out var kind) ? kind : null;

    private static string Words(EffectKind? kind) => kind is { } k ? $"the effect '{k.ToString().ToLowerInvariant()}'" : "no effect";

    private Dictionary<string, Digest> WithCurrent(string actorType, Digest hash) => new(_current, StringComparer.Ordinal) { [actorType] = hash };

    private RegisteredModule WithCurrent(RegisteredModule module) =>
        module with { Current = _current.GetValueOrDefault(module.Manifest.ActorType) == module.Hash };
}
