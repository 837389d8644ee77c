using Spectre.Console;

namespace FFSplit.Cli.Rendering;

/// <summary>One look for all tables.</summary>
static class Tables
{
    public static Table New(string? title = null)
    {
        var table = new Table { Border = TableBorder.Simple, ShowRowSeparators = false };
        if (title is not null)
        {
            table.Title = new TableTitle(Markup.Escape(title), new Style(decoration: Decoration.Bold));
        }
        return table;
    }

    /// <summary>Numbers stand right and keep their line; text stands left and is what gives way on a narrow terminal.</summary>
    public static Table Column(Table table, string heading, bool right = true)
        => table.AddColumn(new TableColumn(Markup.Escape(heading))
        {
            Alignment = right ? Justify.Right : Justify.Left,
            NoWrap = right,
            Padding = new Padding(1, 0, 0, 0)
        });

    public static void Row(Table table, params ReadOnlySpan<string> cells)
    {
        var escaped = new string[cells.Length];
        for (var i = 0; i < cells.Length; i++) escaped[i] = Markup.Escape(cells[i]);
        table.AddRow(escaped);
    }
}
