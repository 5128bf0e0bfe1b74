using Spectre.Console;

namespace Loom.Cli.Output;

/// <summary>Rows under headings: drawn by Spectre.Console on a terminal, plain aligned columns anywhere else.</summary>
internal sealed class Table(params string[] headings)
{
    private readonly List<string[]> _rows = [];

    public int Count => _rows.Count;

    public void Add(params object?[] cells) =>
        _rows.Add([.. cells.Select(c => Printable.Line(Convert.ToString(c, System.Globalization.CultureInfo.InvariantCulture) ?? ""))]);

    public void Write(Invocation invocation)
    {
        if (invocation.IsTerminal)
        {
            Draw();
        }
        else
        {
            Align(invocation.Out);
        }
    }

    private void Align(TextWriter output)
    {
        var widths = headings.Select((h, i) => _rows.Select(r => r[i].Length).Append(h.Length).Max()).ToArray();
        foreach (var row in _rows.Prepend(headings))
        {
            output.WriteLine(string.Join("  ", row.Select((cell, i) => cell.PadRight(widths[i]))).TrimEnd());
        }
    }

    private void Draw()
    {
        var table = new Spectre.Console.Table { Border = TableBorder.Rounded };
        foreach (var heading in headings)
        {
            table.AddColumn(new TableColumn(Markup.Escape(heading)));
        }

        foreach (var row in _rows)
        {
            table.AddRow([.. row.Select(cell => new Text(cell))]);
        }

        AnsiConsole.Write(table);
    }
}
