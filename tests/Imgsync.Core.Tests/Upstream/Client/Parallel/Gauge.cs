namespace Imgsync.Core.Tests.Upstream.Client.Parallel;

/// <summary>How many there are at once of something that comes and goes.</summary>
internal sealed class Gauge
{
    private readonly Lock _lock = new();
    private readonly List<(int Wanted, TaskCompletionSource Reached)> _waiting = [];

    public int Now { get; private set; }

    public int Most { get; private set; }

    public IDisposable Enter()
    {
        Change(1);
        return new Entered(this);
    }

    /// <summary>Ends as soon as there are just so many.</summary>
    public Task ReachesAsync(int wanted)
    {
        lock (_lock)
        {
            if (Now == wanted)
                return Task.CompletedTask;
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((wanted, reached));
            return reached.Task;
        }
    }

    private void Change(int by)
    {
        lock (_lock)
        {
            Now += by;
            Most = Math.Max(Most, Now);
            foreach (var (_, reached) in _waiting.Where(waiting => waiting.Wanted == Now))
                reached.TrySetResult();
        }
    }

    private sealed class Entered(Gauge gauge) : IDisposable
    {
        private int _left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _left, 1) == 0)
                gauge.Change(-1);
        }
    }
}
