using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Tokenization;
using FFSplit.Modeling.Training.Data;

namespace FFSplit.Compression.Jobs;

/// <summary>Student and teacher read the same ids, so these must stand for the same tokens: token tables of one size say little.</summary>
static class SameTokens
{
    const int Examples = 64;

    /// <summary>Compares what every id stands for, and the ids of the first texts.</summary>
    /// <param name="teacher">A folder; without tokenizer files it is taken to be the student's vocabulary.</param>
    /// <param name="student">The student's tokenizer.</param>
    /// <param name="examples">What is trained on.</param>
    /// <exception cref="BadInputException">They differ.</exception>
    public static void Require(string teacher, ITextTokenizer student, IReadOnlyList<Example> examples)
    {
        if (!TextTokenizer.IsIn(teacher)) return;
        var other = TextTokenizer.Load(teacher);
        for (var id = 0; id < Math.Min(student.VocabularySize, other.VocabularySize); id++)
            if (student.Decode([id]) is var own && other.Decode([id]) is var theirs && own != theirs)
                throw Differ($"'{own}' for id {id}", $"'{theirs}'");
        foreach (var example in examples.Take(Examples))
        {
            var text = student.Decode(example.Text.Ids, skipSpecialTokens: true);
            if (!student.Encode(text).Ids.AsSpan().SequenceEqual(other.Encode(text).Ids))
                throw Differ("the ids that the student's tokenizer gives", $"other ones for \"{(text.Length <= 40 ? text : text[..37] + "…")}\"");
        }

        BadInputException Differ(string expected, string found) => new($"{teacher}, the teacher's vocabulary", expected, found,
            "Use a teacher with the same tokenizer, such as the dense model that the student was made from.");
    }
}
