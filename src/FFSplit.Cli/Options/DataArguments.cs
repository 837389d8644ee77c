using System.CommandLine;
using FFSplit.Checkpoints;
using FFSplit.Compression.Calibration;
using FFSplit.Evaluation.Samples;
using FFSplit.Evaluation.Windows;

namespace FFSplit.Cli.Options;

/// <summary>The options of every verb that takes text.</summary>
sealed class DataArguments
{
    readonly Option<string> _data;
    readonly Option<string[]> _text = new("--text")
    {
        Description = "Column whose texts are samples (repeatable: each column's on their own); by name, or by its position from 0.",
        HelpName = "COLUMN",
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
    };
    readonly Option<string> _pair = new("--text-pair") { Description = "Column of the second text of a pair.", HelpName = "COLUMN" };
    readonly Option<string> _label = new("--label") { Description = "Column of the label (default: GLUE's own, or label).", HelpName = "COLUMN" };
    readonly Option<int?> _maxSamples = new("--max-samples") { Description = "At most so many samples, drawn by the seed (encoders).", HelpName = "N" };
    readonly Option<int?> _maxLength = new("--max-length") { Description = "At most so many tokens of a sample (default: what the model's folder says).", HelpName = "N" };
    readonly Option<int?> _windows = new("--windows") { Description = "So many windows of the joined text at even distances (causal models).", HelpName = "N" };
    readonly Option<int> _context = new("--context") { Description = "Tokens of a window.", HelpName = "N", DefaultValueFactory = _ => 256 };
    readonly Option<int?> _stride = new("--stride") { Description = "Slide the window over the whole text by so many tokens instead.", HelpName = "N" };
    readonly Option<long> _maxTokens = new("--max-tokens") { Description = "Calibrate on at most so many tokens.", HelpName = "N", DefaultValueFactory = _ => WindowOptions.CalibrationTokens };
    readonly bool _judges;

    /// <param name="judges">Whether the data judges a model (and must be given) or calibrates it.</param>
    public DataArguments(bool judges)
    {
        _judges = judges;
        _data = new Option<string>("--data")
        {
            Description = judges ? "File or folder of text, JSONL, TSV, CSV or Parquet to judge on; for GLUE's tasks also the task's folder."
                : "File or folder of text, JSONL, TSV, CSV or Parquet (default: a small generic text that is built in).",
            HelpName = "PATH",
            Required = judges,
        };
    }

    /// <summary>Whether the user named data.</summary>
    public bool IsGiven(ParseResult parse) => parse.Given(_data);

    /// <summary>All of them, for exclusions by name.</summary>
    public IEnumerable<Option> All => _judges ? [_data, _text, _pair, _label, _maxSamples, _maxLength, _windows, _context, _stride]
        : [_data, _text, _pair, _maxSamples, _maxLength, _windows, _context, _maxTokens];

    public void AddTo(Command command)
    {
        foreach (var option in All) command.Options.Add(option);
    }

    public CalibrationOptions Calibration(ParseResult parse, int seed)
    {
        if (parse.GetValue(_data) is null)
            foreach (var option in (Option[])[_text, _pair, _maxSamples])
                if (parse.Given(option)) throw new BadUsageException($"{option.Name} needs --data.");
        return new CalibrationOptions
        {
            Data = parse.GetValue(_data) is null ? null : Data(parse, seed),
            Windows = new WindowOptions { Windows = parse.GetValue(_windows), Context = parse.GetValue(_context) },
            MaxLength = parse.GetValue(_maxLength),
            MaxTokens = parse.GetValue(_maxTokens),
            Seed = seed,
        };
    }

    public DataOptions Data(ParseResult parse, int seed) => new()
    {
        Path = parse.GetValue(_data) ?? "",
        TextColumns = parse.GetValue(_text) ?? [],
        TextPairColumn = parse.GetValue(_pair),
        LabelColumn = _judges ? parse.GetValue(_label) : null,
        MaxSamples = parse.GetValue(_maxSamples),
        Seed = seed,
    };

    public WindowOptions Windows(ParseResult parse) => new()
    {
        Windows = parse.GetValue(_windows),
        Context = parse.GetValue(_context),
        Stride = parse.GetValue(_stride),
    };

    public int? MaxLength(ParseResult parse) => parse.GetValue(_maxLength);
}
