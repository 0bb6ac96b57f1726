namespace Imgsync.Core.Tests;

public sealed class QuantityTests
{
    [Theory]
    [InlineData("00:00:30", "30 s")]
    [InlineData("00:00:00.4685617", "469 ms")]
    [InlineData("00:00:00.0000001", "1 ms")]
    [InlineData("00:00:04.6856170", "4.7 s")]
    [InlineData("00:01:29.6", "1 min 30 s")]
    [InlineData("00:59:59.9", "60 min")]
    [InlineData("02:00:00", "2 h")]
    [InlineData("02:00:20", "2 h")]
    [InlineData("02:03:00", "2 h 3 min")]
    [InlineData("7.00:00:00", "7 d")]
    [InlineData("400.13:00:00", "400 d 13 h")]
    [InlineData("00:00:00", "0 s")]
    [InlineData("-00:00:30", "-30 s")]
    public void A_duration_is_told_in_its_two_largest_units(string duration, string words) =>
        Assert.Equal(words, TimeSpan.Parse(duration, System.Globalization.CultureInfo.InvariantCulture).InWords());
}
