namespace FFSplit.Checkpoints.TorchPickles;

/// <summary>Operations of pickle protocols 2 to 5 (Python's Lib/pickletools.py) that state dicts use.</summary>
static class PickleOpcodes
{
    public const byte Mark = (byte)'(', Stop = (byte)'.', Pop = (byte)'0', PopMark = (byte)'1', Dup = (byte)'2';
    public const byte BinFloat = (byte)'G', BinInt = (byte)'J', BinInt1 = (byte)'K', BinInt2 = (byte)'M', None = (byte)'N';
    public const byte BinPersistentId = (byte)'Q', Reduce = (byte)'R', BinUnicode = (byte)'X', Append = (byte)'a', Build = (byte)'b';
    public const byte Global = (byte)'c', Dict = (byte)'d', EmptyDict = (byte)'}', Appends = (byte)'e', BinGet = (byte)'h';
    public const byte LongBinGet = (byte)'j', List = (byte)'l', EmptyList = (byte)']', BinPut = (byte)'q', LongBinPut = (byte)'r';
    public const byte SetItem = (byte)'s', Tuple = (byte)'t', EmptyTuple = (byte)')', SetItems = (byte)'u';
    public const byte BinBytes = (byte)'B', ShortBinBytes = (byte)'C';
    public const byte Proto = 0x80, Tuple1 = 0x85, Tuple2 = 0x86, Tuple3 = 0x87, NewTrue = 0x88, NewFalse = 0x89;
    public const byte Long1 = 0x8a, Long4 = 0x8b;
    public const byte ShortBinUnicode = 0x8c, BinUnicode8 = 0x8d, BinBytes8 = 0x8e, StackGlobal = 0x93, Memoize = 0x94, Frame = 0x95;
    public const byte ByteArray8 = 0x96;

    // These build objects in ways that no state dict needs; they are told apart only for the message.
    public const byte Inst = (byte)'i', Obj = (byte)'o', NewObj = 0x81, NewObjEx = 0x92;

    /// <summary>The name, for the message that refuses it.</summary>
    public static string NameOf(byte opcode) => opcode switch
    {
        Inst => "INST",
        Obj => "OBJ",
        NewObj => "NEWOBJ",
        NewObjEx => "NEWOBJ_EX",
        0x82 or 0x83 or 0x84 => "EXT, which names a callable by number",
        0x8f or 0x90 or 0x91 => "a set",
        0x97 or 0x98 => "a buffer outside the pickle",
        (byte)'P' => "PERSID",
        (byte)'I' or (byte)'L' or (byte)'F' or (byte)'S' or (byte)'V' or (byte)'g' or (byte)'p' or (byte)'T' or (byte)'U'
            => $"the operation '{(char)opcode}' of protocols 0 and 1",
        _ => "an unknown operation",
    };
}
