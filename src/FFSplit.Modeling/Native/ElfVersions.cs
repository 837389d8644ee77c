using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace FFSplit.Modeling.Native;

/// <summary>The symbol versions that an ELF library (64 bits, little-endian) demands from others, readable and changeable in place.</summary>
/// <remarks>Layout as in the System V ABI (sections) and the Linux Standard Base, "Symbol Versioning" (Verneed, Vernaux, Versym).</remarks>
sealed class ElfVersions
{
    /// <summary>One demanded version: where its entry lies in the file, and the index by which symbols refer to it.</summary>
    internal readonly record struct Need(string Name, int Offset, ushort Index);

    const uint DynamicSymbols = 11, VersionNeeds = 0x6ffffffe, VersionIndices = 0x6fffffff;
    const int SymbolSize = 24, FlagsInNeed = 4;
    const ushort Weak = 2, IndexMask = 0x7fff;

    readonly byte[] file;
    readonly Section symbols, indices, symbolNames;
    readonly List<Need> needs = [];

    ElfVersions(byte[] file)
    {
        this.file = file;
        var sections = ReadSections().ToList();
        symbols = sections.Single(s => s.Type == DynamicSymbols);
        indices = sections.Single(s => s.Type == VersionIndices);
        symbolNames = sections[symbols.Link];
        var needSection = sections.Single(s => s.Type == VersionNeeds);
        ReadNeeds(needSection, sections[needSection.Link]);
    }

    /// <summary>Reads the tables; false where the bytes are not such a library.</summary>
    internal static bool TryRead(byte[] file, [NotNullWhen(true)] out ElfVersions? versions)
    {
        versions = null;
        if (file.Length < 64 || !file.AsSpan(0, 6).SequenceEqual("\u007fELF\u0002\u0001"u8))
            return false;
        try
        {
            versions = new ElfVersions(file);
            return true;
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or OverflowException)
        {
            return false; // an offset outside the file, or a missing table
        }
    }

    /// <summary>The demand for that version, if there is one.</summary>
    internal Need? FindNeed(string name) => needs.Where(n => n.Name == name).Select(n => (Need?)n).FirstOrDefault();

    /// <summary>The names of the symbols bound to a version.</summary>
    internal IEnumerable<string> SymbolsOf(Need need)
        => Enumerable.Range(0, symbols.Size / SymbolSize).Where(i => (U16(IndexOffset(i)) & IndexMask) == need.Index).Select(NameOfSymbol);

    /// <summary>Lets the dynamic linker go on where no library offers the version.</summary>
    internal void MakeWeak(Need need)
        => BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(need.Offset + FlagsInNeed), (ushort)(U16(need.Offset + FlagsInNeed) | Weak));

    /// <summary>Binds a symbol to another version.</summary>
    internal void Rebind(string symbol, Need from, Need to)
    {
        for (var i = 0; i < symbols.Size / SymbolSize; i++)
        {
            if ((U16(IndexOffset(i)) & IndexMask) == from.Index && NameOfSymbol(i) == symbol)
                BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(IndexOffset(i)), to.Index);
        }
    }

    IEnumerable<Section> ReadSections()
    {
        int table = checked((int)U64(40)), size = U16(58), count = U16(60);
        for (var i = 0; i < count; i++)
        {
            var header = table + i * size;
            yield return new(U32(header + 4), checked((int)U64(header + 24)), checked((int)U64(header + 32)), checked((int)U32(header + 40)),
                checked((int)U32(header + 44)));
        }
    }

    void ReadNeeds(Section section, Section names)
    {
        // Two linked lists: libraries (count in the section's info), and each library's versions.
        var library = section.Offset;
        for (var i = 0; i < section.Info; i++)
        {
            var version = checked(library + (int)U32(library + 8));
            for (var j = 0; j < U16(library + 2); j++)
            {
                needs.Add(new(Text(names, U32(version + 8)), version, (ushort)(U16(version + 6) & IndexMask)));
                version = checked(version + (int)U32(version + 12));
            }

            library = checked(library + (int)U32(library + 12));
        }
    }

    int IndexOffset(int symbol) => indices.Offset + 2 * symbol;

    string NameOfSymbol(int symbol) => Text(symbolNames, U32(symbols.Offset + symbol * SymbolSize));

    string Text(Section names, uint at)
    {
        var start = file.AsSpan(checked(names.Offset + (int)at));
        return Encoding.Latin1.GetString(start[..Math.Max(0, start.IndexOf((byte)0))]);
    }

    ushort U16(int offset) => BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(offset));

    uint U32(int offset) => BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(offset));

    ulong U64(int offset) => BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(offset));

    readonly record struct Section(uint Type, int Offset, int Size, int Link, int Info);
}
