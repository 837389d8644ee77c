using FFSplit.Experiments.Reports;
using FFSplit.Experiments.Running;

namespace FFSplit.Experiments;

/// <summary>A question of the paper's, asked of one model on one task. A new experiment is one new file and a line in
/// <see cref="ExperimentCatalog"/>.</summary>
interface IExperiment
{
    /// <summary>The name on the command line.</summary>
    string Name { get; }

    /// <summary>A sentence for help texts.</summary>
    string Summary { get; }

    /// <summary>Whether it judges a task; else it looks at the model alone.</summary>
    bool NeedsTask => true;

    /// <summary>Whether it looks at other tasks' texts.</summary>
    bool TakesOthers => false;

    /// <summary>Whether the user may choose methods.</summary>
    bool TakesMethods => false;

    /// <summary>Runs it. What was measured before is not measured again.</summary>
    ExperimentFindings Run(Workbench bench);
}

/// <summary>What an experiment says, without what all reports have.</summary>
sealed record ExperimentFindings(string Title, string Paragraph)
{
    public IReadOnlyList<Finding> Findings { get; init; } = [];
    public IReadOnlyList<ReportTable> Tables { get; init; } = [];
    public IReadOnlyList<Chart> Charts { get; init; } = [];
}
