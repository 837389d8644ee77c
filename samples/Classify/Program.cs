using System.Globalization;
using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Batches;
using FFSplit.Runtime;

// Labels each line of standard input:
// dotnet run --project samples/Classify -- out/sst2-onnx < reviews.txt
if (args is not [var folder])
{
    Console.Error.WriteLine("usage: classify FOLDER < TEXTS");
    return 2;
}
try
{
    using var model = ExportedModel.Load(folder);
    var classifier = new TextClassifier(model);
    // So many lines at a time: enough to fill batches, few enough to see results come.
    foreach (var lines in Lines().Chunk(256))
    {
        var (labels, _) = classifier.Classify([.. lines.Select(l => new TextInput(l))]);
        for (var i = 0; i < lines.Length; i++)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{labels[i][0].Name}\t{labels[i][0].Probability:F4}\t{lines[i]}"));
    }
    return 0;
}
catch (BadInputException e)
{
    Console.Error.WriteLine(e.Message);
    return 3;
}

static IEnumerable<string> Lines()
{
    while (Console.In.ReadLine() is { } line)
        if (!string.IsNullOrWhiteSpace(line)) yield return line;
}
