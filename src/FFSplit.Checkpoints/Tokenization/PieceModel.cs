namespace FFSplit.Checkpoints.Tokenization;

/// <summary>Runs a <see cref="TokenModel"/>: a piece in, ids out. Safe to use from several threads at once.</summary>
abstract class PieceModel
{
    /// <summary>Appends the ids of a piece, which is not empty.</summary>
    internal abstract void Encode(string piece, List<int> ids);

    internal static PieceModel Create(TokenModel model) => model switch
    {
        TokenModel.WordPiece w => new WordPieceModel(w),
        TokenModel.BytePair b => new BytePairModel(b),
        _ => throw new System.Diagnostics.UnreachableException(model.GetType().Name),
    };
}
