namespace Imgsync.Functions.Workflow;

/// <summary>
/// Works through a queue, never more than so many at once; work that ends may add more. No semaphore: its continuations
/// leave the orchestrator's thread. What starts when depends on nothing but the order in which work ends.
/// </summary>
internal static class BoundedFanOut
{
    /// <param name="work">Does one thing and returns what may start now that it is done.</param>
    /// <param name="stop">Once this is completed nothing new starts.</param>
    /// <returns>What was never started.</returns>
    public static async Task<IReadOnlyList<T>> RunAsync<T>(IEnumerable<T> ready, int limit, Func<T, Task<IReadOnlyList<T>>> work, Task stop)
    {
        var waiting = new Queue<T>(ready);
        var working = new List<Task<IReadOnlyList<T>>>();
        do
        {
            while (working.Count < limit && !stop.IsCompleted && waiting.TryDequeue(out var next))
                working.Add(work(next));
            if (working.Count == 0)
                break;

            var ended = await Task.WhenAny(working);
            working.Remove(ended);
            foreach (var unlocked in await ended)
                waiting.Enqueue(unlocked);
        }
        while (working.Count > 0 || waiting.Count > 0);

        return [.. waiting];
    }
}
