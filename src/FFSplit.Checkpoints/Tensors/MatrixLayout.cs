namespace FFSplit.Checkpoints.Tensors;

/// <summary>The order of a matrix's values in memory.</summary>
public static class MatrixLayout
{
    /// <summary>(rows × columns), row-major, turned to (columns × rows).</summary>
    public static T[] Transpose<T>(T[] values, int rows, int columns)
    {
        ArgumentNullException.ThrowIfNull(values);
        // In tiles, so that reading and writing both stay within few cache lines.
        const int Tile = 32;
        var result = new T[values.Length];
        for (var top = 0; top < rows; top += Tile)
            for (var left = 0; left < columns; left += Tile)
                for (var row = top; row < Math.Min(top + Tile, rows); row++)
                    for (var column = left; column < Math.Min(left + Tile, columns); column++)
                        result[(long)column * rows + row] = values[(long)row * columns + column];
        return result;
    }
}
