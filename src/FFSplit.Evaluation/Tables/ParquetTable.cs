using System.Globalization;
using FFSplit.Checkpoints;
using FFSplit.Evaluation.Samples;
using Parquet;
using Parquet.Schema;

namespace FFSplit.Evaluation.Tables;

/// <summary>A Parquet file, such as the hub's data sets are kept in. Only the columns asked for are read; a row's line is its number
/// from 1.</summary>
sealed class ParquetTable : ITable
{
    readonly byte[] _bytes;

    public ParquetTable(string path)
    {
        Path = path;
        _bytes = DataText.ReadBytes(path);
        Columns = Guarded(reader => Task.FromResult<IReadOnlyList<string>>([.. reader.Schema.Fields.Select(f => f.Name)]));
    }

    public string Path { get; }

    public IReadOnlyList<string> Columns { get; }

    public IEnumerable<TableRow> Select(IReadOnlyList<string> columns, List<int>? shortRows = null)
    {
        var fields = Guarded(reader => Task.FromResult(columns.Select(c => FieldOf(reader.Schema, c)).ToArray()));
        var groups = Guarded(reader => Task.FromResult(reader.RowGroupCount));
        var number = 0;
        for (var group = 0; group < groups; group++)
        {
            var at = group;
            var values = Guarded(reader => ReadGroup(reader, at, fields));
            for (var row = 0; row < values[0].Length; row++)
            {
                number++;
                var cells = new string[columns.Count];
                for (var i = 0; i < cells.Length; i++) cells[i] = values[i][row] ?? throw DataErrors.EmptyCell(Path, number, columns[i]);
                yield return new TableRow(number, cells);
            }
        }
        if (number == 0) throw DataErrors.Empty(Path);
    }

    DataField FieldOf(ParquetSchema schema, string column)
    {
        if (!Columns.Contains(column, StringComparer.Ordinal)) throw DataErrors.MissingColumn(Path, column, Columns);
        return schema.Fields.First(f => f.Name == column) is DataField { IsArray: false } field
            ? field
            : throw DataErrors.ParquetType(Path, column, "a list or a record");
    }

    async Task<string?[][]> ReadGroup(ParquetReader reader, int group, DataField[] fields)
    {
        using var rows = reader.OpenRowGroupReader(group);
        var columns = new string?[fields.Length][];
        for (var i = 0; i < columns.Length; i++)
            columns[i] = await ReadColumn(rows, fields[i], checked((int)rows.RowCount)).ConfigureAwait(false);
        return columns;
    }

    async Task<string?[]> ReadColumn(ParquetRowGroupReader rows, DataField field, int count)
    {
        var type = Nullable.GetUnderlyingType(field.ClrType) ?? field.ClrType;
        if (type == typeof(string) || type == typeof(ReadOnlyMemory<char>))
        {
            var texts = new string?[count];
            await rows.ReadAsync(field, texts.AsMemory()!).ConfigureAwait(false);
            return texts;
        }
        return type switch
        {
            _ when type == typeof(bool) => await Values<bool>(v => v ? "true" : "false").ConfigureAwait(false),
            _ when type == typeof(sbyte) => await Numbers<sbyte>().ConfigureAwait(false),
            _ when type == typeof(byte) => await Numbers<byte>().ConfigureAwait(false),
            _ when type == typeof(short) => await Numbers<short>().ConfigureAwait(false),
            _ when type == typeof(ushort) => await Numbers<ushort>().ConfigureAwait(false),
            _ when type == typeof(int) => await Numbers<int>().ConfigureAwait(false),
            _ when type == typeof(uint) => await Numbers<uint>().ConfigureAwait(false),
            _ when type == typeof(long) => await Numbers<long>().ConfigureAwait(false),
            _ when type == typeof(ulong) => await Numbers<ulong>().ConfigureAwait(false),
            _ when type == typeof(float) => await Numbers<float>().ConfigureAwait(false),
            _ when type == typeof(double) => await Numbers<double>().ConfigureAwait(false),
            _ when type == typeof(decimal) => await Numbers<decimal>().ConfigureAwait(false),
            _ => throw DataErrors.ParquetType(Path, field.Name, type.Name),
        };

        Task<string?[]> Numbers<T>() where T : struct, IFormattable => Values<T>(v => v.ToString(null, CultureInfo.InvariantCulture));

        async Task<string?[]> Values<T>(Func<T, string> write) where T : struct
        {
            if (!field.IsNullable)
            {
                var plain = new T[count];
                await rows.ReadAsync<T>(field, plain.AsMemory()).ConfigureAwait(false);
                return Array.ConvertAll(plain, v => (string?)write(v));
            }
            var values = new T?[count];
            await rows.ReadAsync<T>(field, values.AsMemory()).ConfigureAwait(false);
            return Array.ConvertAll(values, v => v is { } there ? write(there) : null);
        }
    }

    // A file from a stranger may make the reader throw anything, for sizes that it makes up also that memory is short; whatever it is, the
    // file is at fault.
    T Guarded<T>(Func<ParquetReader, Task<T>> read)
    {
        try
        {
            return Opened().GetAwaiter().GetResult();
        }
        catch (Exception e) when (e is not BadInputException)
        {
            throw DataErrors.NotParquet(Path, e.Message, e);
        }

        async Task<T> Opened()
        {
            using var stream = new MemoryStream(_bytes, writable: false);
            var reader = await ParquetReader.CreateAsync(stream).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
                return await read(reader).ConfigureAwait(false);
        }
    }
}
