namespace Imgsync.Core.Checking;

/// <summary>The steps taken for one subject, and how each ended. A failure is a line of the answer, not the end of the check.</summary>
internal sealed class Checklist(string area, string subject)
{
    private readonly List<CheckResult> _results = [];

    public IReadOnlyList<CheckResult> Results => _results;

    /// <returns>Whether the step could be taken, so that the caller knows what is still worth trying.</returns>
    public async Task<bool> TryAsync(string step, Func<Task<string>> takeAsync)
    {
        try
        {
            Add(step, isGood: true, await takeAsync());
        }
        catch (ImgsyncException failure)
        {
            Add(step, isGood: false, failure.Message);
        }

        return _results[^1].IsGood;
    }

    private void Add(string step, bool isGood, string detail) => _results.Add(new CheckResult(area, subject, step, isGood, detail));
}
