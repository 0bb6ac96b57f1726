using Imgsync.Core.Configuration;

namespace Imgsync.Core.Tests.Configuration;

public sealed class SettingTextTests
{
    [Theory]
    [InlineData("00:08:00", 480)]
    [InlineData("8m", 480)]
    [InlineData("90s", 90)]
    [InlineData("2h", 7200)]
    [InlineData("90d", 7776000)]
    [InlineData("30 s", 30)]
    [InlineData("1 h 30 min", 5400)]
    [InlineData("1h30m", 5400)]
    [InlineData("1.5 hours", 5400)]
    [InlineData("2 Weeks", 1209600)]
    [InlineData("90 seconds", 90)]
    [InlineData("2000ms", 2)]
    [InlineData("24:00:00", 86400)]
    [InlineData("48:00", 172800)]
    [InlineData("7.00:00:00", 604800)]
    [InlineData("0", 0)]
    public void A_duration_is_written_with_colons_or_with_a_unit(string text, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), SettingText.Parse(typeof(TimeSpan), text).Value);

    [Theory]
    [InlineData("60")]
    [InlineData("-00:01:00")]
    [InlineData("99999999999d")]
    [InlineData("2147483647d")]
    [InlineData("soon")]
    [InlineData("")]
    [InlineData("10 parsecs")]
    [InlineData("1:75:00")]
    [InlineData("00:00:61")]
    [InlineData("-5m")]
    [InlineData("1e3s")]
    [InlineData("5 s s")]
    [InlineData("\u0663s")]
    [InlineData("9999999w9999999w")]
    public void A_bare_number_or_less_than_nothing_is_not_a_duration(string text) =>
        Assert.Contains("must be a duration", SettingText.Parse(typeof(TimeSpan), text).Complaint, StringComparison.Ordinal);

    [Theory]
    [InlineData("1024", 1024)]
    [InlineData("20GiB", 20L << 30)]
    [InlineData("20g", 20L << 30)]
    [InlineData("4 MiB", 4L << 20)]
    [InlineData("512B", 512)]
    [InlineData("512 bytes", 512)]
    [InlineData("1.5 TiB", 3L << 39)]
    [InlineData("0.5k", 512)]
    [InlineData("9223372036854775807", long.MaxValue)]
    public void A_size_is_in_bytes_or_binary_units(string text, long bytes) =>
        Assert.Equal(bytes, SettingText.Parse(typeof(long), text).Value);

    [Theory]
    [InlineData("20 parrots")]
    [InlineData("-1")]
    [InlineData("9000000000TiB")]
    [InlineData("9223372036854775808")]
    [InlineData("1.GiB")]
    [InlineData("1,5 GiB")]
    [InlineData("GiB")]
    public void A_size_that_is_none_is_refused(string text) =>
        Assert.Contains("must be a number of bytes", SettingText.Parse(typeof(long), text).Complaint, StringComparison.Ordinal);

    [Theory]
    [InlineData("00:00:30", "30 s")]
    [InlineData("00:08:00", "8 min")]
    [InlineData("7.00:00:00", "7 d")]
    [InlineData("1.06:00:00", "1 d 6 h")]
    [InlineData("1.06:00:01", "1.06:00:01")]
    [InlineData("0", "0 s")]
    public void A_duration_is_shown_as_it_may_be_written_and_means_the_same(string text, string shown)
    {
        var duration = SettingText.Parse(typeof(TimeSpan), text).Value!;

        Assert.Equal(shown, SettingText.Of(duration));
        Assert.Equal(duration, SettingText.Parse(typeof(TimeSpan), shown).Value);
    }

    [Theory]
    [InlineData(20L << 30, "20 GiB")]
    [InlineData(1536L << 20, "1536 MiB")]
    [InlineData(1L << 50, "1024 TiB")]
    [InlineData(1000, "1000 bytes")]
    [InlineData(0, "0 bytes")]
    [InlineData(long.MaxValue, "9223372036854775807 bytes")]
    public void A_size_is_shown_as_it_may_be_written_and_means_the_same(long size, string shown)
    {
        Assert.Equal(shown, SettingText.Of(size));
        Assert.Equal(size, SettingText.Parse(typeof(long), shown).Value);
    }

    [Theory]
    [InlineData("ftp://mirror.example/")]
    [InlineData("mirror.example")]
    [InlineData("/images")]
    [InlineData("https://")]
    public void A_url_is_absolute_and_http(string text) =>
        Assert.Contains("must be a whole URL", SettingText.Parse(typeof(Uri), text).Complaint, StringComparison.Ordinal);

    [Fact]
    public void An_enumeration_is_read_in_any_case_and_a_wrong_one_is_told_the_choices()
    {
        Assert.Equal(ImageVisibility.Community, SettingText.Parse(typeof(ImageVisibility), "community").Value);
        Assert.Equal("must be public, community, shared or private", SettingText.Parse(typeof(ImageVisibility), "publik").Complaint);
    }

    [Theory]
    [InlineData("staged-first")]
    [InlineData(" Staged-First ")]
    public void A_choice_of_two_words_is_written_with_a_hyphen(string text)
    {
        Assert.Equal(Pipeline.StagedFirst, SettingText.Parse(typeof(Pipeline), text).Value);
        Assert.Equal("must be single-pass or staged-first", SettingText.Parse(typeof(Pipeline), "stagedFirst").Complaint);
    }

    [Fact]
    public void A_number_is_no_name_of_a_choice() =>
        Assert.NotNull(SettingText.Parse(typeof(ImageVisibility), "0").Complaint);

    [Theory]
    [InlineData("https://alice:wonderland@mirror.example/x", "https://***@mirror.example/x")]
    [InlineData("https://store.example/c?sv=1&sig=abc", "https://store.example/c?***")]
    [InlineData("what?", "what?")]
    public void What_is_shown_of_a_url_holds_neither_password_nor_signature(string text, string shown) =>
        Assert.Equal(shown, SettingText.Harmless(text));
}
