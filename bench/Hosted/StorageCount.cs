namespace Imgsync.Hosted;

/// <summary>How often one run turns to storage. The engine puts, gets and deletes a message on its way out and on its way back, and in
/// each episode reads the history, adds to it and updates the instance; a large payload is a blob besides, read again with its history.
/// Our own are the run lock, which each activity takes, the note that a run was cancelled, which it looks for, and the documents of a
/// run. Looking into empty queues is not counted: it is the same whether a run is under way or not.</summary>
internal sealed record StorageCount(long Queue, long Table, long BlobWrites, long BlobReads)
{
    /// <summary>What one answer to a question for history events holds at most.</summary>
    private const int EventsPerPage = 1000;

    public long All => Queue + Table + BlobWrites + BlobReads;

    public static StorageCount Of(SimulatedRun run)
    {
        var calls = run.All.Sum(history => (long)history.Calls);
        var episodes = run.All.Sum(history => (long)history.Episodes);
        var pages = run.All.Sum(history => history.Episodes * (1L + (history.Events / 2 / EventsPerPage)));
        var large = run.All.Sum(history => history.LargeInputs + (2L * history.LargeResults));
        var reread = run.All.Sum(history => history.LargeInputs + ((long)history.LargeResults * history.Episodes));
        return new StorageCount(
            3 * ((2 * calls) + 1), pages + (2 * episodes), large + run.Batches.Count + 2, reread + (2 * calls) + (2 * run.Batches.Count));
    }

    /// <summary>US dollars.</summary>
    public double Cost =>
        ((Queue * Prices.Queue) + (Table * Prices.Table) + (BlobWrites * Prices.BlobWrite) + (BlobReads * Prices.BlobRead)) / 10_000;
}
