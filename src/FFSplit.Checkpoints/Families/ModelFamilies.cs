namespace FFSplit.Checkpoints.Families;

/// <summary>The families that can be read. A new one is a new file and a line here.</summary>
static class ModelFamilies
{
    static readonly ModelFamily[] All =
    [
        new BertFamily(), new RobertaFamily(), new DistilBertFamily(), new MpnetFamily(),
        new ElectraFamily(), new OptFamily(), new Gpt2Family(), new GptNeoFamily(), new GptNeoXFamily(), new LlamaFamily(), new MistralFamily(),
        new Qwen2Family(),
    ];

    public static IReadOnlyList<string> ModelTypes { get; } = [.. All.Select(f => f.ModelType)];

    public static ModelFamily? Find(string modelType) => All.FirstOrDefault(f => f.ModelType == modelType);
}
