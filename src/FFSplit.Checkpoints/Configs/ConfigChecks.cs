namespace FFSplit.Checkpoints.Configs;

/// <summary>Relations between sizes in config.json.</summary>
static class ConfigChecks
{
    /// <summary>A dropout probability: from 0 to below 1.</summary>
    public static double Probability(ModelConfig config, string key, double fallback)
    {
        var value = config.Number(key, fallback);
        return value is >= 0 and < 1 ? value
            : throw new BadInputException(config.Thing(key), "a probability from 0 to below 1", $"{value}", "Correct config.json.");
    }

    /// <summary>Refuses a size that is no multiple of another.</summary>
    public static void Divides(ModelConfig config, string divisorKey, int divisor, string key, int value)
    {
        if (value % divisor != 0)
            throw new BadInputException(config.Thing(key), $"a multiple of {divisorKey} ({divisor})", $"{value}", "Correct config.json.");
    }
}
