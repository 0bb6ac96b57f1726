namespace Imgsync.Hosted;

/// <summary>Assumed prices in US dollars (pay-as-you-go, locally redundant storage, Flex
/// Consumption). Put in those of your region.</summary>
internal static class Prices
{
    /// <summary>Of 10,000 operations, as of the next three.</summary>
    public const double Queue = 0.004;

    public const double Table = 0.00036;

    public const double BlobWrite = 0.05;

    public const double BlobRead = 0.004;

    /// <summary>Of a million executions.</summary>
    public const double Executions = 0.40;

    /// <summary>Of a gigabyte of memory for a second, while its instance is at work.</summary>
    public const double GigabyteSecond = 0.000026;

    public const double FreeExecutions = 250_000;

    public const double FreeGigabyteSeconds = 100_000;
}
