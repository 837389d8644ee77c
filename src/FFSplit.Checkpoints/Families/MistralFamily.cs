using FFSplit.Checkpoints.Configs;

namespace FFSplit.Checkpoints.Families;

/// <summary>Mistral (transformers' modeling_mistral.py): LLaMA without biases and with an attention window.</summary>
sealed class MistralFamily : LlamaFamily
{
    public override string ModelType => "mistral";

    public override IReadOnlyDictionary<string, HeadKind> Classes => ClassesOf("Mistral");

    protected override (bool? Input, bool? Output, bool? FeedForward) Biases(ModelConfig config) => (false, false, false);

    protected override int? DefaultKeyValueHeads => 8;

    protected override int? Window(ModelConfig config, int layer) => config.WholeUnlessNull("sliding_window", 4096);
}
