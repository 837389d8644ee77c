namespace FFSplit.Compression.Importances;

/// <summary>Σ h² ‖V_j‖²: what the neuron adds to the FFN's output.</summary>
sealed class OutputNormImportance : IImportance
{
    public string Name => "output-norm";

    public double[] Score(ImportanceInput input) => [.. input.Statistics.SumOfSquares.Zip(input.OutputNorms.Value, (h, v) => h * v)];
}
