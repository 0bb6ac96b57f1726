using Imgsync.Core.Integrity;
using Imgsync.Core.Sync;
using Imgsync.Testing;

namespace Imgsync.Core.Tests.Sync;

public sealed class DownloadTurnTests : IDisposable
{
    private static readonly ContentFacts Facts = new(1, Digest.FromBytes(DigestAlgorithm.Sha256, new byte[32]), Digest.FromBytes(DigestAlgorithm.Sha512, new byte[64]));

    private readonly DownloadTurn _turn = new();
    private readonly List<string> _atWork = [];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _turn.Dispose();

    [Fact]
    public async Task The_others_wait_until_the_bytes_are_there_and_then_go_at_once()
    {
        var (first, second, third) = (Begin("first"), Begin("second"), Begin("third"));
        var before = string.Join(' ', _atWork);

        first.Go.SetResult(Ended(OutcomeKind.Published, Facts));
        await first.Work;
        await UntilAtWorkAsync(3);

        Assert.Equal("first", before);
        second.Go.SetResult(Ended(OutcomeKind.Published, Facts));
        third.Go.SetResult(Ended(OutcomeKind.Published, Facts));
        await Task.WhenAll(second.Work, third.Work);
    }

    [Fact]
    public async Task A_cloud_that_has_the_image_or_fails_leaves_the_turn_to_the_next_alone()
    {
        var (has, fails, third, fourth) = (Begin("has"), Begin("fails"), Begin("third"), Begin("fourth"));

        has.Go.SetResult(Ended(OutcomeKind.UpToDate, content: null));
        await UntilAtWorkAsync(2);
        fails.Go.SetException(new InvalidOperationException("down"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => fails.Work);
        await UntilAtWorkAsync(3);

        Assert.Equal("has fails third", string.Join(' ', _atWork));
        third.Go.SetResult(Ended(OutcomeKind.Published, Facts));
        fourth.Go.SetResult(Ended(OutcomeKind.Published, Facts));
        await Task.WhenAll(third.Work, fourth.Work);
    }

    private (TaskCompletionSource<SyncResult> Go, Task<SyncResult> Work) Begin(string name)
    {
        var go = new TaskCompletionSource<SyncResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        var work = _turn.TakeAsync(() =>
        {
            lock (_atWork)
                _atWork.Add(name);
            return go.Task;
        }, Cancel);
        return (go, work);
    }

    private Task UntilAtWorkAsync(int count) => Eventually.TrueAsync($"{count} are at work", () =>
    {
        lock (_atWork)
            return _atWork.Count >= count;
    });

    private static SyncResult Ended(OutcomeKind kind, ContentFacts? content) =>
        new(new ImageOutcome { Distribution = "debian12", Cloud = "cloud", Kind = kind, Reason = "", Content = content });
}
