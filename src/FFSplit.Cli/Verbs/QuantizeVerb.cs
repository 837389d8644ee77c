using System.CommandLine;
using FFSplit.Cli.Options;
using FFSplit.Cli.Rendering;
using FFSplit.Compression.Jobs;
using FFSplit.Compression.Quantization;

namespace FFSplit.Cli.Verbs;

sealed class QuantizeVerb : Verb
{
    static readonly QuantizationBits Default = new();

    readonly Argument<string> _model = ModelArgument("The split model's folder.");
    readonly Option<string> _output = OutputOption("The folder to write.", "FOLDER", required: true);
    readonly Option<int> _heavy = Bits("--heavy-bits", "Of the heavy neurons' matrices: 8 or 4.", Default.Heavy);
    readonly Option<int> _light = Bits("--light-bits", "Of the light part's matrices: 8 or 4.", Default.Light);
    readonly Option<int> _attention = Bits("--attention-bits", "Of the attention's matrices: 8 or 4.", Default.Attention);
    readonly Option<int> _block = Bits("--block", "Inputs that share a scale where there are 4 bits; with 8, all inputs of an output do.", Default.Block);
    readonly DataArguments _data = new(judges: false);
    readonly Option<string> _memory = MemorySize.Option("Keep at most so much of hidden states in memory; more goes to a scratch file.");

    public QuantizeVerb() : base("quantize",
        "Give a split model's matrices few bits, fitted to its own activations; 'ffsplit export' packs them for ONNX Runtime.")
    {
        Arguments.Add(_model);
        Options.Add(_output);
        foreach (var option in (Option[])[_heavy, _light, _attention, _block]) Options.Add(option);
        _data.AddTo(this);
        Options.Add(_memory);
    }

    public override IReadOnlyList<string> Examples =>
    [
        "ffsplit quantize out/opt-split --data novels/calibration -o out/opt-mixed",
        "ffsplit quantize out/minilm-split --data stsb/train.tsv --text sentence1 --light-bits 8 -o out/minilm-int8",
    ];

    public override int Execute(ParseResult parse, VerbContext context)
    {
        var options = new QuantizeOptions
        {
            Model = parse.GetRequiredValue(_model),
            Output = parse.GetRequiredValue(_output),
            Bits = new QuantizationBits(parse.GetValue(_heavy), parse.GetValue(_light), parse.GetValue(_attention), parse.GetValue(_block)),
            Calibration = _data.Calibration(parse, context.Seed),
            MemoryLimit = MemorySize.Parse(parse.GetValue(_memory)!, "--memory"),
            Force = context.Force,
            AllowedConfig = context.AllowedConfig,
        };
        options.Validate();
        context.PrepareTorch();
        var result = QuantizeJob.Run(options, context.Progress, context.Cancellation);
        context.Show(result, JobJson.Default.QuantizationResult, result.Notices, console => QuantizationView.Write(console, result));
        return ExitCodes.Fine;
    }

    static Option<int> Bits(string name, string description, int fallback) => new(name)
    {
        Description = description,
        HelpName = "N",
        DefaultValueFactory = _ => fallback,
    };
}
