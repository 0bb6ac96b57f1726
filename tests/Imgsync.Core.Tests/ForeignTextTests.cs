using Imgsync.Core.Upstream;
using Imgsync.Testing;

namespace Imgsync.Core.Tests;

public sealed class ForeignTextTests
{
    [Theory]
    [InlineData("bookworm/20240717-1811/", "bookworm/20240717-1811/")]
    [InlineData("Größe 🐧 日本", "Größe 🐧 日本")]
    [InlineData("\u001b[2J\u001b]0;owned\u0007", "�[2J�]0;owned�")]
    [InlineData("\u009b31m", "�31m")]
    [InlineData("one\r\nwarn: another entry", "one��warn: another entry")]
    [InlineData("line\u2028and\u2029paragraph", "line�and�paragraph")]
    [InlineData("gpj.\u202eexe", "gpj.�exe")]
    public void On_one_line_nothing_is_left_that_a_terminal_obeys_or_a_log_breaks_at(string foreign, string expected) =>
        Assert.Equal(expected, foreign.OnOneLine());

    [Fact]
    public void Half_a_character_is_no_character() => Assert.Equal("half � a pair", "half \ud83d a pair".OnOneLine());

    [Fact]
    [Shows("every-exception-of-ours-is-one-harmless-line-whatever-it-quotes")]
    public void Every_exception_of_ours_is_one_harmless_line_whatever_it_quotes() =>
        Assert.Equal(
            "The manifest names \"�[31m��INFO all is well\".", new UpstreamException(
                "The manifest names \"\u001b[31m\r\nINFO all is well\".").Message);

    [Fact]
    public void Faults_of_the_settings_stay_one_to_a_line()
    {
        var faults = new ConfigurationException(["a is\nwrong.", "b is, too."]);

        Assert.Equal(["a is�wrong.", "b is, too."], faults.Faults);
        Assert.Equal(string.Join(Environment.NewLine, faults.Faults), faults.Message);
    }

    [Fact]
    public void What_is_as_long_as_its_author_likes_is_cut()
    {
        Assert.Equal(new string('x', 200), new string('x', 200).Shortened());
        Assert.Equal(new string('x', 200) + "…", new string('x', 201).Shortened());
    }
}
