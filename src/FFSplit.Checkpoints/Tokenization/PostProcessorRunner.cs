using System.Diagnostics;

namespace FFSplit.Checkpoints.Tokenization;

/// <summary>Runs post-processor steps.</summary>
static class PostProcessorRunner
{
    /// <summary>How many ids are added to a text or a pair.</summary>
    internal static int AddedCount(PostProcessorStep step, bool isPair) => step switch
    {
        PostProcessorStep.Plain => 0,
        PostProcessorStep.Bert => isPair ? 3 : 2,
        PostProcessorStep.Roberta => isPair ? 4 : 2,
        PostProcessorStep.Template t => (isPair ? t.Pair : t.Single).Sum(piece => piece.SpecialIds.Count),
        _ => throw new UnreachableException(step.GetType().Name),
    };

    internal static TokenizedText Run(
        PostProcessorStep step, ReadOnlySpan<int> first, ReadOnlySpan<int> second, bool isPair, bool addSpecial)
    {
        var count = first.Length + second.Length + (addSpecial ? AddedCount(step, isPair) : 0);
        var ids = new List<int>(count);
        var types = new List<int>(count);
        switch (step)
        {
            case PostProcessorStep.Plain:
                Add(first, 0);
                Add(second, 1);
                break;
            case PostProcessorStep.Bert b:
                Special(b.ClassId, 0);
                Add(first, 0);
                Special(b.SeparatorId, 0);
                if (isPair)
                {
                    Add(second, 1);
                    Special(b.SeparatorId, 1);
                }
                break;
            case PostProcessorStep.Roberta r:
                Special(r.ClassId, 0);
                Add(first, 0);
                Special(r.SeparatorId, 0);
                if (isPair)
                {
                    Special(r.SeparatorId, 0);
                    Add(second, 0);
                    Special(r.SeparatorId, 0);
                }
                break;
            case PostProcessorStep.Template t:
                foreach (var piece in isPair ? t.Pair : t.Single)
                    if (piece.Text is { } text)
                        Add(text == 0 ? first : second, piece.TypeId);
                    else
                        foreach (var id in piece.SpecialIds)
                            Special(id, piece.TypeId);
                break;
            default:
                throw new UnreachableException(step.GetType().Name);
        }
        return new TokenizedText([.. ids], [.. types]);

        void Add(ReadOnlySpan<int> text, int type)
        {
            ids.AddRange(text);
            types.AddRange(Enumerable.Repeat(type, text.Length));
        }

        void Special(int id, int type)
        {
            if (!addSpecial)
                return;
            ids.Add(id);
            types.Add(type);
        }
    }
}
