namespace FFSplit.Checkpoints;

/// <summary>Something that came from outside (a file, a folder, a data set) cannot be used as it is.</summary>
/// <remarks>The command line turns it into exit code 3 and prints the message, which names all four parts.</remarks>
public class BadInputException : Exception
{
    /// <summary>States what is wrong in four parts, each a phrase; a full stop that ends what was found is left out.</summary>
    /// <param name="thing">The file, tensor, key or column at fault.</param>
    /// <param name="expected">What would have been right.</param>
    /// <param name="found">What was there.</param>
    /// <param name="remedy">What the user can do, a full sentence in the imperative.</param>
    /// <param name="cause">The exception behind it, if any.</param>
    public BadInputException(string thing, string expected, string found, string remedy, Exception? cause = null)
        : base($"{thing}: expected {expected}, found {WithoutStop(found)}. {remedy}", cause)
        => (Thing, Expected, Found, Remedy) = (thing, expected, WithoutStop(found), remedy);

    /// <summary>The file, tensor, key or column at fault.</summary>
    public string Thing { get; }

    /// <summary>What would have been right.</summary>
    public string Expected { get; }

    /// <summary>What was there.</summary>
    public string Found { get; }

    /// <summary>What the user can do.</summary>
    public string Remedy { get; }

    // Other libraries' messages, quoted as what was found, bring full stops of their own.
    static string WithoutStop(string phrase) => phrase.TrimEnd('.', ' ');
}
