using FFSplit.Checkpoints.Tensors;

namespace FFSplit.Checkpoints.Architectures;

/// <summary>
/// The tensors of a checkpoint under the names that today's transformers gives them, whatever wrote the file: with or without
/// base prefix, gamma and beta for weight and bias. A family asks for tensors by name and shape; what nobody asked for is left over.
/// </summary>
public sealed class WeightBinder
{
    readonly Dictionary<string, TensorData> _tensors = new(StringComparer.Ordinal);
    readonly HashSet<string> _used = new(StringComparer.Ordinal);
    readonly string _folder;
    readonly string _basePrefix;
    readonly bool _prefixed;
    readonly bool _newHead;

    /// <summary>Names the tensors anew.</summary>
    /// <param name="folder">For messages.</param>
    /// <param name="tensors">By the names in the files.</param>
    /// <param name="basePrefix">The attribute under which a head's model keeps the base model, with its dot ("bert.").</param>
    /// <param name="baseModules">First parts of names inside the base model ("embeddings", "encoder", …).</param>
    /// <param name="newHead">Whether heads are left out, and those that are asked for made: zeros under today's names, as are all others then, since
    /// a reader knows a base model with a head on it only by those.</param>
    public WeightBinder(string folder, IReadOnlyDictionary<string, TensorData> tensors, string basePrefix, IReadOnlyCollection<string> baseModules, bool newHead = false)
    {
        _folder = folder;
        _basePrefix = basePrefix;
        _newHead = newHead;
        var bare = false;
        foreach (var (stored, tensor) in tensors)
        {
            var name = stored.EndsWith(".gamma", StringComparison.Ordinal) ? stored[..^6] + ".weight"
                : stored.EndsWith(".beta", StringComparison.Ordinal) ? stored[..^5] + ".bias" : stored;
            var dot = name.IndexOf('.', StringComparison.Ordinal);
            if (baseModules.Contains(dot < 0 ? name : name[..dot]))
            {
                name = basePrefix + name;
                bare = true;
            }
            if (newHead && !name.StartsWith(basePrefix, StringComparison.Ordinal)) continue;
            if (!_tensors.TryAdd(name, newHead ? new RenamedTensor(name, tensor) : tensor))
                throw new BadInputException($"{folder}, tensor '{stored}'", "one tensor for each weight",
                    $"'{_tensors[name].Name}' as well, which is the same weight", "Remove one of them from the weight files.");
        }
        _prefixed = newHead || !bare;
    }

    /// <summary>Whether a tensor is there.</summary>
    public bool Has(string name) => _tensors.ContainsKey(name);

    /// <summary>Whether any tensor's name begins so.</summary>
    public bool HasAny(string prefix) => _tensors.Keys.Any(n => n.StartsWith(prefix, StringComparison.Ordinal));

    /// <summary>The name that the checkpoint's own dialect gives to a weight that it does not hold.</summary>
    public string StoredName(string name) => _tensors.TryGetValue(name, out var tensor) ? tensor.Name
        : !_prefixed && name.StartsWith(_basePrefix, StringComparison.Ordinal) ? name[_basePrefix.Length..] : name;

    /// <summary>Binds a tensor of exactly this shape.</summary>
    /// <exception cref="BadInputException">It is missing or of another shape.</exception>
    public WeightBinding Tensor(string name, params ReadOnlySpan<int> shape) => Bind(name, [.. shape], transposed: false, part: null);

    /// <summary>Binds a table: the file decides about the rows, of which there must be at least <paramref name="rows"/>.</summary>
    public WeightBinding Table(string name, int rows, int columns)
    {
        var tensor = Find(name, $"a table of {rows} × {columns}");
        if (tensor.Shape.Count != 2 || tensor.Shape[1] != columns || tensor.Shape[0] < rows || tensor.Shape[0] > int.MaxValue)
            throw WrongShape(tensor, $"at least {rows} rows of {columns}");
        return Bind(name, [(int)tensor.Shape[0], columns], transposed: false, part: null);
    }

    /// <summary>Binds a linear map by its prefix.</summary>
    /// <param name="prefix">The name before ".weight" and ".bias".</param>
    /// <param name="output">Rows.</param>
    /// <param name="input">Columns.</param>
    /// <param name="bias">What the config says about the bias; null where the tensors decide alone.</param>
    /// <param name="transposed">Stored (in × out).</param>
    /// <param name="part">Of a fused tensor.</param>
    public Linear Linear(string prefix, int output, int input, bool? bias = null, bool transposed = false, FusedPart? part = null)
    {
        if (bias != false && IsToBeMade($"{prefix}.weight") && !Has($"{prefix}.weight")) Make($"{prefix}.bias", [output]);
        var weight = Bind($"{prefix}.weight", [output, input], transposed, part);
        return new Linear(weight, HasBias(prefix, bias) ? Bind($"{prefix}.bias", [output], transposed: false, part) : null);
    }

    /// <summary>Whether a linear map has a bias: the tensors decide, the config is held against them.</summary>
    public bool HasBias(string prefix, bool? expected)
    {
        var found = Has($"{prefix}.bias");
        if (expected is { } says && says != found)
            throw new BadInputException($"{_folder}, tensor '{StoredName(prefix + ".bias")}'", says ? "a bias, as config.json says" : "no bias, as config.json says",
                says ? "none" : "one", "Use a complete checkpoint whose config.json belongs to its weights.");
        return found;
    }

    /// <summary>Binds a layer norm by its prefix.</summary>
    public Norm LayerNorm(string prefix, int size, double epsilon, bool affine = true)
        => affine ? new Norm.Layer(size, epsilon, Tensor($"{prefix}.weight", size), Tensor($"{prefix}.bias", size)) : new Norm.Layer(size, epsilon, null, null);

    /// <summary>Binds a root-mean-square norm by its prefix.</summary>
    public Norm RootMeanSquareNorm(string prefix, int size, double epsilon)
        => new Norm.RootMeanSquare(size, epsilon, Tensor($"{prefix}.weight", size));

    /// <summary>Passes over a second copy of a weight.</summary>
    /// <exception cref="BadInputException">It is there and differs.</exception>
    public void EqualCopy(string name, WeightBinding of)
    {
        if (!_tensors.TryGetValue(name, out var copy)) return;
        var original = _tensors.Values.First(t => t.Name == of.Name);
        if (!TensorConversion.SameBytes(copy, original))
            throw new BadInputException($"{_folder}, tensor '{copy.Name}'", $"a copy of '{original.Name}', since config.json ties the two",
                "other values", "Set tie_word_embeddings to false in config.json if the two are meant to differ.");
        EqualCopies.Add(copy.Name);
        _used.Add(name);
    }

    /// <summary>Names of a new head's tensors that were not there.</summary>
    public List<string> Made { get; } = [];

    /// <summary>The tensors by the names that bindings carry.</summary>
    public IEnumerable<TensorData> Tensors => _tensors.Values;

    /// <summary>Stored names of tensors that repeat another one.</summary>
    public List<string> EqualCopies { get; } = [];

    /// <summary>Tensors that nobody asked for, by today's names, each with its stored name.</summary>
    public IEnumerable<(string Name, string Stored)> Leftovers =>
        _tensors.Where(t => !_used.Contains(t.Key)).Select(t => (t.Key, t.Value.Name)).OrderBy(t => t.Name, StringComparer.Ordinal);

    WeightBinding Bind(string name, int[] shape, bool transposed, FusedPart? part)
    {
        var parts = part?.Count ?? 1;
        long[] stored = [.. shape.Select(s => (long)s)];
        stored[0] *= parts;
        if (transposed) Array.Reverse(stored);
        if (!Has(name) && IsToBeMade(name)) Make(name, stored);
        var tensor = Find(name, $"a tensor of [{string.Join(", ", stored)}]");
        if (!tensor.Shape.SequenceEqual(stored)) throw WrongShape(tensor, $"[{string.Join(", ", stored)}]");
        if (!tensor.Type.IsFloat())
            throw new BadInputException($"{_folder}, tensor '{tensor.Name}'", "floating-point numbers", $"{tensor.Type}", "Use an unquantised checkpoint.");
        _used.Add(name);
        return new WeightBinding(tensor.Name, shape, transposed, part);
    }

    // Heads lie outside the base model, but for BERT's pooler.
    bool IsToBeMade(string name) => _newHead
        && (!name.StartsWith(_basePrefix, StringComparison.Ordinal) || name.StartsWith($"{_basePrefix}pooler.", StringComparison.Ordinal));

    void Make(string name, long[] shape)
    {
        _tensors.Add(name, new ZeroTensor(name, shape));
        Made.Add(name);
    }

    TensorData Find(string name, string expected) => _tensors.TryGetValue(name, out var tensor) ? tensor
        : throw new BadInputException($"{_folder}, tensor '{StoredName(name)}'", expected, "no such tensor in the weight files",
            "Use a complete checkpoint whose config.json belongs to its weights.");

    BadInputException WrongShape(TensorData tensor, string expected) => new($"{_folder}, tensor '{tensor.Name}'", expected,
        $"[{string.Join(", ", tensor.Shape)}]", "Use a checkpoint whose config.json belongs to its weights.");
}
