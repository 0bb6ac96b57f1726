using System.Net;
using System.Text.Json;
using Imgsync.Core.Glance;

namespace Imgsync.Core.Tests.Glance;

public sealed class LongAnswerTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_good_answer_is_read_and_nothing_of_it_is_left_for_others_to_keep()
    {
        var answer = new LongAnswer<int>(body => body.GetProperty("images").GetArrayLength());
        var body = new StringContent("""{"images":[1,2,3]}""");
        using var message = new HttpResponseMessage(HttpStatusCode.OK) { Content = body };

        await answer.AfterHttpRequest(message, Cancellation);

        Assert.Equal(3, answer.Value);
        Assert.Empty(await message.Content.ReadAsByteArrayAsync(Cancellation));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => body.ReadAsStringAsync(Cancellation));
    }

    [Fact]
    public async Task A_refusal_stays_whole_for_whoever_tells_it_and_after_the_next_answer_only_that_counts()
    {
        var answer = new LongAnswer<int>(body => body.GetProperty("images").GetArrayLength());
        using var refusal = new HttpResponseMessage(HttpStatusCode.Unauthorized) { Content = new StringContent("no") };
        using var good = new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent("""{"images":[]}""") };

        await answer.AfterHttpRequest(refusal, Cancellation);
        Assert.Equal("no", await refusal.Content.ReadAsStringAsync(Cancellation));
        Assert.Throws<InvalidOperationException>(() => answer.Value);

        await answer.AfterHttpRequest(good, Cancellation);
        Assert.Equal(0, answer.Value);
    }

    [Theory]
    [InlineData("<html>", typeof(JsonException))]
    [InlineData("{}", typeof(KeyNotFoundException))]
    public async Task What_cannot_be_read_is_told_to_whoever_asks_for_it(string said, Type expected)
    {
        var answer = new LongAnswer<int>(body => body.GetProperty("images").GetArrayLength());
        using var message = new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(said) };

        await answer.AfterHttpRequest(message, Cancellation);

        Assert.IsAssignableFrom(expected, Record.Exception(() => answer.Value));
    }
}
