using Loom.Web.Data;

namespace Loom.Web.Actor;

/// <summary>Where the nodes, edges and checkpoints of a piece of chain are drawn. Plain arithmetic.</summary>
internal sealed record ChainLayout(
    int Width, IReadOnlyList<ChainLayout.Node> Nodes, IReadOnlyList<ChainLayout.Edge> Edges, IReadOnlyList<ChainLayout.Checkpoint> Checkpoints)
{
    public const int NodeTop = 12;
    public const int NodeWidth = 158;
    public const int NodeHeight = 66;
    public const int Gap = 34;
    public const int LeafY = 108;
    public const int CheckpointTop = 134;
    public const int Height = 162;
    private const int Margin = 30;

    /// <summary>How many nodes a place of some width has room for; at least three, which a narrow one scrolls.</summary>
    public static int Fitting(int width) => Math.Clamp((width - (2 * Margin) + Gap) / (NodeWidth + Gap), 3, 16);

    /// <summary>How wide a badge of some text is.</summary>
    public static int BadgeWidth(string text) => 30 + (6 * text.Length);

    public static ChainLayout Of(IReadOnlyList<TransitionRow> rows, long total, int room)
    {
        var gap = rows.Count > 1 && rows.Count == Fitting(room) ? Math.Max(Gap, (room - (2 * Margin) - (rows.Count * NodeWidth)) / (rows.Count - 1)) : Gap;
        var nodes = rows.Select((r, i) => new Node(r, Margin + (i * (NodeWidth + gap)))).ToList();
        var width = (2 * Margin) + Math.Max(0, (nodes.Count * (NodeWidth + gap)) - gap);
        var edges = new List<Edge>();
        const int middle = NodeTop + (NodeHeight / 2);
        foreach (var node in nodes)
        {
            // The arrow points back, as the hash does; the first node of the window shows that there is more before it.
            if (node.Row.Number > 0)
            {
                var from = node.X;
                var to = node == nodes[0] ? 4 : from - gap;
                edges.Add(new Edge("prev", FormattableString.Invariant($"M{from} {middle} H{to + 2} m6 -4 l-6 4 l6 4"), "prev", (from + to) / 2, middle - 7));
            }

            edges.Add(new Edge(node.Row.Leaf is null ? "pending" : "into", FormattableString.Invariant($"M{node.Middle} {NodeTop + NodeHeight} V{LeafY - 5}"), null, 0, 0));
            if (node.Row.CheckpointSize is not null)
            {
                edges.Add(new Edge("into", FormattableString.Invariant($"M{node.Middle} {LeafY + 5} V{CheckpointTop}"), null, 0, 0));
            }
        }

        if (nodes.Count > 0 && nodes[^1].Row.Number < total - 1)
        {
            var x = nodes[^1].X + NodeWidth;
            edges.Add(new Edge("prev", FormattableString.Invariant($"M{x + Margin - 2} {middle} H{x + 2} m6 -4 l-6 4 l6 4"), null, 0, 0));
        }

        return new ChainLayout(width, nodes, edges, CheckpointsOf(nodes));
    }

    // Neighbours under the same checkpoint share one.
    private static List<Checkpoint> CheckpointsOf(List<Node> nodes)
    {
        var found = new List<Checkpoint>();
        foreach (var node in nodes)
        {
            if (node.Row.CheckpointSize is not { } size)
            {
                continue;
            }

            var (left, right) = (node.Middle - 45, node.Middle + 45);
            if (found.Count > 0 && found[^1].Size == size)
            {
                found[^1] = found[^1] with { Width = right - found[^1].X };
            }
            else
            {
                found.Add(new Checkpoint(size, left, right - left));
            }
        }

        return found;
    }

    internal sealed record Node(TransitionRow Row, int X)
    {
        public int Middle => X + (NodeWidth / 2);

        public string Command => Fit(Row.Upgrade ? "upgrade" : Row.Command, 19);

        public string Who => Fit(Row.Principal, 22);

        public string Spoken =>
            $"Transition {Row.Number}: {Row.Command} by {Row.Principal}, {Row.At.UtcDateTime:yyyy-MM-dd HH:mm:ss}, link {Row.Link[..8]}"
            + (Row.CheckpointSize is { } size ? $", under checkpoint {size}" : ", not yet under a checkpoint");

        private static string Fit(string text, int length) => text.Length <= length ? text : text[..(length - 1)] + "…";
    }

    internal sealed record Edge(string Kind, string Path, string? Label, int X, int Y);

    internal sealed record Checkpoint(long Size, int X, int Width);
}
