using Imgsync.Core.Sync;
using Microsoft.Extensions.Time.Testing;

namespace Imgsync.Core.Tests.Sync;

public sealed class ImageDeadlineTests
{
    private readonly FakeTimeProvider _time = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Work_that_does_not_end_in_time_is_given_up_in_one_sentence()
    {
        var work = new ImageDeadline(TimeSpan.FromHours(2), _time).KeepAsync(ForEverAsync, Cancel);

        _time.Advance(TimeSpan.FromHours(2));

        var over = await Assert.ThrowsAsync<TimeSpentException>(() => work);
        Assert.Contains("not done within 2 h", over.Message, StringComparison.Ordinal);
        Assert.Contains("upstream.imageTimeout", over.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Several_attempts_share_one_deadline_and_waiting_between_them_does_not_count()
    {
        var deadline = new ImageDeadline(TimeSpan.FromHours(2), _time);
        Assert.True(await deadline.KeepAsync(_ => Took(TimeSpan.FromMinutes(90)), Cancel));
        _time.Advance(TimeSpan.FromDays(1));

        var second = deadline.KeepAsync(ForEverAsync, Cancel);
        _time.Advance(TimeSpan.FromMinutes(29));
        Assert.False(second.IsCompleted);
        _time.Advance(TimeSpan.FromMinutes(1));

        await Assert.ThrowsAsync<TimeSpentException>(() => second);
        await Assert.ThrowsAsync<TimeSpentException>(() => deadline.KeepAsync(ForEverAsync, Cancel));
    }

    [Fact]
    public async Task Being_cancelled_is_not_being_late()
    {
        using var cancelled = new CancellationTokenSource();
        var work = new ImageDeadline(TimeSpan.FromHours(2), _time).KeepAsync(ForEverAsync, cancelled.Token);

        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => work);
    }

    private static async Task<bool> ForEverAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.Infinite, cancellationToken);
        return true;
    }

    private Task<bool> Took(TimeSpan duration)
    {
        _time.Advance(duration);
        return Task.FromResult(true);
    }
}
