using FFSplit.Checkpoints.Files;
using Op = FFSplit.Checkpoints.TorchPickles.PickleOpcodes;

namespace FFSplit.Checkpoints.TorchPickles;

/// <summary>
/// Interprets the pickle of a state dict as data. It executes nothing: names are looked up in <see cref="PickleGlobals"/> and refused
/// where they occur if they are not there; calls are turned into <see cref="PickleValue"/>s by <see cref="TensorRebuilder"/>.
/// </summary>
sealed class StateDictPickle
{
    /// <summary>Bounds what a small file can make us allocate; a state dict of 10,000 tensors takes under a million.</summary>
    const int MostOperations = 10_000_000;

    readonly PickleReader _reader;
    readonly TensorRebuilder _rebuilder;
    readonly TorchErrors _errors;
    readonly List<object> _stack = [];
    readonly Stack<int> _marks = new();
    readonly Dictionary<long, object> _memo = [];

    StateDictPickle(byte[] pickle, TensorRebuilder rebuilder, TorchErrors errors)
        => (_reader, _rebuilder, _errors) = (new PickleReader(pickle, errors), rebuilder, errors);

    /// <summary>The value that the pickle describes: a string, long, double, bool, byte array or <see cref="PickleValue"/>.</summary>
    /// <exception cref="BadInputException">The pickle is malformed, names a foreign callable or describes an impossible tensor.</exception>
    public static object Load(byte[] pickle, TensorRebuilder rebuilder, TorchErrors errors)
        => new StateDictPickle(pickle, rebuilder, errors).Run();

    object Run()
    {
        if (_reader.Byte() != Op.Proto || _reader.Byte() is < 2 or > 5) throw _errors.Pickle("protocol 2 to 5", "another beginning");
        for (var i = 0; i < MostOperations; i++)
        {
            var opcode = _reader.Byte();
            if (opcode == Op.Stop)
            {
                var result = Pop();
                if (_stack.Count > 0 || _marks.Count > 0) throw _errors.Pickle("one value at the end", "several");
                return result;
            }
            Execute(opcode);
        }
        throw _errors.Pickle($"at most {FileErrors.Count(MostOperations)} operations", "more");
    }

    void Execute(byte opcode)
    {
        switch (opcode)
        {
            case Op.Frame: _ = _reader.UInt64(); break;
            case Op.Mark: _marks.Push(_stack.Count); break;
            case Op.Pop: PopOrUnmark(); break;
            case Op.PopMark: PopToMark(); break;
            case Op.Dup: Push(Top()); break;
            case Op.None: Push(PickleNone.Instance); break;
            case Op.NewTrue: Push(true); break;
            case Op.NewFalse: Push(false); break;
            case Op.BinInt: Push((long)_reader.Int32()); break;
            case Op.BinInt1: Push((long)_reader.Byte()); break;
            case Op.BinInt2: Push((long)_reader.UInt16()); break;
            case Op.Long1: Push(_reader.Integer(_reader.Byte())); break;
            case Op.Long4: Push(_reader.Integer(_reader.UInt32())); break;
            case Op.BinFloat: Push(_reader.Double()); break;
            case Op.ShortBinUnicode: Push(_reader.Text(_reader.Byte())); break;
            case Op.BinUnicode: Push(_reader.Text(_reader.UInt32())); break;
            case Op.BinUnicode8: Push(_reader.Text(_reader.UInt64())); break;
            case Op.ShortBinBytes: Push(_reader.Bytes(_reader.Byte())); break;
            case Op.BinBytes: Push(_reader.Bytes(_reader.UInt32())); break;
            case Op.BinBytes8 or Op.ByteArray8: Push(_reader.Bytes(_reader.UInt64())); break;
            case Op.EmptyTuple: Push(new PickleTuple([])); break;
            case Op.Tuple1: PushTuple(1); break;
            case Op.Tuple2: PushTuple(2); break;
            case Op.Tuple3: PushTuple(3); break;
            case Op.Tuple: Push(new PickleTuple(PopToMark())); break;
            case Op.EmptyList: Push(new PickleList([])); break;
            case Op.List: Push(new PickleList([.. PopToMark()])); break;
            case Op.Append: Append([Pop()]); break;
            case Op.Appends: Append(PopToMark()); break;
            case Op.EmptyDict: Push(new PickleDict([])); break;
            case Op.Dict: { var items = PopToMark(); Push(new PickleDict([])); SetItems(items); break; }
            case Op.SetItem: { var value = Pop(); var key = Pop(); SetItems([key, value]); break; }
            case Op.SetItems: SetItems(PopToMark()); break;
            case Op.BinPut: _memo[_reader.Byte()] = Top(); break;
            case Op.LongBinPut: _memo[_reader.UInt32()] = Top(); break;
            case Op.Memoize: _memo[_memo.Count] = Top(); break;
            case Op.BinGet: Push(Recall(_reader.Byte())); break;
            case Op.LongBinGet: Push(Recall(_reader.UInt32())); break;
            case Op.Global: Push(Find(_reader.Line(), _reader.Line())); break;
            case Op.StackGlobal: PushStackGlobal(); break;
            case Op.BinPersistentId: Push(_rebuilder.Storage(Pop())); break;
            case Op.Reduce: Reduce(); break;
            case Op.Build: Build(); break;
            case Op.Inst: throw _errors.CalledOtherwise(Find(_reader.Line(), _reader.Line()).Name, "INST");
            case Op.Obj: throw NotByReduce(PopToMark().FirstOrDefault(), opcode);
            case Op.NewObj: _ = Pop(); throw NotByReduce(Pop(), opcode);
            case Op.NewObjEx: _ = Pop(); _ = Pop(); throw NotByReduce(Pop(), opcode);
            default: throw _errors.Opcode(opcode, Op.NameOf(opcode));
        }
    }

    void Push(object value) => _stack.Add(value);

    /// <summary>What lies under a mark belongs to an unfinished collection and cannot be taken.</summary>
    bool Reachable => _stack.Count > (_marks.Count > 0 ? _marks.Peek() : 0);

    object Top() => Reachable ? _stack[^1] : throw _errors.Pickle("a value on the stack", "none");

    object Pop()
    {
        var value = Top();
        _stack.RemoveAt(_stack.Count - 1);
        return value;
    }

    object[] PopToMark()
    {
        if (!_marks.TryPop(out var mark)) throw _errors.Pickle("a mark on the stack", "none");
        var items = _stack[mark..].ToArray();
        _stack.RemoveRange(mark, _stack.Count - mark);
        return items;
    }

    void PopOrUnmark()
    {
        if (!Reachable && _marks.Count > 0) _marks.Pop();
        else Pop();
    }

    void PushTuple(int length)
    {
        var items = new object[length];
        for (var i = length - 1; i >= 0; i--) items[i] = Pop();
        Push(new PickleTuple(items));
    }

    void Append(object[] items)
    {
        if (Top() is not PickleList list) throw _errors.Pickle("a list to append to", "another value");
        list.Items.AddRange(items);
    }

    void SetItems(object[] items)
    {
        if (Top() is not PickleDict dict) throw _errors.Pickle("a dict to set items of", "another value");
        if (items.Length % 2 != 0) throw _errors.Pickle("keys with values", "a key without one");
        for (var i = 0; i < items.Length; i += 2) dict.Entries.Add(new(items[i], items[i + 1]));
    }

    object Recall(long index)
        => _memo.TryGetValue(index, out var value) ? value : throw _errors.Pickle(
            "a value stored before it is recalled",
            $"number {index}, which is not");

    PickleGlobal Find(string module, string name) => PickleGlobals.Find(module, name) ?? throw _errors.Callable($"{module}.{name}");

    void PushStackGlobal()
    {
        if (Pop() is not string name || Pop() is not string module)
            throw _errors.Pickle("module and name of a callable as text", "other values");
        Push(Find(module, name));
    }

    void Reduce()
    {
        if (Pop() is not PickleTuple arguments || Pop() is not PickleGlobal callable)
            throw _errors.Pickle("a callable with a tuple of arguments", "other values");
        Push(_rebuilder.Call(callable, arguments.Items));
    }

    /// <summary>Sets attributes, of which a state dict has only ones that do not matter here (<c>_metadata</c>: module versions).</summary>
    void Build()
    {
        _ = Pop();
        if (Top() is not (PickleDict or PickledTensor)) throw _errors.Pickle("attributes of a dict or a tensor", "those of another value");
    }

    BadInputException NotByReduce(object? callable, byte opcode) => callable is PickleGlobal known
        ? _errors.CalledOtherwise(known.Name, Op.NameOf(opcode))
        : _errors.Opcode(opcode, Op.NameOf(opcode));
}
