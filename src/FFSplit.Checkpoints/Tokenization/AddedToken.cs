namespace FFSplit.Checkpoints.Tokenization;

/// <summary>A token that is found in the text before the model sees it.</summary>
/// <param name="Content">Its text.</param>
/// <param name="Id">Its id.</param>
/// <param name="Special">Left out when decoding without special tokens.</param>
/// <param name="Normalized">Looked for, itself normalised, in the normalised text; otherwise in the raw text.</param>
/// <param name="LeftStrip">Takes the white space before it along.</param>
/// <param name="RightStrip">Takes the white space after it along.</param>
/// <param name="SingleWord">Counts only where no word character touches it.</param>
sealed record AddedToken(
    string Content, int Id, bool Special, bool Normalized, bool LeftStrip = false, bool RightStrip = false, bool SingleWord = false);
