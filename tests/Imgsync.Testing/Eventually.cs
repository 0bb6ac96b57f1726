using System.Diagnostics;
using System.Globalization;
using Xunit;

namespace Imgsync.Testing;

/// <summary>Waits for what comes about by itself, for a bounded time, and otherwise fails with what it waited for.</summary>
public static class Eventually
{
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <param name="what">As a sentence says it: "an image is being saved".</param>
    /// <param name="within">A minute if it is not said.</param>
    public static Task TrueAsync(string what, Func<bool> condition, TimeSpan? within = null) =>
        TrueAsync(what, () => Task.FromResult(condition()), within);

    /// <inheritdoc cref="TrueAsync(string, Func{bool}, TimeSpan?)"/>
    public static Task TrueAsync(string what, Func<Task<bool>> condition, TimeSpan? within = null) =>
        FoundAsync(what, async () => await condition() ? what : null, within);

    /// <returns>The first that is not null.</returns>
    /// <inheritdoc cref="TrueAsync(string, Func{bool}, TimeSpan?)"/>
    public static async Task<T> FoundAsync<T>(string what, Func<Task<T?>> look, TimeSpan? within = null)
        where T : class
    {
        var (begun, bound) = (Stopwatch.GetTimestamp(), within ?? Bound);
        while (Stopwatch.GetElapsedTime(begun) < bound)
        {
            if (await look().WaitAsync(Cancel) is { } found)
                return found;

            await Task.Delay(Pause, Cancel);
        }

        Assert.Fail(string.Create(CultureInfo.InvariantCulture, $"This has not come about in {bound.TotalSeconds} s: {what}."));
        return null!;
    }
}
