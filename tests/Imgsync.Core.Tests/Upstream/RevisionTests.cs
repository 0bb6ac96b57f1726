using System.Globalization;
using Imgsync.Core.Upstream;

namespace Imgsync.Core.Tests.Upstream;

public sealed class RevisionTests
{
    [Theory]
    [InlineData("20240717-1811", 2024, 7, 17)]
    [InlineData("20240605.1", 2024, 6, 5)]
    [InlineData("20240921", 2024, 9, 21)]
    public void May_be_a_day_and_a_build_number(string text, int year, int month, int day)
    {
        Assert.True(Revision.TryParseDay(text, out var revision));

        Assert.Equal(new DateOnly(year, month, day), revision.Date);
        Assert.Equal(text, revision.ToString());
    }

    [Theory]
    [InlineData("20240921", "20240921.1")]
    [InlineData("20240921.9", "20240921.10")]
    [InlineData("20240717-999", "20240717-1000")]
    [InlineData("20240930.99", "20241001")]
    [InlineData("9.8-20260526.0", "9.10-20260101.0")]
    [InlineData("10.2-20260526", "10.2-20260526.1")]
    [InlineData("4593.2.5", "4593.10.0")]
    [InlineData("44-1.7", "44-1.14")]
    [InlineData("14.4-RELEASE", "15.1-RELEASE")]
    [InlineData("Build16.2", "Build16.10")]
    [InlineData("3.24.2-r2", "3.24.2-r10")]
    [InlineData("20260913T140052Z", "20260913T140053Z")]
    [InlineData("1.99999999999999999999999999", "1.100000000000000000000000000")]
    public void Newer_is_decided_by_numbers_and_not_by_text(string older, string newer)
    {
        Assert.True(Revision.TryParse(older, out var left));
        Assert.True(Revision.TryParse(newer, out var right));

        Assert.True(left < right);
        Assert.True(right > left);
    }

    [Theory]
    [InlineData("20240605", "20240605.0")]
    [InlineData("9.8-20260526", "9.8.20260526")]
    [InlineData("007", "7")]
    public void What_has_one_place_in_the_order_is_the_same_revision(string one, string other)
    {
        Assert.True(Revision.TryParse(one, out var left));
        Assert.True(Revision.TryParse(other, out var right));

        Assert.Equal(left, right);
        Assert.Equal(left.GetHashCode(), right.GetHashCode());
    }

    [Theory]
    [InlineData("9.8-20260526.0", "2026-05-26")]
    [InlineData("44.20260707.3.1", "2026-07-07")]
    [InlineData("20260913T140052Z", "2026-09-13")]
    [InlineData("4593.2.5", null)]
    [InlineData("12345678.1", null)]
    [InlineData("19991231", null)]
    public void Has_the_day_that_is_in_it(string text, string? day)
    {
        Assert.True(Revision.TryParse(text, out var revision));

        Assert.Equal(day, revision.Date?.ToString("O", CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("RELEASE")]
    [InlineData("20240921\n")]
    [InlineData("20240921/../..")]
    [InlineData("..20240921")]
    [InlineData("2024 09")]
    [InlineData("٢٠٢٤٠٩٢١")]
    [InlineData("12345678901234567890123456789012345678901234567890123456789012345")]
    public void Anything_else_is_no_revision(string? text) => Assert.False(Revision.TryParse(text, out _));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("2024092")]
    [InlineData("20241301")]
    [InlineData("20240230")]
    [InlineData("20240921.")]
    [InlineData("20240921.1.2")]
    [InlineData("20240921.9999999999")]
    [InlineData("20240921\n")]
    [InlineData("20240921/../..")]
    [InlineData("٢٠٢٤٠٩٢١")]
    public void Only_a_day_and_a_build_number_count_days(string? text) => Assert.False(Revision.TryParseDay(text, out _));

    [Property]
    public bool No_text_makes_it_throw(string? text) =>
        !Revision.TryParse(text, out var revision) || string.Equals(revision.ToString(), text, StringComparison.Ordinal);
}
