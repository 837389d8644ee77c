namespace FFSplit.Checkpoints.Configs;

/// <summary>Relations between sizes in config.json.</summary>
static class ConfigChecks
{
    /// <summary>Refuses a size that is no multiple of another.</summary>
    public static void Divides(ModelConfig config, string divisorKey, int divisor, string key, int value)
    {
        if (value % divisor != 0)
            throw new BadInputException(config.Thing(key), $"a multiple of {divisorKey} ({divisor})", $"{value}", "Correct config.json.");
    }
}
