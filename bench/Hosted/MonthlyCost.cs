namespace Imgsync.Hosted;

/// <summary>What a month of such runs costs, in US dollars.</summary>
/// <param name="Seconds">How long an activity works; those of one instance share it.</param>
internal sealed record MonthlyCost(double RunsPerDay, double Seconds)
{
    /// <summary>Memory of an instance, in gigabytes, and how many activities share it: infra/bicep and host.json.</summary>
    private const double InstanceGigabytes = 2;

    private const double ActivitiesPerInstance = 4;

    private double Runs => RunsPerDay * 365 / 12;

    public double Storage(SimulatedRun run) => Runs * StorageCount.Of(run).Cost;

    public double Compute(SimulatedRun run)
    {
        var activities = Runs * run.All.Sum(history => (double)history.Calls);
        var executions = activities + (Runs * run.All.Sum(history => (double)history.Episodes));
        var gigabyteSeconds = activities * Seconds / ActivitiesPerInstance * InstanceGigabytes;
        return (Math.Max(0, executions - Prices.FreeExecutions) / 1_000_000 * Prices.Executions)
            + (Math.Max(0, gigabyteSeconds - Prices.FreeGigabyteSeconds) * Prices.GigabyteSecond);
    }
}
