using System.Text.Json;

namespace FFSplit.Checkpoints;

/// <summary>Reads small JSON files of a model folder with messages that name the file.</summary>
public static class JsonFile
{
    /// <summary>Parses a file; comments and trailing commas are errors, as in Hugging Face.</summary>
    /// <exception cref="BadInputException">No such file, unreadable, or not JSON.</exception>
    public static JsonElement Read(string path, string remedy)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            return document.RootElement.Clone();
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new BadInputException(path, "a JSON file", "no such file", remedy, e);
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new BadInputException(path, "a readable JSON file", e.Message, remedy, e);
        }
    }

    /// <summary>Parses a file if it is there.</summary>
    public static JsonElement? ReadIfPresent(string path, string remedy) => File.Exists(path) ? Read(path, remedy) : null;
}
