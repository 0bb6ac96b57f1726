using Imgsync.Core.Upstream.Client;
using Microsoft.Extensions.Time.Testing;

namespace Imgsync.Core.Tests.Upstream.Client.Parallel;

/// <summary>When a server counts as what everything waits for.</summary>
public sealed class WaitMeterTests
{
    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData(51, 49, true)]
    [InlineData(49, 51, false)]
    [InlineData(0, 20, false)]
    public void A_server_is_slow_where_its_reader_spends_more_time_waiting_than_with_the_bytes(int waiting, int taking, bool slow)
    {
        var meter = new WaitMeter(_time);
        Read(meter, waiting, taking);

        Assert.Equal(slow, meter.Lap());
    }

    [Fact]
    public void Each_lap_is_judged_by_itself()
    {
        var meter = new WaitMeter(_time);
        Read(meter, waiting: 100, taking: 1);
        meter.Lap();

        Read(meter, waiting: 1, taking: 10);

        Assert.False(meter.Lap());
    }

    private void Read(WaitMeter meter, int waiting, int taking)
    {
        meter.Begin();
        _time.Advance(TimeSpan.FromMilliseconds(waiting));
        meter.End();
        _time.Advance(TimeSpan.FromMilliseconds(taking));
    }
}
