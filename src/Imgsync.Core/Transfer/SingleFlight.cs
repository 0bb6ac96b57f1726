using System.Collections.Concurrent;

namespace Imgsync.Core.Transfer;

/// <summary>Runs each question once, however many callers ask it. A question that failed may be asked again.</summary>
internal sealed class SingleFlight<T>
{
    private readonly ConcurrentDictionary<string, Lazy<Task<T>>> _answers = new(StringComparer.Ordinal);

    /// <summary>The answer, if there is one by now.</summary>
    public T? Answer(string about) =>
        _answers.TryGetValue(about, out var answer) && answer is { IsValueCreated: true, Value.IsCompletedSuccessfully: true }
            ? answer.Value.Result
            : default;

    /// <summary>Answers a question before it is asked.</summary>
    public void Know(string about, T answer) => _answers[about] = new Lazy<Task<T>>(Task.FromResult(answer));

    /// <param name="ask">Runs once for all callers, so it must not use one caller's cancellation token.</param>
    public async Task<T> AskAsync(string about, Func<Task<T>> ask, CancellationToken cancellationToken)
    {
        var answer = _answers.GetOrAdd(about, _ => new Lazy<Task<T>>(ask));
        try
        {
            return await answer.Value.WaitAsync(cancellationToken);
        }
        catch when (answer is { IsValueCreated: true, Value: { IsCompleted: true, IsCompletedSuccessfully: false } })
        {
            _answers.TryRemove(KeyValuePair.Create(about, answer));
            throw;
        }
    }
}
