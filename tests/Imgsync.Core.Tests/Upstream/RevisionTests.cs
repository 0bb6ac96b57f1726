using Imgsync.Core.Upstream;

namespace Imgsync.Core.Tests.Upstream;

public sealed class RevisionTests
{
    [Theory]
    [InlineData("20240717-1811", 2024, 7, 17, 1811)]
    [InlineData("20240605.1", 2024, 6, 5, 1)]
    [InlineData("20240921", 2024, 9, 21, 0)]
    public void Is_a_day_and_a_build_number(string text, int year, int month, int day, int build)
    {
        Assert.True(Revision.TryParse(text, out var revision));

        Assert.Equal(new DateOnly(year, month, day), revision.Date);
        Assert.Equal(build, revision.Build);
        Assert.Equal(text, revision.ToString());
    }

    [Theory]
    [InlineData("20240921", "20240921.1")]
    [InlineData("20240921.9", "20240921.10")]
    [InlineData("20240717-999", "20240717-1000")]
    [InlineData("20240930.99", "20241001")]
    public void Newer_is_decided_by_numbers_and_not_by_text(string older, string newer)
    {
        Assert.True(Revision.TryParse(older, out var left));
        Assert.True(Revision.TryParse(newer, out var right));

        Assert.True(left < right);
        Assert.True(right > left);
    }

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
    public void Anything_else_is_no_revision(string? text) => Assert.False(Revision.TryParse(text, out _));

    [Property]
    public bool No_text_makes_it_throw(string? text) =>
        !Revision.TryParse(text, out var revision) || string.Equals(revision.ToString(), text, StringComparison.Ordinal);
}
