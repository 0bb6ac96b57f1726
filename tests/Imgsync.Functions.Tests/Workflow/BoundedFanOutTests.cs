using Imgsync.Functions.Workflow;

namespace Imgsync.Functions.Tests.Workflow;

public sealed class BoundedFanOutTests
{
    private static readonly Task Never = new TaskCompletionSource().Task;

    [Fact]
    public async Task What_work_unlocks_is_done_too()
    {
        var done = new List<int>();

        await BoundedFanOut.RunAsync<int>([1, 2], limit: 2, work => { done.Add(work); return Unlock(work < 8 ? [work * 2] : []); }, Never);

        Assert.Equal([1, 2, 2, 4, 4, 8, 8], done);
    }

    [Fact]
    public async Task Once_stopped_nothing_new_starts_and_the_rest_is_handed_back()
    {
        var stop = new TaskCompletionSource();
        var done = new List<int>();

        var rest = await BoundedFanOut.RunAsync<int>(
            [1, 2, 3], limit: 1, work => { done.Add(work); stop.TrySetResult(); return Unlock([9]); }, stop.Task);

        Assert.Equal([1], done);
        Assert.Equal([2, 3, 9], rest);
    }

    [Fact]
    public async Task Nothing_to_do_is_done_at_once() =>
        Assert.Empty(await BoundedFanOut.RunAsync<int>([], limit: 4, _ => Unlock([]), Never));

    [Fact]
    public async Task A_failure_of_the_work_itself_is_not_swallowed() =>
        await Assert.ThrowsAsync<InvalidOperationException>(
            () => BoundedFanOut.RunAsync<int>([1], limit: 4, _ => throw new InvalidOperationException("a bug"), Never));

    private static Task<IReadOnlyList<int>> Unlock(int[] unlocked) => Task.FromResult<IReadOnlyList<int>>(unlocked);
}
