namespace FFSplit.Compression.Quantization;

/// <summary>What the quantisation of one matrix did: errors ‖X (W − Ŵ)‖² / ‖X W‖² of its outputs on held-out tokens.</summary>
/// <param name="Layer">Index of the block.</param>
/// <param name="Tensor">Its name.</param>
/// <param name="Bits">Of a code.</param>
/// <param name="Block">Inputs that share a scale; 0 for all of an output.</param>
/// <param name="Nearest">Of the nearest codes.</param>
/// <param name="Feedback">Of the codes with error feedback; NaN where the inputs' moments could not be factored.</param>
/// <param name="Kept">Whether those with feedback are stored: only where their error is smaller.</param>
public sealed record MatrixQuantization(int Layer, string Tensor, int Bits, int Block, double Nearest, double Feedback, bool Kept);
