namespace FFSplit.Compression.Importances;

/// <summary>Σ h²: the squared norm of the neuron's output over the calibration tokens (arXiv 2401.04044).</summary>
sealed class PaperImportance : IImportance
{
    public string Name => "paper";

    public double[] Score(ImportanceInput input) => input.Statistics.SumOfSquares;
}
