using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Loom.Core;

namespace Loom.Provenance.Tests;

/// <summary>
/// Makes histories without a journal: streams of transitions, the log's tree over their links, checkpoints and bundles. Everything follows
/// from the calls, so equal calls give equal bytes.
/// </summary>
public sealed class History(string origin = "loom.test/log")
{
    public static readonly DateTimeOffset Start = new(2026, 1, 5, 8, 0, 0, TimeSpan.Zero);

    private readonly Dictionary<string, List<Made>> _streams = new(StringComparer.Ordinal);
    private readonly MerkleTree _tree = new();
    private readonly Dictionary<Digest, ReadOnlyMemory<byte>> _blobs = [];
    private readonly Dictionary<Digest, ReadOnlyMemory<byte>> _modules = [];
    private int _salts;

    /// <summary>A transition that was made, with what only its maker knows.</summary>
    public sealed record Made(Link Link, IReadOnlyList<RecordedEvent> Events, byte[] Salt, byte[] State, long Leaf);

    public string Origin => origin;

    public long Size => _tree.Size;

    public IReadOnlyList<Made> this[string stream] => _streams[stream];

    /// <summary>Appends one transition and puts its link into the tree.</summary>
    public Made Append(
        string stream, int events = 1, string? command = null, string? state = null, string? data = null, long? fence = null, DateTimeOffset? at = null,
        MachineId? machine = null, LinkKind kind = LinkKind.Command, string? correlation = null, Func<WrittenTransition, byte[], WrittenTransition>? store = null,
        string commandType = "account.deposit", IReadOnlyList<EmittedEvent>? emitted = null)
    {
        var list = _streams.TryGetValue(stream, out var known) ? known : _streams[stream] = [];
        var previous = list.Count > 0 ? list[^1].Link : null;
        var n = list.Count.ToString(CultureInfo.InvariantCulture);
        var salt = SHA256.HashData(Encoding.ASCII.GetBytes($"{origin} salt {_salts++}"));
        var to = machine ?? previous?.Machine ?? MachineId.DotNet("account", 1);
        var stateBytes = Encoding.UTF8.GetBytes(state ?? $$"""{"balance":{{n}}}""");
        var body = Encoding.UTF8.GetBytes(kind == LinkKind.Upgrade
            ? $$"""{"from":"{{previous!.Machine}}","to":"{{to}}"}"""
            : command ?? $$"""{"amount":"{{n}}.50"}""");
        var written = TransitionWriter.Write(new TransitionDraft
        {
            Stream = StreamName.Parse(stream),
            Previous = previous,
            ActorType = to.IsWasm ? "counter@1" : to.Value.Replace("dotnet:", "", StringComparison.Ordinal),
            Machine = to,
            Kind = kind,
            CommandId = CommandId.Parse($"cmd-{n}"),
            CommandType = kind == LinkKind.Upgrade ? "loom.upgrade" : commandType,
            Command = body,
            MayUseBlob = true,
            Principal = kind == LinkKind.Upgrade ? "loom:runtime" : "alice",
            Roles = kind == LinkKind.Upgrade ? [] : ["CLERK"],
            Events = kind == LinkKind.Upgrade
                ? [new EmittedEvent("loom.upgraded", EventData.Json, body)]
                : emitted ?? [.. Enumerable.Range(0, events).Select(i => new EmittedEvent("account.deposited", EventData.Json, Encoding.UTF8.GetBytes(data ?? $$"""{"amount":"{{n}}.50","part":{{i}}}""")))],
            State = stateBytes,
            Fence = fence ?? previous?.Fence ?? 1,
            At = new Timestamp(at ?? Start.AddMinutes(list.Count)),
            Correlation = correlation ?? $"case-{stream}",
            Salt = salt,
        });
        if (written.CommandBlob is { } blob)
        {
            _blobs[blob] = body;
        }

        written = store is null ? written : store(written, salt);
        var recorded = written.Events.Select((e, i) => new RecordedEvent(
            StreamName.Parse(stream), written.Link.Revision + i, 0, e.Id, e.Type, e.ContentType, e.Data, e.Metadata, Start)).ToArray();
        var made = new Made(written.Link, recorded, salt, stateBytes, _tree.Size);
        _tree.Append(written.Link.Hash);
        list.Add(made);
        return made;
    }

    /// <summary>A module that links may name.</summary>
    public void AddModule(byte[] bytes) => _modules[Digest.Of(bytes)] = bytes;

    /// <summary>A leaf that belongs to nobody's stream here, as other actors' links do.</summary>
    public void AppendOther(int number) => _tree.Append(Digest.Of(BitConverter.GetBytes(number)));

    public SignedNote Note(long size, params ReadOnlySpan<ISigner> signers) =>
        SignedNote.Sign(Checkpoint.Of(origin, size, _tree.Root(size), 1).Format(), origin, signers);

    public Digest Root(long size) => _tree.Root(size);

    public IReadOnlyList<Digest> Inclusion(long leaf, long size) => _tree.InclusionProof(leaf, size);

    /// <summary>Everything for a bundle of these streams at a tree size (default: the whole tree).</summary>
    public BundleSource Source(ISigner log, IReadOnlyList<string> streams, long? size = null, BundleHide hide = BundleHide.None, int skip = 0, params long[] from)
    {
        var n = size ?? _tree.Size;
        return new BundleSource
        {
            CheckpointNote = Note(n, log).Format(),
            Hide = hide,
            CommandBlobs = _blobs,
            Modules = _modules,
            Consistency = [.. from.Select(f => new BundleConsistency(f, _tree.ConsistencyProof(f, n)))],
            Streams = [.. streams.Select(s => StreamOf([.. _streams[s].Where(m => m.Leaf < n)], n, skip))],
        };
    }

    private BundleStream StreamOf(IReadOnlyList<Made> all, long size, int skip)
    {
        var made = all.Skip(skip).ToArray();
        return new BundleStream
        {
            Name = made[0].Link.Stream,
            Events = made.SelectMany(m => m.Events),
            Leaves = [.. made.Select(m => new BundleLeaf(m.Leaf, _tree.InclusionProof(m.Leaf, size)))],
            Head = StateOf(made[^1]),
            Before = skip > 0 ? StateOf(all[skip - 1]) : null,
        };
    }

    private static BundleState StateOf(Made made) => new(made.State, Salts.Part(made.Salt, Salts.To));

    public static byte[] Bundle(BundleSource source, ISigner signer, ReadOnlyMemory<byte>? cached = null)
    {
        using var output = new MemoryStream();
        BundleWriter.Write(source, signer, output, cached);
        return output.ToArray();
    }
}
